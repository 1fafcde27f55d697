//! Personal API tokens (`dos_…`): shown once, hashed at rest, with an end.

use serde::{Deserialize, Serialize};

use super::act::Act;
use super::error::Result;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, TokenId};
use crate::base::secret::Secret;
use crate::base::text::Name;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub id: TokenId,
    pub account: AccountId,
    pub name: Name,
    pub created: Moment,
    pub expires: Moment,
    pub last_used: Option<Moment>,
    #[serde(default)]
    pub(crate) hash: Vec<u8>,
}

/// `days` is 1 to 365; 90 when not told.
pub fn create(_act: &Act, _name: &str, _days: Option<u32>) -> Result<(Token, Secret)> {
    todo!()
}

pub fn list(_act: &Act) -> Result<Vec<Token>> {
    todo!()
}

pub fn revoke(_act: &Act, _token: TokenId) -> Result<()> {
    todo!()
}

/// The act of whoever holds this token.
pub fn resume(_visitor: &Act, _secret: &Secret) -> Result<Act> {
    todo!()
}
