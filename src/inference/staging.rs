//! A folder that is not in its place yet: written beside it, checked, and moved there whole or not at all.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use serde::Serialize;

use super::error::{Error, Result};

/// Room that is left on the disk whatever is brought in.
const SPARE: u64 = 256 << 20;
/// What the folders begin with; the process' number follows.
const STEM: &str = ".import-";

/// Goes away with its value.
pub(crate) struct Stage {
    place: PathBuf,
    folder: PathBuf,
}

impl Stage {
    /// Makes a stage in its place, and takes away what a killed program left there.
    pub(crate) fn begin(place: &Path) -> Result<Self> {
        static BEGUN: AtomicU32 = AtomicU32::new(0);
        DirBuilder::new().recursive(true).mode(0o700).create(place).map_err(|e| failed(place, e))?;
        sweep(place, false);
        let number = BEGUN.fetch_add(1, Ordering::Relaxed);
        let folder = place.join(format!("{STEM}{}-{number}", std::process::id()));
        DirBuilder::new().mode(0o700).create(&folder).map_err(|e| failed(&folder, e))?;
        Ok(Stage { place: place.to_owned(), folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn expect_room(&self, bytes: u64) -> Result<()> {
        let Ok(disk) = rustix::fs::statvfs(&self.place) else { return Ok(()) };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free >= bytes.saturating_add(SPARE) {
            return Ok(());
        }
        let (needed, free) = (bytes.saturating_add(SPARE) >> 20, free >> 20);
        let told = format!("{needed} MiB are needed and {free} MiB are free; make room and try again");
        Err(failed(&self.place, io::Error::new(io::ErrorKind::StorageFull, told)))
    }

    /// Writes a file and waits until it is on the disk; how long it became.
    pub(crate) fn copy(&self, file: &str, bytes: &mut dyn Read) -> Result<u64> {
        copy(&self.folder, file, bytes)
    }

    /// Writes `receipt` into `root`, which is the stage or lies in it, and moves that to `target`.
    pub(crate) fn settle(&self, root: &Path, receipt: (&str, &impl Serialize), target: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(receipt.1).map_err(|e| failed(target, e.into()))?;
        copy(root, receipt.0, &mut text.as_slice())?;
        fs::rename(root, target).map_err(|e| failed(target, e))?;
        // A rename is only safe on disk when its folder is.
        if let Ok(place) = fs::File::open(&self.place) {
            let _ = place.sync_all();
        }
        Ok(())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Takes a folder away: out of its place at once, then file by file; what a crash leaves is swept later.
pub(crate) fn clear(folder: &Path) -> Result<()> {
    let stage = Stage::begin(folder.parent().unwrap_or(folder))?;
    fs::rename(folder, stage.folder().join("gone")).map_err(|e| failed(folder, e))
}

/// Takes away what killed programs left. When this one has just `begun`, what bears its number is not its own.
pub(crate) fn sweep(place: &Path, begun: bool) {
    let own = std::process::id().to_string();
    let alive = |pid: &str| Path::new("/proc").join(pid).exists();
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let pid = name.strip_prefix(STEM).map(|rest| rest.split('-').next().unwrap_or(rest));
        if pid.is_some_and(|pid| !alive(pid) || (begun && pid == own)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn copy(folder: &Path, file: &str, bytes: &mut dyn Read) -> Result<u64> {
    let path = folder.join(file);
    let mut write = || {
        if let Some(parent) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        }
        let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let copied = io::copy(bytes, &mut out)?;
        out.flush()?;
        out.sync_all()?;
        Ok(copied)
    };
    write().map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Error::Unsafe { file: file.chars().take(200).collect(), why: "is there twice".to_owned() }
        }
        _ => failed(Path::new(file), error),
    })
}

fn failed(path: &Path, error: io::Error) -> Error {
    Error::Io { path: path.to_owned(), error }
}
