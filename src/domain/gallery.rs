//! The whole result at once, so small that layout and scroll bar are exact from the first frame.

use std::collections::HashSet;

use super::access::standing::Scope;
use super::access::table::Action;
use super::act::Act;
use super::audit::chain::{WorkEntry, newest};
use super::error::Result;
use super::recipes::terms::Picture;
pub use super::tile::TileKind;
use super::tile::{Favourite, Tile as Row};
use crate::base::clock::Moment;
use crate::base::id::{AccountId, WorkspaceId};
use crate::search::query::Query;
use crate::search::{Error as SearchError, Filter, Only, Order, Search, Subject};
use crate::store::{Direction, Reads, Span};

/// More are counted, but not sent.
const MOST: usize = 20_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shelf {
    #[default]
    All,
    Renders,
    Assets,
}

/// What to show.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// A search in the words of `search`; empty shows everything, newest first.
    pub q: String,
    pub shelf: Shelf,
    pub favourite: bool,
    pub by: Option<AccountId>,
    pub deleted: bool,
    /// Send no more than so many: the first screen of a slow line, or what is new since the last answer.
    pub most: Option<usize>,
}

impl Wish {
    fn most(&self) -> usize {
        self.most.unwrap_or(MOST).clamp(1, MOST)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// A render's or an asset's id, as text.
    pub id: String,
    pub kind: TileKind,
    /// Width by height.
    pub ratio: f32,
    /// 32 characters of base64, see `media::blur`.
    pub blur: String,
    pub favourite: bool,
    pub created: Moment,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Gallery {
    /// Grows with every change of the workspace's work; equal means nothing moved.
    pub revision: u64,
    pub items: Vec<Tile>,
    /// Also counts those that are not sent.
    pub total: usize,
    /// Nothing was found to the letter, so similar words were taken too.
    pub similar: bool,
}

/// The revision alone: cheap to ask before asking for everything.
pub fn revision(act: &Act, workspace: WorkspaceId) -> Result<u64> {
    act.read(Action::SeeWork, Scope::Work(workspace), revision_of)
}

fn revision_of(rows: &impl Reads) -> Result<u64> {
    Ok(newest::<WorkEntry>(rows)?.map_or(0, |entry| entry.number))
}

pub fn whole(act: &Act, workspace: WorkspaceId, wish: &Wish) -> Result<Gallery> {
    let query = Query::parse(&wish.q).map_err(SearchError::from)?;
    let me = act.account()?;
    act.read(Action::SeeWork, Scope::Work(workspace), |tx| {
        let mine: HashSet<Picture> = tx
            .scan::<Favourite>(Span::under(&me), Direction::Forward)
            .map(|row| row.map(|f| f.picture))
            .collect::<std::result::Result<_, _>>()?;
        let revision = revision_of(tx)?;
        let (rows, total, similar) = if query.clauses.is_empty() {
            let (rows, total) = walk(tx, wish, &mine)?;
            (rows, total, false)
        } else {
            search(act, workspace, tx, wish, query, me)?
        };
        let tile = |row: Row| Tile {
            id: row.picture.to_string(),
            kind: row.kind,
            ratio: row.ratio,
            favourite: mine.contains(&row.picture),
            created: row.picture.made(),
            blur: row.blur,
        };
        Ok(Gallery { revision, items: rows.into_iter().map(tile).collect(), total, similar })
    })
}

/// Without words: one walk over the tiles, newest first.
fn walk(rows: &impl Reads, wish: &Wish, mine: &HashSet<Picture>) -> Result<(Vec<Row>, usize)> {
    let (mut found, mut total) = (Vec::new(), 0);
    for row in rows.scan::<Row>(Span::all(), Direction::Backward) {
        let row = row?;
        let shelf = match wish.shelf {
            Shelf::All => true,
            Shelf::Renders => row.kind != TileKind::Asset,
            Shelf::Assets => row.kind == TileKind::Asset,
        };
        let wanted = shelf
            && row.deleted == wish.deleted
            && wish.by.is_none_or(|by| by == row.by)
            && (!wish.favourite || mine.contains(&row.picture));
        if wanted {
            total += 1;
            if total <= wish.most() {
                found.push(row);
            }
        }
    }
    Ok((found, total))
}

/// With words: the index finds, the rows show. What the index still has of erased work is left out.
fn search(
    act: &Act,
    workspace: WorkspaceId,
    rows: &impl Reads,
    wish: &Wish,
    query: Query,
    me: AccountId,
) -> Result<(Vec<Row>, usize, bool)> {
    let only = match wish.shelf {
        Shelf::All => None,
        Shelf::Renders => Some(Only::Renders),
        Shelf::Assets => Some(Only::Assets),
    };
    let filter = Filter { only, favourite: wish.favourite, by: wish.by, deleted: wish.deleted };
    let search = Search { query, filter, order: Order::Newest, me, limit: wish.most(), after: None };
    let found = act.room(workspace)?.index.find(&search)?;
    let mut all = Vec::with_capacity(found.hits.len());
    let hits = found.hits.len();
    for hit in found.hits {
        let picture = match hit {
            Subject::Render(id) => Picture::Render(id),
            Subject::Asset(id) => Picture::Asset(id),
        };
        all.extend(rows.get::<Row>(&Row::key_of(picture))?.filter(|row| row.deleted == wish.deleted));
    }
    let total = found.total.saturating_sub(hits - all.len());
    Ok((all, total, found.similar))
}
