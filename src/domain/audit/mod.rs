//! The log nobody can change unseen: each record holds the hash of the one before.

pub mod chain;
pub(crate) mod following;
pub mod reading;

pub use chain::Verified;
pub use reading::{Filter, Line, Log, list, verify};
