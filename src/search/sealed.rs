//! The index's folder: every file sealed with the index's key and bound to its name.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, DirectoryLock, FileHandle, Lock, OwnedBytes, TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
};
use tantivy::{Directory, HasLen};

use super::cache::FileCache;
use crate::crypto::FileKey;
use crate::crypto::stream::{Chunk, StreamOpener, StreamSealer};

/// How long a reader or the collector of old files waits for the other.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(super) struct SealedDirectory(Arc<Inner>);

struct Inner {
    root: PathBuf,
    key: FileKey,
    /// The studio's lock on its data folder keeps other processes out, so locks are only held in memory.
    locked: Mutex<HashSet<PathBuf>>,
    unlocked: Condvar,
}

impl SealedDirectory {
    pub(super) fn new(root: &Path, key: &FileKey) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        let (root, key) = (root.to_owned(), key.clone());
        Ok(SealedDirectory(Arc::new(Inner { root, key, locked: Mutex::default(), unlocked: Condvar::new() })))
    }

    fn place(&self, path: &Path) -> PathBuf {
        self.0.root.join(path)
    }

    fn sealer(&self, file: File, path: &Path) -> io::Result<StreamSealer<BufWriter<File>>> {
        let about = path.as_os_str().as_encoded_bytes();
        StreamSealer::new(BufWriter::new(file), &self.0.key, about, Chunk::Kib16).map_err(io::Error::other)
    }

    fn opener(&self, path: &Path) -> io::Result<StreamOpener<File>> {
        StreamOpener::new(File::open(self.place(path))?, &self.0.key, path.as_os_str().as_encoded_bytes())
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.0.root)?.sync_all()
    }
}

impl Directory for SealedDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let opener = self.opener(path).map_err(|e| read_error(e, path))?;
        Ok(Arc::new(SealedFile { opener, cache: FileCache::new() }))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        fs::remove_file(self.place(path)).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => DeleteError::FileDoesNotExist(path.to_owned()),
            _ => DeleteError::IoError { io_error: Arc::new(e), filepath: path.to_owned() },
        })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        fs::exists(self.place(path)).map_err(|e| read_error(e, path))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = OpenOptions::new().write(true).create_new(true).open(self.place(path));
        let sealer = file.and_then(|file| self.sealer(file, path)).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => OpenWriteError::FileAlreadyExists(path.to_owned()),
            _ => OpenWriteError::wrap_io_error(e, path.to_owned()),
        })?;
        Ok(BufWriter::new(Box::new(SealedWriter(Some(sealer)))))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let read = || {
            let opener = self.opener(path)?;
            let mut bytes = vec![0; usize::try_from(opener.len()).map_err(io::Error::other)?];
            opener.read_exact_at(&mut bytes, 0)?;
            Ok(bytes)
        };
        read().map_err(|e| read_error(e, path))
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let mut draft = self.place(path).into_os_string();
        draft.push(".draft");
        let mut sealer = self.sealer(File::create(&draft)?, path)?;
        sealer.write_all(data)?;
        finish(sealer)?;
        fs::rename(&draft, self.place(path))?;
        self.sync()
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.sync()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        let held = self.0.locked.lock().unwrap_or_else(PoisonError::into_inner);
        let patience = if lock.is_blocking { PATIENCE } else { Duration::ZERO };
        let busy = |held: &mut HashSet<PathBuf>| held.contains(&lock.filepath);
        let waited = self.0.unlocked.wait_timeout_while(held, patience, busy);
        let (mut held, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if held.insert(lock.filepath.clone()) {
            Ok(DirectoryLock::from(Box::new(Held { directory: self.clone(), path: lock.filepath.clone() })))
        } else {
            Err(LockError::LockBusy)
        }
    }

    /// Readers are told by hand after each commit.
    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

impl fmt::Debug for SealedDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedDirectory({})", self.0.root.display())
    }
}

struct Held {
    directory: SealedDirectory,
    path: PathBuf,
}

impl Drop for Held {
    fn drop(&mut self) {
        let inner = &self.directory.0;
        inner.locked.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.path);
        inner.unlocked.notify_all();
    }
}

struct SealedFile {
    opener: StreamOpener<File>,
    cache: FileCache,
}

impl FileHandle for SealedFile {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.start > range.end || range.end > self.len() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a part outside of the file was asked for"));
        }
        // Most reads are small and follow each other: the chunk around them is opened once.
        let chunk = self.opener.chunk_size();
        let start = range.start / chunk * chunk;
        if range.end <= start + chunk {
            let whole = self.part(start..(start + chunk).min(self.len()))?;
            return Ok(whole.slice(range.start - start..range.end - start));
        }
        self.part(range)
    }
}

impl SealedFile {
    fn part(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if let Some(bytes) = self.cache.find(&range) {
            return Ok(bytes);
        }
        let mut bytes = vec![0; range.len()];
        self.opener.read_exact_at(&mut bytes, range.start as u64)?;
        let bytes = OwnedBytes::new(bytes);
        self.cache.keep(&range, &bytes);
        Ok(bytes)
    }
}

impl HasLen for SealedFile {
    fn len(&self) -> usize {
        self.opener.len() as usize
    }
}

impl fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedFile({} bytes)", self.len())
    }
}

/// Empty once it was ended.
struct SealedWriter(Option<StreamSealer<BufWriter<File>>>);

impl Write for SealedWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.as_mut().ok_or_else(ended)?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.as_mut().ok_or_else(ended)?.flush()
    }
}

impl TerminatingWrite for SealedWriter {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        finish(self.0.take().ok_or_else(ended)?)
    }
}

fn finish(sealer: StreamSealer<BufWriter<File>>) -> io::Result<()> {
    let (to, _) = sealer.finish()?;
    to.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn ended() -> io::Error {
    io::Error::other("the file was already ended")
}

fn read_error(error: io::Error, path: &Path) -> OpenReadError {
    match error.kind() {
        io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
        _ => OpenReadError::wrap_io_error(error, path.to_owned()),
    }
}
