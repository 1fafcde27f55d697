//! Imports on their way: what was brought, how far it is, what came of it.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::card::Offer;
use crate::base::clock::Moment;
use crate::base::id::ImportId;
use crate::domain::stamp::Person;
use crate::domain::trouble::Trouble;
use crate::store::{Record, Table, schema};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Its bytes are coming in.
    Receiving,
    /// It is being looked into.
    Reading,
    /// For a person to accept its licence.
    Waiting,
    Copying,
    Done,
    Failed,
    Cancelled,
}

impl ImportState {
    /// Whether the studio itself is at work on it.
    pub(crate) fn worked_on(self) -> bool {
        matches!(self, ImportState::Reading | ImportState::Copying)
    }

    pub(crate) fn over(self) -> bool {
        matches!(self, ImportState::Done | ImportState::Failed | ImportState::Cancelled)
    }
}

/// One package on its way in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Import {
    pub id: ImportId,
    /// What the file is called where it came from.
    pub file: String,
    pub state: ImportState,
    /// Received or copied so far, and of how many.
    pub done: u64,
    pub bytes: u64,
    /// What the package says of itself, once it was read.
    pub offer: Option<Offer>,
    /// The name it gets.
    pub model: Option<String>,
    /// Its weights are to be sealed.
    #[serde(default)]
    pub seal: bool,
    pub trouble: Option<Trouble>,
    pub by: Person,
    pub created: Moment,
}

/// Where the bytes of an import come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Source {
    /// A browser sends them; when its file was changed, where it told.
    Sent { modified: Option<i64> },
    /// The incoming folder has them under this name.
    Incoming { name: String },
}

/// An import as it is kept over a stop of the studio.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) import: Import,
    pub(crate) source: Source,
    /// When something was last done about it.
    pub(crate) touched: Moment,
    /// Somebody wants it to stop.
    pub(crate) stop: bool,
}

impl Record for Entry {
    const TABLE: Table = schema::IMPORTS;
    type Key = ImportId;

    fn key(&self) -> ImportId {
        self.import.id
    }
}

/// The imports that are under way, and those that ended lately.
#[derive(Default)]
pub(crate) struct Desk {
    entries: Mutex<BTreeMap<ImportId, Entry>>,
    moved: Condvar,
}

impl Desk {
    pub(crate) fn all(&self) -> Vec<Entry> {
        self.entries().values().rev().cloned().collect()
    }

    pub(crate) fn get(&self, id: ImportId) -> Option<Entry> {
        self.entries().get(&id).cloned()
    }

    pub(crate) fn put(&self, entry: Entry) {
        self.entries().insert(entry.import.id, entry);
        self.moved.notify_all();
    }

    /// Changes one as it is at this moment, whoever else is at it, and answers what it became.
    pub(crate) fn edit(&self, id: ImportId, edit: impl FnOnce(&mut Entry)) -> Option<Entry> {
        let mut entries = self.entries();
        let entry = entries.get_mut(&id)?;
        edit(entry);
        let entry = entry.clone();
        drop(entries);
        self.moved.notify_all();
        Some(entry)
    }

    /// Whether somebody wants it to stop.
    pub(crate) fn stopped(&self, id: ImportId) -> bool {
        self.entries().get(&id).is_none_or(|entry| entry.stop)
    }

    pub(crate) fn remove(&self, id: ImportId) -> Option<Entry> {
        self.entries().remove(&id)
    }

    /// The oldest that the studio has something to do about; waits for one.
    pub(crate) fn next(&self, most: Duration) -> Option<Entry> {
        let idle = |entries: &mut BTreeMap<ImportId, Entry>| !entries.values().any(|e| e.import.state.worked_on());
        let waited = self.moved.wait_timeout_while(self.entries(), most, idle);
        let entries = waited.unwrap_or_else(PoisonError::into_inner).0;
        entries.values().find(|e| e.import.state.worked_on()).cloned()
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<ImportId, Entry>> {
        // Every change is a few assignments: a panic elsewhere leaves nothing half done.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
