//! Does everything still open, and does every file belong to something? Reads every render and asset of a workspace to
//! its last sealed byte.

use std::collections::HashSet;

use serde::Serialize;

use super::access::standing::Scope;
use super::access::table::Action;
use super::act::Act;
use super::assets::asset::AssetRow;
use super::error::Result;
use super::event::Event;
use super::house::Room;
use super::renders::render::RenderRow;
use super::works::Work;
use crate::base::id::{BlobId, WorkspaceId};
use crate::store::{Direction, Reads, Span};

/// What was read, and what could not be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Whole {
    pub renders: u64,
    pub assets: u64,
    pub files: u64,
    pub bytes: u64,
    pub damaged: Vec<Damage>,
    /// Files that no render and no asset names: what a crash left between a file and its row.
    pub strays: u64,
    /// What they take on the disk.
    pub stray_bytes: u64,
}

/// A render or asset that does not open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    pub id: String,
    pub reason: String,
}

/// Slow: reads the whole workspace. Nothing else may be at work in it: a file is there before its row is.
pub fn check(system: &Act, workspace: WorkspaceId) -> Result<Whole> {
    let room = system.room(workspace)?;
    let mut whole = system.read(Action::Chores, Scope::Work(workspace), |tx| {
        let mut whole = Whole::default();
        whole.renders = look::<RenderRow>(tx, &room, &mut whole)?;
        whole.assets = look::<AssetRow>(tx, &room, &mut whole)?;
        Ok(whole)
    })?;
    for (_, bytes) in strays(system, workspace, &room)? {
        whole.strays += 1;
        whole.stray_bytes += bytes;
    }
    Ok(whole)
}

/// Removes the files that no row names; how many there were. As [`check`], for a workspace in which nothing is at work.
/// Whoever put older rows back, beside newer files, loses those files: only a person can say that this is meant.
pub fn remove_strays(system: &Act, workspace: WorkspaceId) -> Result<u64> {
    let room = system.room(workspace)?;
    let strays = strays(system, workspace, &room)?;
    let files = strays.len() as u64;
    if files > 0 {
        system.change(Action::Chores, Scope::Work(workspace), |_| Ok(((), Event::StraysRemoved { files })))?;
    }
    for (id, _) in strays {
        room.blobs.remove(id)?;
    }
    Ok(files)
}

fn strays(system: &Act, workspace: WorkspaceId, room: &Room) -> Result<Vec<(BlobId, u64)>> {
    let mut named = HashSet::new();
    system.read(Action::Chores, Scope::Work(workspace), |tx| {
        name::<RenderRow>(tx, &mut named)?;
        name::<AssetRow>(tx, &mut named)
    })?;
    let mut files = room.blobs.list()?;
    files.retain(|(id, _)| !named.contains(id));
    Ok(files)
}

fn name<W: Work>(rows: &impl Reads, named: &mut HashSet<BlobId>) -> Result<()> {
    for row in rows.scan::<W>(Span::all(), Direction::Forward) {
        named.extend(row?.blobs().iter().map(|blob| blob.id));
    }
    Ok(())
}

fn look<W: Work>(tx: &impl Reads, room: &Room, whole: &mut Whole) -> Result<u64>
where
    W::Key: std::fmt::Display,
{
    let mut count = 0;
    for row in tx.scan::<W>(Span::all(), Direction::Forward) {
        let row = row?;
        count += 1;
        for blob in row.blobs() {
            match room.blobs.get(blob.id) {
                Ok(bytes) => {
                    whole.files += 1;
                    whole.bytes += bytes.len() as u64;
                }
                Err(e) => whole.damaged.push(Damage { id: row.key().to_string(), reason: e.to_string() }),
            }
        }
    }
    Ok(count)
}
