//! The log nobody can change unseen: each record holds the hash of the one before.

use serde::Serialize;

use super::act::Act;
use super::error::Result;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, WorkspaceId};
use crate::base::page::{Limit, Page};

/// Whose log: the studio's own, or one workspace's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    Studio,
    Workspace(WorkspaceId),
}

#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Exactly this action, or every action below it when it ends with a dot (`member.`).
    pub action: Option<String>,
    pub by: Option<AccountId>,
}

/// One line as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub number: u64,
    pub at: Moment,
    /// None: the studio itself, or somebody who was not signed in.
    pub actor_id: Option<AccountId>,
    pub actor_name: String,
    pub action: String,
    pub subject: String,
    pub detail: String,
    pub hash: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    pub records: u64,
    pub first_bad: Option<u64>,
    /// What is wrong there, in a sentence.
    pub reason: Option<String>,
}

/// Newest first.
pub fn list(_act: &Act, _log: Log, _filter: &Filter, _limit: Limit, _after: Option<&str>) -> Result<Page<Line>> {
    todo!()
}

/// Walks the whole chain.
pub fn verify(_act: &Act, _log: Log) -> Result<Verified> {
    todo!()
}
