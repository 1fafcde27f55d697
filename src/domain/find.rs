//! Keeps the search index in step with the rows, and loses nothing in a crash.

use super::access::standing::{Scope, members};
use super::access::table::Action;
use super::act::Act;
use super::assets::asset::AssetRow;
use super::error::Result;
use super::event::Event;
use super::house::Room;
use super::recipes::terms::Picture;
use super::renders::render::{RenderKind, RenderRow};
use super::tile::{Tile, Unindexed, is_favourite};
use crate::base::id::{AccountId, WorkspaceId};
use crate::search::{Doc, Subject};
use crate::store::{Direction, Reads, Span};

/// So many at once become visible together.
const BATCH: usize = 2_000;

/// Brings every workspace's index up to date with its rows; answers how many things were read.
pub fn catch_up(system: &Act) -> Result<usize> {
    let mut all = 0;
    for (workspace, room) in system.house().rooms() {
        let (tiles, waiting) = system.read(Action::WorkQueue, Scope::Work(workspace), |tx| {
            Ok((tx.count::<Tile>()?, tx.count::<Unindexed>()?))
        })?;
        // An index that was thrown away or damaged begins empty: then the rows are read again.
        if room.index.count() == 0 && tiles > waiting {
            all += rebuild(system, workspace)?;
        }
        loop {
            let read = portion(system, workspace, &room)?;
            all += read;
            if read < BATCH {
                break;
            }
        }
    }
    Ok(all)
}

/// Indexes first, then takes the words back: a crash between the two indexes again.
fn portion(system: &Act, workspace: WorkspaceId, room: &Room) -> Result<usize> {
    let people = people(system, workspace)?;
    let (waiting, docs) = system.read(Action::WorkQueue, Scope::Work(workspace), |tx| {
        let waiting = tx.scan::<Unindexed>(Span::all(), Direction::Forward).take(BATCH);
        let waiting = waiting.collect::<std::result::Result<Vec<_>, _>>()?;
        let mut docs = Vec::with_capacity(waiting.len());
        for word in &waiting {
            docs.push((subject(word.picture), doc(system, tx, word.picture, &people)?));
        }
        Ok((waiting, docs))
    })?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut batch = room.index.batch()?;
    let mut erased = Vec::new();
    for (subject, doc) in docs {
        match doc {
            Some(doc) => batch.put(&doc)?,
            None => erased.push(subject),
        }
    }
    batch.commit()?;
    if !erased.is_empty() {
        room.index.erase(&erased)?;
    }
    system.keep(Action::Chores, Scope::Work(workspace), |tx| {
        for word in &waiting {
            // Changed again meanwhile: it stays, and is read once more.
            if tx.get::<Unindexed>(&Tile::key_of(word.picture))?.is_some_and(|now| now == *word) {
                tx.remove::<Unindexed>(&Tile::key_of(word.picture))?;
            }
        }
        Ok(())
    })?;
    Ok(waiting.len())
}

/// Throws a workspace's index away and makes it again.
pub fn rebuild(system: &Act, workspace: WorkspaceId) -> Result<usize> {
    let (people, room) = (people(system, workspace)?, system.room(workspace)?);
    let mut read = 0;
    system.read(Action::WorkQueue, Scope::Work(workspace), |tx| {
        let mut failed = None;
        let pictures = tx.scan::<Tile>(Span::all(), Direction::Forward);
        let docs = pictures.filter_map(|tile| {
            let doc = tile.map_err(Into::into).and_then(|tile| doc(system, tx, tile.picture, &people));
            read += 1;
            doc.unwrap_or_else(|error| {
                failed.get_or_insert(error);
                None
            })
        });
        room.index.rebuild(docs)?;
        failed.map_or(Ok(()), Err)
    })?;
    system.change(Action::Chores, Scope::Work(workspace), |_| Ok(((), Event::IndexRebuilt)))?;
    Ok(read)
}

fn people(system: &Act, workspace: WorkspaceId) -> Result<Vec<AccountId>> {
    system.read(Action::SeeAccounts, Scope::Studio, |tx| {
        Ok(members(tx, workspace)?.into_iter().map(|m| m.account).collect())
    })
}

fn subject(picture: Picture) -> Subject {
    match picture {
        Picture::Render(id) => Subject::Render(id),
        Picture::Asset(id) => Subject::Asset(id),
    }
}

/// None when it was erased.
fn doc(system: &Act, rows: &impl Reads, picture: Picture, people: &[AccountId]) -> Result<Option<Doc>> {
    let (text, negative, model, clip, common) = match picture {
        Picture::Render(id) => {
            let Some(row) = rows.get::<RenderRow>(&id)? else { return Ok(None) };
            let negative = row.recipe.negative.map(|n| n.to_string()).unwrap_or_default();
            let clip = row.kind == RenderKind::Clip;
            (row.recipe.prompt.to_string(), negative, row.model.name, clip, row.common)
        }
        Picture::Asset(id) => {
            let Some(row) = rows.get::<AssetRow>(&id)? else { return Ok(None) };
            (row.name.to_string(), String::new(), String::new(), false, row.common)
        }
    };
    let mut favourite_of = Vec::new();
    for account in people {
        if is_favourite(rows, Some(*account), picture)? {
            favourite_of.push(*account);
        }
    }
    Ok(Some(Doc {
        subject: subject(picture),
        clip,
        text,
        caption: common.caption.text.unwrap_or_default(),
        negative,
        by: common.by,
        by_name: system.person(common.by)?.name,
        model,
        favourite_of,
        deleted: common.deleted.is_some(),
    }))
}
