//! Large things (pictures, clips, uploads), each in its own sealed file named by its id.
//!
//! `blobs/xx/blb_…`, where `xx` are two letters of the id that chance made. What is being written
//! is called `blobs/new/blb_…`, sealed like the rest, and swept away when the folder is opened.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk;
use super::error::{Error, Result};
use crate::base::id::{BlobId, Id};
use crate::crypto::FileKey;
use crate::crypto::stream::{Chunk, StreamOpener, StreamReader, StreamSealer};

/// What a finished blob is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobRef {
    pub id: BlobId,
    /// Bytes before sealing.
    pub size: u64,
}

/// Reads a blob from any place; only what is asked for is opened.
pub type BlobReader = StreamReader<File>;

/// One folder of blobs. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    folder: PathBuf,
    key: FileKey,
}

impl Blobs {
    /// Makes the folder if needed and sweeps away what a crash left half-written. Open a folder
    /// once: a second opening would sweep away the drafts of the first.
    pub fn open(folder: &Path, key: FileKey) -> Result<Blobs> {
        let drafts = folder.join("new");
        match fs::remove_dir_all(&drafts) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(Error::io("sweeping", &drafts)(e)),
            _ => {}
        }
        disk::make_folder(&drafts)?;
        Ok(Blobs { folder: folder.to_owned(), key })
    }

    /// Begins a blob; it seals as it is written and is nothing until it is finished.
    pub fn draft(&self, id: BlobId) -> Result<BlobDraft> {
        let place = self.place(id);
        if place.try_exists().map_err(Error::io("looking at", &place))? {
            return Err(Error::Exists(place));
        }
        let path = self.folder.join("new").join(id.to_string());
        let file = BufWriter::with_capacity(1 << 16, disk::create(&path)?);
        let unfinished = Unfinished(path);
        let sealer = StreamSealer::new(file, &self.key, &id.bytes(), Chunk::Kib64);
        let sealer = sealer.map_err(Error::io("writing", &unfinished.0))?;
        Ok(BlobDraft { id, sealer, unfinished, place })
    }

    /// Writes a whole blob.
    pub fn put(&self, id: BlobId, bytes: &[u8]) -> Result<BlobRef> {
        let mut draft = self.draft(id)?;
        draft.append(bytes)?;
        draft.finish()
    }

    /// Opens a blob; a truncated one is refused here, a changed one when the changed part is read.
    pub fn reader(&self, id: BlobId) -> Result<BlobReader> {
        self.opener(id).map(BlobReader::new)
    }

    fn opener(&self, id: BlobId) -> Result<StreamOpener<File>> {
        let path = self.place(id);
        let file = File::open(&path).map_err(Error::io("opening", &path))?;
        StreamOpener::new(file, &self.key, &id.bytes()).map_err(Error::io("opening", &path))
    }

    /// Reads a whole blob, on all cores when it is large.
    pub fn get(&self, id: BlobId) -> Result<Vec<u8>> {
        let opener = self.opener(id)?;
        let mut bytes = vec![0; opener.len() as usize];
        opener.read_exact_at(&mut bytes, 0).map_err(Error::io("reading", self.place(id)))?;
        Ok(bytes)
    }

    /// Says whether there was one.
    pub fn remove(&self, id: BlobId) -> Result<bool> {
        let path = self.place(id);
        match fs::remove_file(&path) {
            Ok(()) => disk::sync_folder_of(&path).map(|()| true),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(Error::io("removing", path)(e)),
        }
    }

    /// Every blob there is, with the bytes that it takes on the disk. What stands where no blob would is passed over.
    pub fn list(&self) -> Result<Vec<(BlobId, u64)>> {
        let mut all = Vec::new();
        for shelf in entries(&self.folder)? {
            if !shelf.is_dir() {
                continue;
            }
            for path in entries(&shelf)? {
                let id = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
                if let Some(id) = id.filter(|id| self.place(*id) == path) {
                    all.push((id, fs::metadata(&path).map_err(Error::io("looking at", &path))?.len()));
                }
            }
        }
        Ok(all)
    }

    fn place(&self, id: BlobId) -> PathBuf {
        let name = id.to_string();
        // The last letters are chance; the first are time and would fill one folder after another.
        let shelf = name.get(name.len().saturating_sub(2)..).unwrap_or("00");
        self.folder.join(shelf).join(&name)
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let listed = fs::read_dir(folder).and_then(|all| all.map(|entry| Ok(entry?.path())).collect());
    listed.map_err(Error::io("listing", folder))
}

/// A blob being written. Dropped unfinished, it leaves nothing behind.
pub struct BlobDraft {
    id: BlobId,
    sealer: StreamSealer<BufWriter<File>>,
    unfinished: Unfinished,
    place: PathBuf,
}

/// Removes the half-written file unless it became a blob.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl BlobDraft {
    /// Like [`Write::write_all`], with this floor's error: a full disk is named.
    pub fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.sealer.write_all(bytes).map_err(Error::io("writing", &self.unfinished.0))
    }

    /// Returns when the disk has all of it under its name.
    pub fn finish(self) -> Result<BlobRef> {
        let failed = |what| Error::io(what, &self.place);
        let (file, size) = self.sealer.finish().map_err(failed("writing"))?;
        file.into_inner().map_err(io::Error::from).and_then(|file| file.sync_all()).map_err(failed("saving"))?;
        if let Some(shelf) = self.place.parent() {
            disk::make_folder(shelf)?;
        }
        fs::rename(&self.unfinished.0, &self.place).map_err(failed("naming"))?;
        disk::sync_folder_of(&self.place)?;
        Ok(BlobRef { id: self.id, size })
    }
}

impl Write for BlobDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sealer.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.sealer.flush()
    }
}
