//! A workspace's log follows the studio's: what happens to its people is written there, and taken over from there.
//!
//! No change spans two files, so the studio's chain is the letter box. How far a workspace has read is kept beside its
//! own chain and moves in the transaction that writes the records, so reading twice writes nothing twice.

use serde::{Deserialize, Serialize};

use super::chain::{Entry, StudioEntry, WorkEntry, attach};
use crate::base::id::WorkspaceId;
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::error::Result;
use crate::domain::house::House;
use crate::store::{Direction, Reads, Record, Span, Table, schema};

/// A quiet workspace notes its place only every so many records: a note costs a write to the disk.
const UNNOTED: u64 = 256;

/// How far a workspace has read the studio's log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Followed {
    number: u64,
}

impl Record for Followed {
    const TABLE: Table = schema::FOLLOWED;
    type Key = ();

    fn key(&self) {}
}

/// Takes over what is new about this workspace; answers how many records.
pub(crate) fn follow(system: &Act, workspace: WorkspaceId) -> Result<usize> {
    let scope = Scope::Work(workspace);
    let seen = system.read(Action::Chores, scope, |tx| Ok(tx.get::<Followed>(&())?.unwrap_or_default()))?;
    let (fresh, newest) = system.read(Action::Chores, Scope::Studio, |studio| about(studio, workspace, seen.number))?;
    if fresh.is_empty() && newest - seen.number < UNNOTED {
        return Ok(0);
    }
    system.keep(Action::Chores, scope, |tx| {
        // Somebody else was quicker and has written the same.
        if tx.get::<Followed>(&())?.unwrap_or_default() != seen {
            return Ok(0);
        }
        let taken = fresh.len();
        for entry in fresh {
            attach::<WorkEntry>(tx, &system.house().signer, &House::chain(scope), entry)?;
        }
        tx.put(&Followed { number: newest })?;
        Ok(taken)
    })
}

/// The studio's records after `seen` that are about this workspace, and the number of its newest record.
fn about(studio: &impl Reads, workspace: WorkspaceId, seen: u64) -> Result<(Vec<Entry>, u64)> {
    let (subject, mut fresh, mut newest) = (workspace.to_string(), Vec::new(), seen);
    for row in studio.scan::<StudioEntry>(Span::all().past(Some(&seen)), Direction::Forward) {
        let StudioEntry(entry) = row?;
        newest = entry.number;
        if entry.subject == subject {
            fresh.push(entry);
        }
    }
    Ok((fresh, newest))
}

/// The same for every workspace that is open.
pub(crate) fn follow_all(system: &Act) -> Result<usize> {
    system.house().rooms().into_iter().map(|(workspace, _)| follow(system, workspace)).sum()
}
