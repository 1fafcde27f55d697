//! What an import wrote down: every file's hash, so that loading can tell whether a package is still the same.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::PathBuf;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::inference::error::{Error, Result};

use super::copied;
use super::files::Files;

pub(crate) const FILE: &str = "studio-import.json";

/// The starter's files as the build saw them: hash, bytes and name. To read them all for a list of models would put them
/// all into the server's memory.
static STARTER: &str = include_str!(concat!(env!("OUT_DIR"), "/starter.hashes"));

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Receipt {
    /// BLAKE3 over the list of files and their hashes.
    pub(crate) hash: String,
    pub(crate) bytes: u64,
    pub(crate) files: BTreeMap<String, String>,
    /// What the weights take in the memory of a processor; an older program did not write it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) loaded: Option<u64>,
}

impl Receipt {
    /// The one an import left, or one made now by reading everything.
    pub(crate) fn of(files: &Files) -> Result<Self> {
        static KNOWN: OnceLock<Receipt> = OnceLock::new();
        match files {
            Files::Embedded => Ok(KNOWN.get_or_init(Receipt::starter).clone()),
            _ if files.has(FILE) => files.json(FILE),
            _ => Receipt::made(files),
        }
    }

    fn starter() -> Self {
        let (mut hashes, mut all) = (BTreeMap::new(), 0u64);
        for line in STARTER.lines() {
            let mut parts = line.splitn(3, ' ');
            if let (Some(hash), Some(Ok(bytes)), Some(file)) =
                (parts.next(), parts.next().map(str::parse), parts.next())
            {
                all = all.saturating_add(bytes);
                hashes.insert(file.to_owned(), hash.to_owned());
            }
        }
        Receipt::of_hashes(hashes, all)
    }

    /// Made by reading everything.
    pub(crate) fn made(files: &Files) -> Result<Self> {
        let (mut hashes, mut all) = (BTreeMap::new(), 0);
        for file in files.list()?.into_iter().filter(|f| f != FILE) {
            let (hash, bytes) = hashed(files, &file)?;
            all += bytes;
            hashes.insert(file, hash);
        }
        Ok(Receipt::of_hashes(hashes, all))
    }

    /// For files whose hashes are known already.
    pub(crate) fn of_hashes(files: BTreeMap<String, String>, bytes: u64) -> Self {
        let mut whole = blake3::Hasher::new();
        for (file, hash) in &files {
            whole.update(file.as_bytes()).update(&[0]).update(hash.as_bytes()).update(&[10]);
        }
        Receipt { hash: whole.finalize().to_hex().to_string(), bytes, files, loaded: None }
    }

    /// As it is for a folder of it, which has these `files`; what lies elsewhere is left out.
    pub(crate) fn inside(self, folder: &str, files: &Files) -> Result<Self> {
        let prefix = format!("{folder}/");
        let inside =
            self.files.into_iter().filter_map(|(file, hash)| Some((file.strip_prefix(&prefix)?.to_owned(), hash)));
        let hashes: BTreeMap<String, String> = inside.collect();
        let bytes = hashes.keys().map(|file| files.size(file)).sum::<Result<u64>>()?;
        Ok(Receipt::of_hashes(hashes, bytes))
    }

    /// Reads a part of it again and names the first file that is not what it was.
    pub(crate) fn verify(&self, files: &Files, part: &dyn Fn(&str) -> bool) -> Result<()> {
        for (file, expected) in self.files.iter().filter(|(file, _)| part(file)) {
            let (found, _) = hashed(files, file)?;
            if found != *expected {
                return Err(Error::HashDiffers { file: file.clone(), expected: expected.clone(), found });
            }
        }
        Ok(())
    }
}

fn hashed(files: &Files, file: &str) -> Result<(String, u64)> {
    let content = BufReader::with_capacity(1 << 20, files.open(file)?);
    copied::hash(content).map_err(|error| Error::Io { path: PathBuf::from(file), error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starters_hashes_are_those_that_reading_it_gives() {
        let known = Receipt::of(&Files::Embedded).unwrap();
        assert!(Files::has_starter() && known.bytes > 0);
        assert_eq!(known, Receipt::made(&Files::Embedded).unwrap());
    }
}
