//! The keys folder: ways to unlock the root key, and the workspace keys it wraps.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::Result;
use crate::base::id::WorkspaceId;
use crate::base::secret::Secret;
use crate::crypto::{FileKey, Signer, WorkspaceKey};

/// A way to get at the root key. Each is one age file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Passphrase,
    KeyFile,
    Recovery,
}

/// What somebody brings to unlock.
#[derive(Clone, Debug)]
pub enum Unlock {
    Passphrase(Secret),
    KeyFile(PathBuf),
    Recovery(Secret),
}

/// The unlocked keys of a studio.
pub struct Keyring {}

impl Keyring {
    /// New keys in an empty folder, unlocked by `first`; a key file is written where `first` says.
    /// The second answer is the recovery key, to be shown once. `hardness` is the passphrase's
    /// scrypt work as a power of two: [`Keyring::HARDNESS`] except in tests.
    pub fn create(folder: &Path, first: &Unlock, hardness: u8) -> Result<(Keyring, Secret)> {
        let _ = (folder, first, hardness);
        todo!()
    }

    pub const HARDNESS: u8 = 16;

    /// Which methods a locked folder offers.
    pub fn methods(folder: &Path) -> Result<Vec<Method>> {
        let _ = folder;
        todo!()
    }

    /// Unlocks, or says in a sentence why not.
    pub fn unlock(folder: &Path, with: &Unlock) -> Result<Keyring> {
        let _ = (folder, with);
        todo!()
    }

    /// Adds a method or replaces the one of its kind; the old file is gone when this returns.
    pub fn set(&self, method: &Unlock, hardness: u8) -> Result<()> {
        let _ = (method, hardness);
        todo!()
    }

    /// A new recovery key, to be shown once; the one before it no longer unlocks.
    pub fn renew_recovery(&self) -> Result<Secret> {
        todo!()
    }

    pub fn remove(&self, method: Method) -> Result<()> {
        let _ = method;
        todo!()
    }

    /// The key of `studio.redb`.
    pub fn studio(&self) -> Result<FileKey> {
        todo!()
    }

    /// Signs checkpoints of audit chains.
    pub fn signer(&self) -> Result<Signer> {
        todo!()
    }

    /// Makes the key of a new workspace.
    pub fn make(&self, workspace: WorkspaceId) -> Result<WorkspaceKey> {
        let _ = workspace;
        todo!()
    }

    pub fn workspace(&self, workspace: WorkspaceId) -> Result<WorkspaceKey> {
        let _ = workspace;
        todo!()
    }

    /// Every workspace that has a key here.
    pub fn workspaces(&self) -> Result<Vec<WorkspaceId>> {
        todo!()
    }

    /// Destroys the key of a workspace: what it sealed can never be opened again, backups included.
    pub fn shred(&self, workspace: WorkspaceId) -> Result<()> {
        let _ = workspace;
        todo!()
    }
}
