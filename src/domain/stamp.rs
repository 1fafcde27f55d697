//! What is known of a caller: who, how proved, when and from where.

use std::net::IpAddr;

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

/// What is known of one caller at one time.
#[derive(Clone, Debug)]
pub struct Stamp {
    pub actor: Actor,
    pub at: Moment,
    /// Whole, for throttling only; what is kept is [`Stamp::shortened`].
    pub address: String,
    pub proof: Proof,
}

impl Stamp {
    /// The address without its last part: enough to see "another town", too little to see a desk.
    pub fn shortened(&self) -> String {
        match self.address.parse::<IpAddr>() {
            Ok(IpAddr::V4(v4)) => {
                let [a, b, c, _] = v4.octets();
                format!("{a}.{b}.{c}.0")
            }
            Ok(IpAddr::V6(v6)) => {
                let [a, b, c, ..] = v6.segments();
                format!("{a:x}:{b:x}:{c:x}::")
            }
            Err(_) => String::new(),
        }
    }
}

/// A person as others see him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: AccountId,
    pub name: String,
}
