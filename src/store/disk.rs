//! What sealed rows ask of the disk; tests put a failing one in its place.

use std::fmt::Debug;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

use super::error::{Error, Result};

/// A file that is read and written at offsets by several threads at once.
pub trait Disk: Debug + Send + Sync + 'static {
    fn size(&self) -> io::Result<u64>;
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()>;
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// New bytes are zero.
    fn set_len(&self, len: u64) -> io::Result<()>;
    /// Returns when everything written so far survives a power loss.
    fn sync(&self) -> io::Result<()>;
}

impl Disk for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        FileExt::read_exact_at(self, bytes, offset)
    }
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        FileExt::write_all_at(self, bytes, offset)
    }
    /// Takes the room before the length grows: a full disk is met here, where nothing is lost,
    /// and not in the middle of a later write into a hole.
    fn set_len(&self, len: u64) -> io::Result<()> {
        let old = self.size()?;
        if len > old {
            match fallocate(self, FallocateFlags::KEEP_SIZE, old, len - old) {
                Ok(()) | Err(Errno::NOTSUP) => {}
                Err(e) => return Err(e.into()),
            }
        }
        File::set_len(self, len)
    }
    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}

/// A new file that only its owner may read; refuses one that is there. Its name is on disk too.
pub(super) fn create(path: &Path) -> Result<File> {
    let made = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path);
    let file = made.map_err(|e| match e.kind() {
        io::ErrorKind::AlreadyExists => Error::Exists(path.to_owned()),
        _ => Error::io("making", path)(e),
    })?;
    sync_folder_of(path)?;
    Ok(file)
}

/// Makes the names in the folder of `path` survive a power loss.
pub(super) fn sync_folder_of(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|f| f.sync_all()).map_err(Error::io("saving", folder))
}

/// Puts `bytes` under `path` at once: whoever opens it finds the old ones or the new, whole.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let fresh = path.with_added_extension("new");
    let write = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    write().map_err(|e| {
        let _ = fs::remove_file(&fresh);
        Error::io("writing", path)(e)
    })?;
    sync_folder_of(path)
}

/// A folder, with those above it, that only its owner may enter.
pub(super) fn make_folder(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(Error::io("making", path))?;
    sync_folder_of(path)
}
