//! Keeps the search index in step with the rows, and loses nothing in a crash.

use super::act::Act;
use super::error::Result;
use crate::base::id::WorkspaceId;

/// Brings every workspace's index up to date with its rows; called by the app's index thread.
/// Answers how many things were indexed.
pub fn catch_up(_system: &Act) -> Result<usize> {
    todo!()
}

/// Throws a workspace's index away and makes it again.
pub fn rebuild(_system: &Act, _workspace: WorkspaceId) -> Result<usize> {
    todo!()
}
