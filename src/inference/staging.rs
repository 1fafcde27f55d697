//! A folder that is not in its place yet: written beside it, checked, and moved there whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde::Serialize;

use super::error::{Error, Result};
use crate::base::clock::{Clock, Moment};

/// Room that is left on the disk whatever is brought in.
const SPARE: u64 = 256 << 20;
/// What the folders begin with; the process' number follows.
const STEM: &str = ".import-";
/// What the folders begin with that may be gone on with; what is brought in follows, as a hash.
const HALF: &str = ".half-";
/// Held by whoever works in one of those.
const LOCK: &str = "lock";
/// The files themselves, apart from what is noted about them.
const FILES: &str = "files";
/// What nobody went on with for so long is taken away.
const FORGOTTEN: Duration = Duration::from_hours(7 * 24);

/// Goes away with its value, unless it is to be gone on with.
pub(crate) struct Stage {
    place: PathBuf,
    /// All of it.
    home: PathBuf,
    /// Where the files lie.
    folder: PathBuf,
    stays: bool,
    _lock: Option<File>,
}

impl Stage {
    /// Makes a stage in its place, and takes away what a killed program left there.
    pub(crate) fn begin(place: &Path) -> Result<Self> {
        static BEGUN: AtomicU32 = AtomicU32::new(0);
        prepare(place)?;
        let number = BEGUN.fetch_add(1, Ordering::Relaxed);
        let home = place.join(format!("{STEM}{}-{number}", std::process::id()));
        DirBuilder::new().mode(0o700).create(&home).map_err(|e| failed(&home, e))?;
        Ok(Stage { place: place.to_owned(), folder: home.clone(), home, stays: false, _lock: None })
    }

    /// The stage that an earlier try under this key left, or a new one. Another program that works under the same key
    /// at the same time has its own.
    pub(crate) fn resume(place: &Path, key: &str) -> Result<Self> {
        prepare(place)?;
        let mut number = 0;
        loop {
            let home = place.join(format!("{HALF}{key}-{number}"));
            if let Some(lock) = own(&home).map_err(|e| failed(&home, e))? {
                let folder = home.join(FILES);
                DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(|e| failed(&folder, e))?;
                return Ok(Stage { place: place.to_owned(), home, folder, stays: false, _lock: Some(lock) });
            }
            number += 1;
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file about the stage's files, for whoever goes on with it.
    pub(crate) fn note(&self, name: &str) -> PathBuf {
        self.home.join(name)
    }

    /// Leaves it for another try.
    pub(crate) fn stay(&mut self) {
        self.stays = true;
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

    /// Writes a file and waits until it is on the disk; how many bytes were copied.
    pub(crate) fn copy(&self, file: &str, bytes: &mut dyn Read) -> Result<u64> {
        self.put(file, &mut |out| io::copy(bytes, out))
    }

    /// The same for what does not go into the file as it is; what `write` answers.
    pub(crate) fn put(&self, file: &str, write: &mut dyn FnMut(&mut File) -> io::Result<u64>) -> Result<u64> {
        put(&self.folder, file, write)
    }

    /// Writes `receipt` into `root`, which is the stage or lies in it, and moves that to `target`.
    pub(crate) fn settle(&self, root: &Path, receipt: (&str, &impl Serialize), target: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(receipt.1).map_err(|e| failed(target, e.into()))?;
        put(root, receipt.0, &mut |out| io::copy(&mut text.as_slice(), out))?;
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
        if !self.stays {
            let _ = fs::remove_dir_all(&self.home);
        }
    }
}

fn prepare(place: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(place).map_err(|e| failed(place, e))?;
    sweep(place, false);
    Ok(())
}

/// The lock of a stage that may be gone on with; none while another works there, or has just ended.
fn own(home: &Path) -> io::Result<Option<File>> {
    DirBuilder::new().recursive(true).mode(0o700).create(home)?;
    let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(home.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) if lock.metadata()?.nlink() > 0 => Ok(Some(lock)),
        Ok(()) | Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(e),
    }
}

/// Puts what a stage made in the place of a folder, in one step; what was there goes with the stage.
pub(crate) fn exchange(made: &Path, folder: &Path) -> Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, made, CWD, folder, RenameFlags::EXCHANGE).map_err(|e| failed(folder, e.into()))
}

/// Takes a folder away: out of its place at once, then file by file; what a crash leaves is swept later.
pub(crate) fn clear(folder: &Path) -> Result<()> {
    let stage = Stage::begin(folder.parent().unwrap_or(folder))?;
    fs::rename(folder, stage.folder().join("gone")).map_err(|e| failed(folder, e))
}

/// Takes away what killed programs left, and what nobody went on with for days. When this one has just `begun`, what
/// bears its number is not its own.
pub(crate) fn sweep(place: &Path, begun: bool) {
    let own = std::process::id().to_string();
    let alive = |pid: &str| Path::new("/proc").join(pid).exists();
    for (name, path) in entries(place) {
        let pid = name.strip_prefix(STEM).map(|rest| rest.split('-').next().unwrap_or(rest));
        if pid.is_some_and(|pid| !alive(pid) || (begun && pid == own)) {
            let _ = fs::remove_dir_all(path);
        }
    }
    let now = Clock::system().now();
    forget(place, |half| now.since(changed(half)) > FORGOTTEN);
}

/// The stages that were left for another try and in which nobody works now.
pub(crate) fn left(place: &Path) -> Vec<PathBuf> {
    let halves = entries(place).filter(|(name, _)| name.starts_with(HALF)).map(|(_, path)| path);
    halves.filter(|path| File::open(path.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok())).collect()
}

/// Takes away those of them that are `meant`; how many there were.
pub(crate) fn forget(place: &Path, meant: impl Fn(&Path) -> bool) -> usize {
    let meant: Vec<PathBuf> = left(place).into_iter().filter(|half| meant(half)).collect();
    meant.iter().filter(|half| fs::remove_dir_all(half).is_ok()).count()
}

/// Whether a stage that was left is of this key.
pub(crate) fn is_of(half: &Path, key: &str) -> bool {
    let name = half.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    name.strip_prefix(HALF).and_then(|rest| rest.rsplit_once('-')).is_some_and(|(of, _)| of == key)
}

/// When something of a stage was last written.
fn changed(half: &Path) -> Moment {
    let at = |(_, path): (String, PathBuf)| fs::metadata(path).map_or(0, |meta| meta.mtime());
    Moment(entries(half).map(at).max().unwrap_or(0) * 1000)
}

fn entries(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
}

fn put(folder: &Path, file: &str, write: &mut dyn FnMut(&mut File) -> io::Result<u64>) -> Result<u64> {
    let path = folder.join(file);
    let mut put = || {
        if let Some(parent) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        }
        let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let written = write(&mut out)?;
        out.flush()?;
        out.sync_all()?;
        Ok(written)
    };
    put().map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Error::Unsafe { file: file.chars().take(200).collect(), why: "is there twice".to_owned() }
        }
        _ => failed(Path::new(file), error),
    })
}

fn failed(path: &Path, error: io::Error) -> Error {
    Error::Io { path: path.to_owned(), error }
}
