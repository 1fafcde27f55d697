//! Who asks, when and from where: the first argument of every verb, and the only way to change anything.

use std::sync::Arc;

pub use super::stamp::{Actor, Person, Proof, Stamp};

/// One request by one caller.
#[derive(Clone)]
pub struct Act {
    stamp: Arc<Stamp>,
}

impl Act {
    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// What a browser must send back with every change; none for tokens.
    pub fn csrf(&self) -> Option<&str> {
        match &self.stamp.proof {
            Proof::Session { csrf, .. } => Some(csrf),
            Proof::None | Proof::Token(_) => None,
        }
    }
}
