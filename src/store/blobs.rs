//! Large things (pictures, clips, uploads), each in its own sealed file named by its id.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::error::Result;
use crate::base::id::BlobId;
use crate::crypto::FileKey;

/// What a finished blob is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BlobRef {
    pub id: BlobId,
    /// Bytes before sealing.
    pub size: u64,
}

/// One folder of blobs. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {}

impl Blobs {
    /// Makes the folder if needed and sweeps away what a crash left half-written.
    pub fn open(folder: &Path, key: FileKey) -> Result<Blobs> {
        let _ = (folder, key);
        todo!()
    }

    /// Begins a blob; it seals as it is written and is nothing until it is finished.
    pub fn draft(&self, id: BlobId) -> Result<BlobDraft> {
        let _ = id;
        todo!()
    }

    /// Writes a whole blob.
    pub fn put(&self, id: BlobId, bytes: &[u8]) -> Result<BlobRef> {
        let mut draft = self.draft(id)?;
        draft.write(bytes)?;
        draft.finish()
    }

    /// Opens a blob; a truncated one is refused here, a changed one when the changed part is read.
    pub fn reader(&self, id: BlobId) -> Result<BlobReader> {
        let _ = id;
        todo!()
    }

    /// Reads a whole blob.
    pub fn get(&self, id: BlobId) -> Result<Vec<u8>> {
        let _ = id;
        todo!()
    }

    /// Says whether there was one.
    pub fn remove(&self, id: BlobId) -> Result<bool> {
        let _ = id;
        todo!()
    }
}

/// A blob being written. Dropped unfinished, it leaves nothing behind.
pub struct BlobDraft {}

impl BlobDraft {
    /// Like [`Write::write_all`], with this floor's error: a full disk is named.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let _ = bytes;
        todo!()
    }

    /// Returns when the disk has all of it under its name.
    pub fn finish(self) -> Result<BlobRef> {
        todo!()
    }
}

impl Write for BlobDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = bytes;
        todo!()
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a blob from any place; only what is asked for is opened.
pub struct BlobReader {}

impl BlobReader {
    /// Bytes before sealing.
    pub fn size(&self) -> u64 {
        todo!()
    }
}

impl Read for BlobReader {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let _ = bytes;
        todo!()
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let _ = to;
        todo!()
    }
}
