//! What renders and assets have in common: blobs, caption, favourite, bin, and the way they end.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::access::standing::Scope;
use super::access::table::Action;
use super::act::Act;
use super::captions::{Captioned, Change};
use super::error::{Error, Result};
use super::event::Event;
use super::feed::{Audience, News};
use super::house::Room;
use super::recipes::terms::Picture;
use super::tile::{Favourite, Tile, TileKind, touch};
use crate::base::clock::Moment;
use crate::base::id::{AccountId, BlobId, WorkspaceId};
use crate::base::page::{Limit, Page};
use crate::base::units::Size;
use crate::store::blobs::BlobRef;
use crate::store::{Direction, ReadTx, Reads, Record, Span, WriteTx, schema};

/// How long the bin keeps.
const BIN: Duration = Duration::from_hours(30 * 24);

/// The part of the row that both have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Common {
    pub(crate) by: AccountId,
    pub(crate) size: Size,
    /// The original: a picture, or a clip's MP4.
    pub(crate) file: BlobRef,
    pub(crate) view: BlobRef,
    pub(crate) thumb: BlobRef,
    pub(crate) blur: String,
    pub(crate) caption: Captioned,
    pub(crate) deleted: Option<Moment>,
}

/// A render or an asset.
pub(crate) trait Work: Record {
    const WHAT: &'static str;

    fn picture(&self) -> Picture;
    fn kind(&self) -> TileKind;
    fn common(&self) -> &Common;
    fn common_mut(&mut self) -> &mut Common;
    /// Every blob that ends with it.
    fn blobs(&self) -> Vec<BlobRef>;

    fn tile(&self) -> Tile {
        let common = self.common();
        Tile {
            picture: self.picture(),
            kind: self.kind(),
            ratio: common.size.width as f32 / common.size.height.max(1) as f32,
            blur: common.blur.clone(),
            by: common.by,
            deleted: common.deleted.is_some(),
        }
    }
}

pub(crate) fn found<W: Work>(rows: &impl Reads, key: &W::Key) -> Result<W> {
    rows.get::<W>(key)?.ok_or(Error::NotFound { what: W::WHAT })
}

/// Newest first; what is in the bin only when asked. `seen` makes of a row what the caller may see.
pub(crate) fn list<W, T>(
    act: &Act,
    workspace: WorkspaceId,
    deleted: bool,
    limit: Limit,
    after: Option<&str>,
    seen: impl Fn(&ReadTx, W) -> Result<T>,
) -> Result<Page<T>>
where
    W: Work<Key: FromStr<Err: Into<Error>> + ToString>,
{
    let past = after.map(str::parse::<W::Key>).transpose().map_err(Into::into)?;
    act.read(Action::SeeWork, Scope::Work(workspace), |tx| {
        let (mut items, mut last) = (Vec::with_capacity(limit.get()), None);
        for row in tx.scan::<W>(Span::all().past(past.as_ref()), Direction::Backward) {
            let row = row?;
            if row.common().deleted.is_some() != deleted {
                continue;
            }
            if items.len() == limit.get() {
                return Ok(Page { items, next: last });
            }
            last = Some(row.key().to_string());
            items.push(seen(tx, row)?);
        }
        Ok(Page { items, next: None })
    })
}

/// Writes the row with its tile, and leaves word for the index.
pub(crate) fn put<W: Work>(tx: &WriteTx, work: &W) -> Result<()> {
    tx.put(work)?;
    tx.put(&work.tile())?;
    touch(tx, work.picture())
}

/// Caption and favourite.
pub(crate) fn change<W: Work>(act: &Act, workspace: WorkspaceId, key: &W::Key, change: &Change) -> Result<W> {
    let account = act.account()?;
    // Everybody who may write captions may also mark favourites.
    let captioned = change.caption.is_some();
    let text = change.text()?;
    let action = if captioned { Action::EditCaption } else { Action::MarkFavourite };
    let work = act.change(action, Scope::Work(workspace), |tx| {
        let mut work = found::<W>(tx, key)?;
        let (picture, mut what) = (work.picture(), Vec::new());
        if captioned {
            work.common_mut().caption.write(text, change.caption_revision.unwrap_or(0))?;
            what.push(format!("caption, revision {}", work.common().caption.revision));
        }
        if let Some(favourite) = change.favourite {
            let row = Favourite { account, picture };
            if favourite {
                tx.put(&row)?;
            } else {
                tx.remove::<Favourite>(&row.key())?;
            }
            what.push(if favourite { "favourite" } else { "no favourite" }.to_owned());
        }
        put(tx, &work)?;
        Ok((work, Event::WorkChanged { workspace, picture, what: what.join("; ") }))
    })?;
    if captioned {
        tell_caption(act, workspace, &work)?;
    }
    Ok(work)
}

