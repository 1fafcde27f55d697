//! A whole and harmless package in a stage, ready to be moved into its place.

use std::path::{Path, PathBuf};

use crate::inference::error::Result;
use crate::inference::staging::Stage;

use super::check;
use super::files::Files;
use super::manifest::Manifest;
use super::receipt::{self, Receipt};

pub(super) struct Checked {
    root: PathBuf,
    pub(super) manifest: Manifest,
    receipt: Receipt,
}

impl Checked {
    /// Reads all of a package once: hashes, names, shapes, nothing that could run.
    pub(super) fn at(root: PathBuf) -> Result<Self> {
        let receipt = Receipt::made(&Files::Folder(root.clone()))?;
        Checked::with(root, receipt)
    }

    /// The same for a package whose hashes were taken as it was copied.
    pub(super) fn with(root: PathBuf, receipt: Receipt) -> Result<Self> {
        let files = Files::Folder(root.clone());
        let manifest = Manifest::of(&files)?;
        check::all(&files, &manifest, &receipt)?;
        Ok(Checked { root, manifest, receipt })
    }

    /// Writes the receipt and moves the package to `target`.
    pub(super) fn settle(&self, stage: &Stage, target: &Path) -> Result<()> {
        stage.settle(&self.root, (receipt::FILE, &self.receipt), target)
    }
}
