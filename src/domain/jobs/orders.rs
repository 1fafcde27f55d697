//! The people's side of the queue: order, look, cancel.

use super::super::act::Act;
use super::super::error::Result;
use super::super::recipes::Draft;
use super::job::{Job, Preview};
use crate::base::id::{JobId, WorkspaceId};
use crate::base::page::{Limit, Page};

/// Checks the draft against the model and puts it in the queue.
pub fn order(_act: &Act, _workspace: WorkspaceId, _draft: &Draft) -> Result<Job> {
    todo!()
}

/// Newest first; `active` leaves out what has ended.
pub fn list(
    _act: &Act,
    _workspace: WorkspaceId,
    _active: bool,
    _limit: Limit,
    _after: Option<&str>,
) -> Result<Page<Job>> {
    todo!()
}

pub fn get(_act: &Act, _workspace: WorkspaceId, _job: JobId) -> Result<Job> {
    todo!()
}

/// One's own, or anybody's as an owner or producer; what has ended stays as it is.
pub fn cancel(_act: &Act, _workspace: WorkspaceId, _job: JobId) -> Result<Job> {
    todo!()
}

/// The newest preview while the job runs.
pub fn preview(_act: &Act, _workspace: WorkspaceId, _job: JobId) -> Result<Preview> {
    todo!()
}
