//! What is known of an imported runtime without opening it: where it came from, what it can use, every file's hash.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::inference::error::{Error, Result};

pub(super) const FILE: &str = "studio-runtime.json";
pub(super) const LIBRARIES: &str = "lib";
pub(super) const LICENCES: &str = "licences";

/// One imported runtime.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RuntimeInfo {
    /// The folder's own name, whatever it was called when it was written.
    #[serde(default)]
    pub name: String,
    /// Of ONNX Runtime; empty where the files did not say.
    pub version: String,
    /// What it can compute with if the machine has it: `tensorrt`, `cuda`, `cpu`.
    pub providers: Vec<String>,
    /// The files it was made of.
    pub parts: Vec<Part>,
    /// The library that is opened.
    pub library: String,
    pub bytes: u64,
    /// BLAKE3 over the list of files and their hashes.
    pub hash: String,
    pub files: BTreeMap<String, String>,
}

/// One of the files that were brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub name: String,
    pub version: String,
}

impl RuntimeInfo {
    /// What was written down at the import.
    pub(super) fn of(name: &str, folder: &Path) -> Result<Self> {
        let malformed = |detail: String| Error::FileMalformed { file: FILE.to_owned(), detail };
        let text = fs::read_to_string(folder.join(FILE)).map_err(|e| malformed(e.to_string()))?;
        let info: RuntimeInfo = serde_json::from_str(&text).map_err(|e| malformed(e.to_string()))?;
        if info.library.contains('/') {
            return Err(malformed("its library is not a plain name".to_owned()));
        }
        Ok(RuntimeInfo { name: name.to_owned(), ..info })
    }

    /// What lies in `folder` now, hashed.
    pub(super) fn made(folder: &Path, version: String, parts: Vec<Part>) -> Result<Self> {
        let mut info = RuntimeInfo { version, parts, ..RuntimeInfo::default() };
        hash_all(folder, "", &mut info)?;
        let library = |file: &str| file.strip_prefix(LIBRARIES)?.strip_prefix('/').map(str::to_owned);
        let libraries: Vec<String> = info.files.keys().filter_map(|f| library(f)).collect();
        let mut main = libraries.iter().filter(|l| l.starts_with("libonnxruntime.so"));
        info.library = match (main.next(), main.next()) {
            (Some(only), None) => only.clone(),
            (None, _) => return Err(Error::RuntimeRefused(NO_LIBRARY.to_owned())),
            (Some(one), Some(two)) => {
                let told = format!("there are two ONNX Runtimes in these files, {one} and {two}; give one of them");
                return Err(Error::RuntimeRefused(told));
            }
        };
        let has = |provider: &&str| libraries.contains(&format!("libonnxruntime_providers_{provider}.so"));
        info.providers = ["tensorrt", "cuda"].into_iter().filter(has).map(str::to_owned).collect();
        info.providers.push("cpu".to_owned());
        let mut whole = blake3::Hasher::new();
        for (file, hash) in &info.files {
            whole.update(file.as_bytes()).update(&[0]).update(hash.as_bytes()).update(&[10]);
        }
        info.hash = whole.finalize().to_hex().to_string();
        Ok(info)
    }

    /// Reads everything again and names the first file that is not what was imported, or was not imported at all.
    pub(super) fn verify(&self, folder: &Path) -> Result<()> {
        let mut now = RuntimeInfo::default();
        hash_all(folder, "", &mut now)?;
        for (file, expected) in &self.files {
            let found = now.files.remove(file).ok_or_else(|| Error::FileMissing { file: file.clone() })?;
            if found != *expected {
                return Err(Error::HashDiffers { file: file.clone(), expected: expected.clone(), found });
            }
        }
        match now.files.keys().next() {
            Some(foreign) => {
                Err(Error::Unsafe { file: foreign.clone(), why: "was not there when it came in".to_owned() })
            }
            None => Ok(()),
        }
    }
}

const NO_LIBRARY: &str = "none of these files holds libonnxruntime.so; give the wheel of onnxruntime or \
     onnxruntime-gpu first, and NVIDIA's wheels behind it";

fn hash_all(folder: &Path, inside: &str, into: &mut RuntimeInfo) -> Result<()> {
    let failed = |error| Error::Io { path: folder.to_owned(), error };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let name = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        if entry.file_type().map_err(failed)?.is_dir() {
            hash_all(&entry.path(), &name, into)?;
        } else if name != FILE {
            let mut hasher = blake3::Hasher::new();
            File::open(entry.path()).and_then(|mut file| io::copy(&mut file, &mut hasher)).map_err(failed)?;
            into.bytes += hasher.count();
            into.files.insert(name, hasher.finalize().to_hex().to_string());
        }
    }
    Ok(())
}
