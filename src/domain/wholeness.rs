//! Does everything still open? Reads every render and asset of a workspace to its last sealed byte.

use serde::Serialize;

use super::access::standing::Scope;
use super::access::table::Action;
use super::act::Act;
use super::assets::asset::AssetRow;
use super::error::Result;
use super::house::Room;
use super::renders::render::RenderRow;
use super::works::Work;
use crate::base::id::WorkspaceId;
use crate::store::{Direction, ReadTx, Reads, Span};

/// What was read, and what could not be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Whole {
    pub renders: u64,
    pub assets: u64,
    pub files: u64,
    pub bytes: u64,
    pub damaged: Vec<Damage>,
}

/// A render or asset that does not open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    pub id: String,
    pub reason: String,
}

/// Slow: reads the whole workspace.
pub fn check(system: &Act, workspace: WorkspaceId) -> Result<Whole> {
    let room = system.room(workspace)?;
    system.read(Action::Chores, Scope::Work(workspace), |tx| {
        let mut whole = Whole::default();
        whole.renders = look::<RenderRow>(tx, &room, &mut whole)?;
        whole.assets = look::<AssetRow>(tx, &room, &mut whole)?;
        Ok(whole)
    })
}

fn look<W: Work>(tx: &ReadTx, room: &Room, whole: &mut Whole) -> Result<u64>
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
