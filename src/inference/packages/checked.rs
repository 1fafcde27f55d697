//! A whole and harmless package in a stage, ready to be moved into its place.

use std::path::Path;

use crate::inference::error::Result;
use crate::inference::staging::Stage;

use super::check;
use super::files::Files;
use super::manifest::Manifest;
use super::memory;
use super::receipt::{self, Receipt};

pub(super) struct Checked {
    files: Files,
    pub(super) manifest: Manifest,
    receipt: Receipt,
}

impl Checked {
    /// Reads all of a package once: hashes, names, shapes, nothing that could run.
    pub(super) fn at(files: Files) -> Result<Self> {
        let receipt = Receipt::made(&files)?;
        Checked::with(files, receipt)
    }

    /// The same for a package whose hashes were taken as it was copied.
    pub(super) fn with(files: Files, receipt: Receipt) -> Result<Self> {
        let manifest = Manifest::of(&files)?;
        let graphs = check::all(&files, &manifest, &receipt)?;
        let receipt = Receipt { loaded: Some(memory::loaded(&files, &graphs)?), ..receipt };
        Ok(Checked { files, manifest, receipt })
    }

    /// Writes the receipt and moves the package to `target`.
    pub(super) fn settle(&self, stage: &Stage, target: &Path) -> Result<()> {
        let root = self.files.folder().unwrap_or_else(|| stage.folder());
        stage.settle(root, (receipt::FILE, &self.receipt), target)
    }
}