fn tell_caption<W: Work>(act: &Act, workspace: WorkspaceId, work: &W) -> Result<()> {
    let Captioned { text: caption, revision } = work.common().caption.clone();
    let by = act.person(act.account()?)?;
    let news = match work.picture() {
        Picture::Render(render) => News::CaptionOfRender { render, caption, revision, by },
        Picture::Asset(asset) => News::CaptionOfAsset { asset, caption, revision, by },
    };
    act.tell(Audience::Workspace(workspace), news);
    Ok(())
}

/// Who throws away his own needs less than who throws away another's.
fn bin_action<W: Work>(act: &Act, workspace: WorkspaceId, key: &W::Key) -> Result<Action> {
    let work = act.read(Action::SeeWork, Scope::Work(workspace), |tx| found::<W>(tx, key))?;
    let own = act.account().is_ok_and(|own| own == work.common().by);
    Ok(if own { Action::BinOwnWork } else { Action::BinAnyWork })
}

/// Into the bin, for 30 days. Twice is as good as once.
pub(crate) fn bin<W: Work>(act: &Act, workspace: WorkspaceId, key: &W::Key) -> Result<W> {
    act.change(bin_action::<W>(act, workspace, key)?, Scope::Work(workspace), |tx| {
        let mut work = found::<W>(tx, key)?;
        let picture = work.picture();
        if work.common().deleted.is_none() {
            work.common_mut().deleted = Some(act.now());
            tx.mark(schema::BIN, &act.now(), &Tile::key_of(picture))?;
            put(tx, &work)?;
        }
        Ok((work, Event::WorkBinned { workspace, picture }))
    })
}

pub(crate) fn restore<W: Work>(act: &Act, workspace: WorkspaceId, key: &W::Key) -> Result<W> {
    act.change(bin_action::<W>(act, workspace, key)?, Scope::Work(workspace), |tx| {
        let mut work = found::<W>(tx, key)?;
        let picture = work.picture();
        if let Some(at) = work.common_mut().deleted.take() {
            tx.unmark(schema::BIN, &at, &Tile::key_of(picture))?;
            put(tx, &work)?;
        }
        Ok((work, Event::WorkRestored { workspace, picture }))
    })
}

/// When something thrown away at this moment is over.
pub(crate) fn over(binned: Moment, now: Moment) -> bool {
    now.since(binned) > BIN
}

/// Ends it for good: the row and all that points to it, then the words in the index, then the blobs.
pub(crate) fn erase<W: Work>(system: &Act, workspace: WorkspaceId, work: &W, fans: &[AccountId]) -> Result<()> {
    let picture = work.picture();
    system.change(Action::Chores, Scope::Work(workspace), |tx| {
        tx.remove::<W>(&work.key())?;
        tx.remove::<Tile>(&Tile::key_of(picture))?;
        if let Some(at) = work.common().deleted {
            tx.unmark(schema::BIN, &at, &Tile::key_of(picture))?;
        }
        for account in fans {
            tx.remove::<Favourite>(&(*account, picture.bytes()))?;
        }
        touch(tx, picture)?;
        Ok(((), Event::WorkErased { workspace, picture }))
    })?;
    let room = system.room(workspace)?;
    for blob in work.blobs() {
        room.blobs.remove(blob.id)?;
    }
    Ok(())
}

/// Blobs written for a row that is not there yet: let go of without [`Written::keep`], they are taken back.
pub(crate) struct Written<'a> {
    act: &'a Act,
    room: &'a Room,
    ids: Vec<BlobId>,
}

impl<'a> Written<'a> {
    pub(crate) fn new(act: &'a Act, room: &'a Room) -> Self {
        Written { act, room, ids: Vec::new() }
    }

    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<BlobRef> {
        let blob = self.room.blobs.put(self.act.id(), bytes)?;
        self.ids.push(blob.id);
        Ok(blob)
    }

    /// The row has them now.
    pub(crate) fn keep(mut self) {
        self.ids.clear();
    }
}

impl Drop for Written<'_> {
    fn drop(&mut self) {
        for id in &self.ids {
            // Nothing points to it: at worst some bytes stay until the next sweep.
            let _ = self.room.blobs.remove(*id);
        }
    }
}
