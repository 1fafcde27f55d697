//! Weights sealed at rest: which files of a package are, and where the package's own key lies, wrapped.
//!
//! A sealed package has a file `studio-seal`: the package's random key, sealed by the key that the studio has for all
//! its models (XAES-256-GCM). Every file that does not only describe the package is a sealed stream under that key.
//! What such a file is called is not bound to it: the package's list of hashes says which content belongs where.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::base::entropy::Entropy;
use crate::crypto::stream::{Chunk, StreamOpener, StreamReader, StreamSealer};
use crate::crypto::{FileKey, aead};
use crate::inference::error::{Error, Result};

pub(crate) const FILE: &str = "studio-seal";

/// What a sealed key and a sealed file are about.
const KEY: &[u8] = b"dreamomni2 model key v1";
const CONTENT: &[u8] = b"dreamomni2 model file v1";

/// How files end that describe a package: configurations, tokenizers, licences. They are read before anybody unlocks.
const OPEN: [&str; 6] = ["json", "jsonl", "toml", "txt", "md", "model"];

/// The key of one sealed package, opened.
#[derive(Clone)]
pub(crate) struct Seal(FileKey);

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
}

impl Seal {
    /// A new key, written into `folder`.
    pub(super) fn make(folder: &Path, models: &FileKey) -> Result<Self> {
        let (entropy, path) = (Entropy::system(), folder.join(FILE));
        let key = FileKey::random(&entropy);
        let failed = |error| Error::Io { path: path.clone(), error };
        let wrapped = aead::seal(models, KEY, key.reveal(), &entropy).map_err(|e| failed(io::Error::other(e)))?;
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
        file.and_then(|mut f| f.write_all(&wrapped).and_then(|()| f.sync_all())).map_err(failed)?;
        Ok(Seal(key))
    }

    /// The key that lies in `folder`.
    pub(super) fn open(folder: &Path, models: &FileKey) -> Result<Self> {
        let path = folder.join(FILE);
        let wrapped = fs::read(&path).map_err(|error| Error::Io { path, error })?;
        let key = aead::open(models, KEY, &wrapped, "the seal of the model").map_err(|_| Error::ForeignSeal)?;
        let key = <[u8; 32]>::try_from(key.as_slice()).map_err(|_| Error::ForeignSeal)?;
        Ok(Seal(FileKey::from_bytes(key)))
    }

    /// Seals all of `bytes` into `to`; how many they were.
    pub(crate) fn write(&self, bytes: &mut dyn Read, to: &File) -> io::Result<u64> {
        let mut sealer = StreamSealer::new(BufWriter::new(to), &self.0, CONTENT, Chunk::Kib64)?;
        io::copy(&mut io::BufReader::with_capacity(1 << 20, bytes), &mut sealer)?;
        let (mut out, written) = sealer.finish()?;
        out.flush()?;
        Ok(written)
    }

    /// The content of a sealed file; one that was cut is refused here, one that was changed where it is read.
    pub(super) fn read(&self, file: File) -> io::Result<StreamReader<File>> {
        StreamOpener::new(file, &self.0, CONTENT).map(StreamReader::new)
    }
}

/// Whether a file of a sealed package is a sealed one.
pub(crate) fn covers(file: &str) -> bool {
    let last = file.rsplit('/').next().unwrap_or(file);
    match last.rsplit_once('.') {
        Some((_, end)) => !OPEN.iter().any(|open| end.eq_ignore_ascii_case(open)),
        None => last != FILE && !is_licence(last),
    }
}

/// Whether a file holds the text of a licence, by its name.
pub(super) fn is_licence(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.trim_end_matches(".txt").trim_end_matches(".md");
    matches!(name, "license" | "licence" | "copying")
}
