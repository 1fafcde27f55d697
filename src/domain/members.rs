//! Who belongs to a workspace, and as what. There is always an owner.

use serde::Serialize;

use super::access::Role;
use super::accounts::Account;
use super::act::Act;
use super::error::Result;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, WorkspaceId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    pub account: Account,
    pub role: Role,
    pub since: Moment,
}

pub fn list(_act: &Act, _workspace: WorkspaceId) -> Result<Vec<Member>> {
    todo!()
}

pub fn change_role(_act: &Act, _workspace: WorkspaceId, _account: AccountId, _role: Role) -> Result<Member> {
    todo!()
}

/// Also for leaving; the last owner cannot.
pub fn remove(_act: &Act, _workspace: WorkspaceId, _account: AccountId) -> Result<()> {
    todo!()
}
