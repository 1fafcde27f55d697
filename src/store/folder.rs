//! The data folder: what lies where, who uses it, and whether it was set up.

use std::path::{Path, PathBuf};

use super::error::Result;
use super::keys::Keyring;
use crate::base::id::WorkspaceId;

/// What a folder is ready for, before any key is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing is here: the first-run wizard may start.
    Setup,
    /// Something that was set up is not whole; the wizard stays shut. Says what is missing.
    Recovery(String),
    /// Set up and waiting for a key.
    Locked,
}

/// Room on the disk, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    pub free: u64,
    pub total: u64,
}

/// A data folder that this process alone uses.
#[derive(Debug)]
pub struct Folder {}

impl Folder {
    /// Makes the folder if needed and takes its lock; refuses when another server has it.
    pub fn open(root: &Path) -> Result<Folder> {
        let _ = root;
        todo!()
    }

    /// What the folder is ready for.
    pub fn phase(&self) -> Result<Phase> {
        todo!()
    }

    /// Begins a set-up: only in [`Phase::Setup`]; clears what a set-up that never ended left.
    pub fn begin_setup(&self) -> Result<()> {
        todo!()
    }

    /// Ends a set-up for good: from here on this folder is never fresh again.
    pub fn finish_setup(&self, keys: &Keyring) -> Result<()> {
        let _ = keys;
        todo!()
    }

    /// Checks after unlocking that marker and keys belong together.
    pub fn check_marker(&self, keys: &Keyring) -> Result<()> {
        let _ = keys;
        todo!()
    }

    pub fn root(&self) -> &Path {
        todo!()
    }
    pub fn keys(&self) -> PathBuf {
        todo!()
    }
    /// The studio's rows.
    pub fn studio(&self) -> PathBuf {
        todo!()
    }
    pub fn models(&self) -> PathBuf {
        todo!()
    }
    /// Certificates: readable while locked, because TLS must answer then.
    pub fn tls(&self) -> PathBuf {
        todo!()
    }
    /// Sockets and scratch; emptied at every start.
    pub fn run(&self) -> PathBuf {
        todo!()
    }
    pub fn rows(&self, workspace: WorkspaceId) -> PathBuf {
        let _ = workspace;
        todo!()
    }
    pub fn index(&self, workspace: WorkspaceId) -> PathBuf {
        let _ = workspace;
        todo!()
    }
    pub fn blobs(&self, workspace: WorkspaceId) -> PathBuf {
        let _ = workspace;
        todo!()
    }
    /// Makes the folder of a new workspace.
    pub fn make_workspace(&self, workspace: WorkspaceId) -> Result<()> {
        let _ = workspace;
        todo!()
    }
    /// Unlinks everything of a workspace; shred its key first.
    pub fn remove_workspace(&self, workspace: WorkspaceId) -> Result<()> {
        let _ = workspace;
        todo!()
    }

    pub fn space(&self) -> Result<Space> {
        todo!()
    }
    /// Bytes that the folder takes.
    pub fn used(&self) -> Result<u64> {
        todo!()
    }
}
