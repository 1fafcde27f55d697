//! The first run: a one-use code, then owner, studio, keys and the first workspace; it cannot come back.

use std::path::Path;

use super::accounts::{NewAccount, SignedIn};
use super::error::Result;
use crate::base::clock::Clock;
use crate::base::entropy::Entropy;
use crate::base::id::WorkspaceId;
use crate::base::secret::Secret;

/// How the studio is to be unlocked.
#[derive(Clone, Debug)]
pub enum Method {
    Passphrase(Secret),
    /// A key file beside the data opens it at every start.
    KeyFile,
}

/// All that the first run asks for.
#[derive(Clone, Debug)]
pub struct Order {
    pub code: Secret,
    pub studio_name: String,
    /// How people reach a human: an address, a telephone number, a room.
    pub contact: String,
    pub owner: NewAccount,
    pub unlock: Method,
    pub workspace_name: String,
}

pub struct Done {
    /// Shown once, never stored.
    pub recovery_key: Secret,
    pub workspace: WorkspaceId,
    pub signed_in: SignedIn,
}

/// Makes a new code (`ABCD-EFGH`, 30 minutes), also from another process: only its hash is kept in DATA/run.
pub fn renew_code(_data: &Path, _clock: &Clock, _entropy: &Entropy) -> Result<Secret> {
    todo!()
}
