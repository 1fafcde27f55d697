//! What commands do to a studio: a new set-up code, set-up without a browser, unlock, verify.

use serde::Serialize;

use super::config::Config;
use crate::base::secret::Secret;

/// A fresh set-up code and where to use it.
#[derive(Clone, Debug)]
pub struct SetupCode {
    pub code: String,
    pub minutes: u64,
    pub urls: Vec<String>,
    pub fingerprint: String,
}

/// Makes a new one-use set-up code; works beside a running server. Refused once the studio is set up.
pub fn new_code(config: &Config) -> anyhow::Result<SetupCode> {
    let _ = config;
    todo!()
}

/// How the studio is unlocked at start.
#[derive(Clone, Debug)]
pub enum Unlock {
    Passphrase(Secret),
    KeyFile,
}

/// The answers to the set-up page, given at once.
#[derive(Clone, Debug)]
pub struct First {
    pub studio_name: String,
    pub contact: String,
    pub owner_name: String,
    pub owner_email: String,
    pub owner_password: Secret,
    pub unlock: Unlock,
    pub workspace_name: String,
}

/// Sets the studio up without a browser and answers the recovery key, to be kept on paper.
pub fn init(config: &Config, first: First) -> anyhow::Result<Secret> {
    let _ = (config, first);
    todo!()
}

/// What opens a locked studio.
#[derive(Clone, Debug)]
pub enum Opener {
    KeyFile,
    Passphrase(Secret),
    RecoveryKey(Secret),
}

/// Unlocks the studio that runs on this machine with this configuration.
pub fn unlock(config: &Config, with: &Opener) -> anyhow::Result<()> {
    let _ = (config, with);
    todo!()
}

/// One audit chain, looked through from its first record.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// `studio` or the id of a workspace.
    pub chain: String,
    pub records: u64,
    /// The number of the first record that does not fit, if any.
    pub first_bad: Option<u64>,
}

/// Checks every audit chain; the studio must not run meanwhile.
pub fn verify_audit(config: &Config, with: &Opener) -> anyhow::Result<Vec<Verified>> {
    let _ = (config, with);
    todo!()
}
