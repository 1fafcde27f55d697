//! Rewrites on their way, in memory: a restart forgets them, and whoever waits for one is told so and asks again.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::base::clock::Moment;
use crate::base::id::{AccountId, Id, RewriteId, WorkspaceId};
use crate::domain::recipes::terms::Recipe;
use crate::domain::trouble::Trouble;

/// Those that ended long ago make room for new ones.
const MOST: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RewriteState {
    Waiting,
    Working,
    Done,
    Failed,
    Cancelled,
}

impl RewriteState {
    pub fn active(self) -> bool {
        matches!(self, RewriteState::Waiting | RewriteState::Working)
    }
}

/// One prompt that is being, or was, rewritten.
#[derive(Clone, Debug, PartialEq)]
pub struct Rewrite {
    pub id: RewriteId,
    pub state: RewriteState,
    pub model: String,
    /// How many pieces of words the answer has so far.
    pub tokens: u32,
    /// What the model would be told.
    pub text: Option<String>,
    pub trouble: Option<Trouble>,
    pub created: Moment,
}

#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) rewrite: Rewrite,
    pub(crate) workspace: WorkspaceId,
    pub(crate) by: AccountId,
    /// What would be ordered: task, prompt, references and model count.
    pub(crate) recipe: Recipe,
}

pub(crate) struct Desk {
    /// Those that were asked for before are forgotten.
    since: Moment,
    /// In the order in which they were asked for: ids of one millisecond are in none.
    entries: Mutex<Vec<Entry>>,
}

impl Desk {
    pub(crate) fn new(since: Moment) -> Self {
        Desk { since, entries: Mutex::default() }
    }

    /// Whether one of this id may have been here before the studio was started again.
    pub(crate) fn forgot(&self, id: RewriteId) -> bool {
        id.made() < self.since
    }

    pub(crate) fn put(&self, entry: Entry) {
        let mut entries = self.entries();
        while entries.len() >= MOST
            && let Some(ended) = entries.iter().position(|e| !e.rewrite.state.active())
        {
            entries.remove(ended);
        }
        entries.push(entry);
    }

    pub(crate) fn get(&self, id: RewriteId) -> Option<Entry> {
        self.entries().iter().find(|e| e.rewrite.id == id).cloned()
    }

    pub(crate) fn active_of(&self, by: AccountId) -> usize {
        self.entries().iter().filter(|e| e.by == by && e.rewrite.state.active()).count()
    }

    /// The oldest that waits; from now on it is worked on.
    pub(crate) fn take(&self) -> Option<Entry> {
        let mut entries = self.entries();
        let entry = entries.iter_mut().find(|e| e.rewrite.state == RewriteState::Waiting)?;
        entry.rewrite.state = RewriteState::Working;
        Some(entry.clone())
    }

    /// Changes one that has not ended; none where it has, or is not known.
    pub(crate) fn change(&self, id: RewriteId, edit: impl FnOnce(&mut Rewrite)) -> Option<Rewrite> {
        let mut entries = self.entries();
        let entry = entries.iter_mut().find(|e| e.rewrite.id == id && e.rewrite.state.active())?;
        edit(&mut entry.rewrite);
        Some(entry.rewrite.clone())
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        // Every change is one step: a panic elsewhere leaves nothing half done.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
