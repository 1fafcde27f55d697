//! Model packages: which there are, what they can do, and bringing new ones in safely.

mod info;

use std::path::{Path, PathBuf};

pub use info::{Defaults, PackageInfo, Sizes};

use super::error::Result;
use super::order::UnknownWord;

/// The models of this machine: the embedded starter and the folders under `DATA/models`.
#[derive(Clone, Debug, Default)]
pub struct Packages {
    folder: Option<PathBuf>,
}

impl Packages {
    /// `folder` is `DATA/models`; without one there is only the starter.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Packages { folder }
    }

    /// The starter first, then by name. Reads no weights.
    pub fn list(&self) -> Result<Vec<PackageInfo>> {
        let _ = &self.folder;
        todo!()
    }

    pub fn find(&self, name: &str) -> Result<Package> {
        let _ = name;
        todo!()
    }

    /// Copies a folder, `.tar` or `.tar.zst` in, whole or not at all. `told` hears the bytes copied and, where known, of how many.
    pub fn import(
        &self,
        from: &Path,
        name: Option<&str>,
        told: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<PackageInfo> {
        let _ = (from, name, told);
        todo!()
    }

    pub fn remove(&self, name: &str) -> Result<()> {
        let _ = name;
        todo!()
    }
}

/// One package that can be loaded.
#[derive(Clone, Debug)]
pub struct Package {
    pub info: PackageInfo,
}

impl Package {
    /// Which words of a text the model would leave out; needs no engine.
    pub fn reading(&self, text: &str) -> Result<Vec<UnknownWord>> {
        let _ = text;
        todo!()
    }
}
