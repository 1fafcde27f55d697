//! Invitations: one person, once, within 72 hours.

use serde::{Deserialize, Serialize};

use super::access::Role;
use super::accounts::{NewAccount, SignedIn};
use super::act::Act;
use super::error::Result;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, InvitationId, WorkspaceId};
use crate::base::secret::Secret;
use crate::base::text::{Email, Name};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    pub workspace: WorkspaceId,
    pub role: Role,
    pub email: Option<Email>,
    pub by: AccountId,
    pub created: Moment,
    pub expires: Moment,
    #[serde(default)]
    pub(crate) hash: Vec<u8>,
}

/// What the holder of a link sees before he accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub studio_name: Name,
    pub workspace_name: Name,
    pub role: Role,
    pub email: Option<Email>,
}

/// The secret is the code of the link, told once.
pub fn create(_act: &Act, _workspace: WorkspaceId, _email: Option<&str>, _role: Role) -> Result<(Invitation, Secret)> {
    todo!()
}

/// Those still open.
pub fn list(_act: &Act, _workspace: WorkspaceId) -> Result<Vec<Invitation>> {
    todo!()
}

pub fn revoke(_act: &Act, _workspace: WorkspaceId, _invitation: InvitationId) -> Result<()> {
    todo!()
}

pub fn look(_visitor: &Act, _code: &Secret) -> Result<Preview> {
    todo!()
}

/// Makes an account, joins and signs in.
pub fn accept(_visitor: &Act, _code: &Secret, _account: NewAccount, _agent: &str) -> Result<SignedIn> {
    todo!()
}

/// Joins with the account that is signed in.
pub fn join(_act: &Act, _code: &Secret) -> Result<WorkspaceId> {
    todo!()
}
