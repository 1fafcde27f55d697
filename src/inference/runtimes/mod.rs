//! Other ONNX Runtimes than the embedded one: brought in from files, listed, chosen, removed. Nothing here opens one.

mod bring;
mod facts;
mod platform;
mod wheel;

use std::fs;
use std::path::{Path, PathBuf};

pub use facts::{Part, RuntimeInfo};

use super::error::{Error, Result};
use super::packages::good_name;

/// What the runtime inside this binary is called.
pub const EMBEDDED: &str = "embedded";

const CHOSEN: &str = "chosen";

/// The runtimes of a studio: the folders under `DATA/runtimes`.
#[derive(Clone, Debug)]
pub struct Runtimes {
    folder: PathBuf,
}

impl Runtimes {
    /// `folder` is `DATA/runtimes`; it need not be there.
    pub fn new(folder: PathBuf) -> Self {
        Runtimes { folder }
    }

    /// Those that were imported, by name.
    pub fn list(&self) -> Vec<RuntimeInfo> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names.iter().filter_map(|name| self.find(name).ok()).collect()
    }

    pub fn find(&self, name: &str) -> Result<RuntimeInfo> {
        let unknown = || Error::NoSuchRuntime(name.chars().take(80).collect());
        let folder = Some(self.folder.join(name)).filter(|f| good_name(name) && f.is_dir()).ok_or_else(unknown)?;
        RuntimeInfo::of(name, &folder)
    }

    /// Takes the libraries and licences out of wheels, folders and tar archives, whole or not at all.
    pub fn import(&self, from: &[PathBuf], name: Option<&str>, told: &mut dyn FnMut(u64)) -> Result<RuntimeInfo> {
        let place = |name: &str| {
            let folder = self.folder.join(name);
            match () {
                () if !good_name(name) => Err(Error::BadName(name.chars().take(80).collect())),
                () if name == EMBEDDED || folder.exists() => Err(Error::RuntimeTaken(name.to_owned())),
                () => Ok(folder),
            }
        };
        let name = bring::bring(from, &self.folder, name, place, told)?;
        self.find(&name)
    }

    /// The library of an imported runtime, after every file of it was compared with what was imported.
    pub fn checked(&self, name: &str) -> Result<PathBuf> {
        let info = self.find(name)?;
        info.verify(&self.folder.join(name))?;
        Ok(self.library_of(&info))
    }

    /// Which one the studio opens; none for the embedded one.
    pub fn chosen(&self) -> Option<String> {
        let name = fs::read_to_string(self.folder.join(CHOSEN)).ok()?;
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    }

    /// The library that the studio opens; none for the embedded one. One that is gone is an answer too: opening it
    /// says so.
    pub fn library(&self) -> Option<PathBuf> {
        let name = self.chosen()?;
        let lost = || self.folder.join(&name).join("lib/libonnxruntime.so");
        Some(self.find(&name).map_or_else(|_| lost(), |info| self.library_of(&info)))
    }

    /// Has the studio open this one from its next start on; none for the embedded one.
    pub fn choose(&self, name: Option<&str>) -> Result<()> {
        let chosen = self.folder.join(CHOSEN);
        let failed = |error| Error::Io { path: chosen.clone(), error };
        let Some(name) = name else {
            return match fs::remove_file(&chosen) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(failed(e)),
                _ => Ok(()),
            };
        };
        self.checked(name)?;
        let part = self.folder.join(".chosen-part");
        fs::write(&part, name).and_then(|()| fs::rename(&part, &chosen)).map_err(failed)
    }

    pub fn remove(&self, name: &str) -> Result<()> {
        if name == EMBEDDED {
            return Err(Error::RuntimeRefused("it is part of this program and cannot be removed".to_owned()));
        }
        self.find(name)?;
        if self.chosen().as_deref() == Some(name) {
            let told = format!(
                "{name} is the one the studio uses; choose another first, as with `dreamomni2 runtime use {EMBEDDED}`"
            );
            return Err(Error::RuntimeRefused(told));
        }
        let folder = self.folder.join(name);
        fs::remove_dir_all(&folder).map_err(|error| Error::Io { path: folder, error })
    }

    fn library_of(&self, info: &RuntimeInfo) -> PathBuf {
        Path::new(&self.folder).join(&info.name).join(facts::LIBRARIES).join(&info.library)
    }
}
