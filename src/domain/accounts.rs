//! People: who they are, how they prove it, what they chose.

use serde::{Deserialize, Serialize};

use super::access::{Role, StudioRole};
use super::act::Act;
use super::error::Result;
use super::sessions::Session;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, WorkspaceId};
use crate::base::secret::Secret;
use crate::base::text::{Email, Name};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub name: Name,
    pub email: Email,
    pub created: Moment,
    pub studio_role: Option<StudioRole>,
    pub language: String,
    pub theme: String,
    /// Argon2id, never shown.
    #[serde(default)]
    pub(crate) password: String,
}

/// A person as the invitation or set-up form tells.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub name: String,
    pub email: String,
    pub password: Secret,
}

pub struct SignedIn {
    pub act: Act,
    /// For the cookie; kept nowhere.
    pub secret: Secret,
    pub session: Session,
}

/// A workspace one belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Belonging {
    pub id: WorkspaceId,
    pub name: Name,
    pub role: Role,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    pub account: Account,
    pub csrf: Option<String>,
    pub workspaces: Vec<Belonging>,
}

#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    pub name: Option<String>,
    /// `en` or `de`.
    pub language: Option<String>,
    /// `suite` or `desk`.
    pub theme: Option<String>,
}

/// One error text and equal time, whether the account exists or not; throttled per address and account.
pub fn sign_in(_visitor: &Act, _email: &str, _password: &Secret, _agent: &str) -> Result<SignedIn> {
    todo!()
}

pub fn me(_act: &Act) -> Result<Me> {
    todo!()
}

pub fn change_profile(_act: &Act, _change: &ProfileChange) -> Result<Account> {
    todo!()
}

/// Ends every other session of this account.
pub fn change_password(_act: &Act, _current: &Secret, _new: &Secret) -> Result<()> {
    todo!()
}

/// Everybody in the studio, for the operator.
pub fn list(_act: &Act) -> Result<Vec<Account>> {
    todo!()
}
