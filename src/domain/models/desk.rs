//! Imports on their way: what was brought, how far it is, what came of it. In memory: a restart forgets them whole.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::card::Offer;
use crate::base::clock::Moment;
use crate::base::id::ImportId;
use crate::domain::stamp::Person;
use crate::domain::trouble::Trouble;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
}

impl ImportState {
    /// Whether the studio itself is at work on it.
    pub(crate) fn worked_on(self) -> bool {
        matches!(self, ImportState::Reading | ImportState::Copying)
    }
}

/// One package on its way in.
#[derive(Clone, Debug, PartialEq)]
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
    pub trouble: Option<Trouble>,
    pub by: Person,
    pub created: Moment,
}

/// An import and where its bytes lie.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) import: Import,
    pub(crate) path: PathBuf,
    /// In the studio's own scratch, to be taken away with it.
    pub(crate) scratch: Option<PathBuf>,
    /// When something was last done about it.
    pub(crate) touched: Moment,
}

/// All imports since the start.
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
        // Every change is one insertion: a panic elsewhere leaves nothing half done.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
