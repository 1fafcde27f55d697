//! Workspaces: sealed tenants, each with its own rows, blobs, index and audit chain.

use serde::{Deserialize, Serialize};

use super::act::Act;
use super::error::Result;
use crate::base::clock::Moment;
use crate::base::id::WorkspaceId;
use crate::base::text::Name;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub name: Name,
    pub created: Moment,
}

/// Its maker becomes the owner.
pub fn create(_act: &Act, _name: &str) -> Result<Workspace> {
    todo!()
}

/// One's own, by name.
pub fn list(_act: &Act) -> Result<Vec<Workspace>> {
    todo!()
}

pub fn get(_act: &Act, _workspace: WorkspaceId) -> Result<Workspace> {
    todo!()
}

pub fn rename(_act: &Act, _workspace: WorkspaceId, _name: &str) -> Result<Workspace> {
    todo!()
}
