//! What is known of a caller: who, how proved, when and from where.

use serde::{Deserialize, Serialize};

use crate::base::clock::Moment;
use crate::base::id::{AccountId, SessionId, TokenId};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// Not signed in.
    Nobody,
    /// The studio itself: chores, workers, the terminal of the server.
    System,
    Account(AccountId),
}

/// How the actor proved who he is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    None,
    Session { id: SessionId, csrf: String },
    Token(TokenId),
}

/// What is written down of a caller.
#[derive(Clone, Debug)]
pub struct Stamp {
    pub actor: Actor,
    pub at: Moment,
    /// Already shortened: the last part of an address is never kept.
    pub address: String,
    pub proof: Proof,
}

/// A person as others see him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    pub id: AccountId,
    pub name: String,
}
