//! Signed-in browsers: random tokens, hashed at rest, 12 hours idle, 30 days at most.

use serde::{Deserialize, Serialize};

use super::act::Act;
use super::error::Result;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, SessionId};
use crate::base::secret::Secret;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub account: AccountId,
    pub created: Moment,
    pub last_seen: Moment,
    /// Shortened.
    pub address: String,
    pub agent: String,
    #[serde(default)]
    pub(crate) hash: Vec<u8>,
}

/// The act of whoever holds this cookie.
pub fn resume(_visitor: &Act, _secret: &Secret) -> Result<Act> {
    todo!()
}

/// One's own, newest first. The current one is `act.stamp().proof`'s.
pub fn list(_act: &Act) -> Result<Vec<Session>> {
    todo!()
}

pub fn end(_act: &Act, _session: SessionId) -> Result<()> {
    todo!()
}

/// Signs out.
pub fn end_current(_act: &Act) -> Result<()> {
    todo!()
}
