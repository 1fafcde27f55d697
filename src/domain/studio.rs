//! What is open: from a folder on disk to acts; the only room that opens the sealed files.

use std::path::PathBuf;
use std::sync::Arc;

use super::act::Act;
use super::error::Result;
use super::models::Shelf;
use super::setup;
use crate::base::clock::Clock;
use crate::base::entropy::Entropy;
use crate::base::secret::Secret;

/// What a studio is opened with.
pub struct Opening {
    pub data: PathBuf,
    pub clock: Clock,
    pub entropy: Entropy,
    pub shelf: Arc<dyn Shelf>,
    /// Where a key file is looked for at the start, and written when set-up chooses that method.
    pub key_file: PathBuf,
    /// The passphrase's work as a power of two; `store::keys::Keyring::HARDNESS` except in tests.
    pub hardness: u8,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    Setup,
    Locked,
    /// Marker, keys and data disagree; the sentence says how.
    Recovery(String),
    Ready,
}

impl Phase {
    pub fn word(&self) -> &'static str {
        match self {
            Phase::Setup => "setup",
            Phase::Locked => "locked",
            Phase::Recovery(_) => "recovery",
            Phase::Ready => "ready",
        }
    }
}

pub enum Unlock {
    Passphrase(Secret),
    Recovery(Secret),
    KeyFile(PathBuf),
}

/// What anybody may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub phase: Phase,
    /// None while sealed.
    pub studio_name: Option<String>,
    /// `passphrase`, `key_file`, `recovery`.
    pub unlock_methods: Vec<&'static str>,
}

/// One studio; shared by the whole process.
#[derive(Clone)]
pub struct Studio {}

impl Studio {
    pub fn open(_opening: Opening) -> Result<Studio> {
        todo!()
    }

    pub fn state(&self) -> State {
        todo!()
    }

    /// Throttled per address, like every place where a secret can be guessed.
    pub fn unlock(&self, _with: &Unlock, _address: &str) -> Result<()> {
        todo!()
    }

    /// Whether a set-up code is the right one; throttled.
    pub fn check_code(&self, _code: &Secret, _address: &str) -> Result<()> {
        todo!()
    }

    /// Sets the studio up once; afterwards it is ready.
    pub fn set_up(&self, _order: setup::Order, _address: &str, _agent: &str) -> Result<setup::Done> {
        todo!()
    }

    /// An act for somebody who has not signed in (yet). Refused while the studio is not ready.
    pub fn visitor(&self, _address: &str) -> Result<Act> {
        todo!()
    }

    /// An act of the studio itself: workers, chores, the terminal.
    pub fn system(&self) -> Result<Act> {
        todo!()
    }

    /// Chores of once a minute: leases, sessions, bins, invitations.
    pub fn tidy(&self) -> Result<()> {
        todo!()
    }
}
