//! Where a package's files lie: in this binary, or in a folder.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;

use crate::inference::error::{Error, Result};

/// Where a VAE's config may lie.
pub(crate) const VAE_CONFIGS: [&str; 3] = ["vae_decoder/config.json", "vae/config.json", "vae_encoder/config.json"];

/// The folder of the part that rewrites prompts.
pub(crate) const REWRITER: &str = "rewriter";

/// A text file of a package is never longer.
const MOST_TEXT: u64 = 64 << 20;

#[derive(RustEmbed)]
#[folder = "models/starter/package"]
#[allow_missing = true]
struct Starter;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Files {
    Embedded,
    Folder(PathBuf),
}

impl Files {
    /// Whether this binary carries a starter model.
    pub(crate) fn has_starter() -> bool {
        Starter::get("model_index.json").is_some()
    }

    /// Where a file would lie on disk; none inside the binary.
    pub(crate) fn path(&self, file: &str) -> Option<PathBuf> {
        match self {
            Files::Embedded => None,
            Files::Folder(folder) => Some(folder.join(file)),
        }
    }

    pub(crate) fn has(&self, file: &str) -> bool {
        match self {
            Files::Embedded => Starter::get(file).is_some(),
            Files::Folder(folder) => folder.join(file).is_file(),
        }
    }

    pub(crate) fn read(&self, file: &str) -> Result<Cow<'static, [u8]>> {
        match self {
            Files::Embedded => {
                Starter::get(file).map(|f| f.data).ok_or_else(|| Error::FileMissing { file: file.to_owned() })
            }
            Files::Folder(folder) => read(folder, file).map(Cow::Owned),
        }
    }

    /// A text file, refused when it is absurdly long.
    pub(crate) fn text(&self, file: &str) -> Result<String> {
        if let Some(path) = self.path(file) {
            let long = fs::metadata(&path).is_ok_and(|m| m.len() > MOST_TEXT);
            if long {
                return Err(malformed(file, "it is longer than 64 MiB"));
            }
        }
        String::from_utf8(self.read(file)?.into_owned()).map_err(|_| malformed(file, "it is not UTF-8 text"))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, file: &str) -> Result<T> {
        serde_json::from_str(&self.text(file)?).map_err(|e| malformed(file, &e.to_string()))
    }

    /// Every file, with `/` between folders, sorted.
    pub(crate) fn list(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        match self {
            Files::Embedded => found.extend(Starter::iter().map(Cow::into_owned)),
            Files::Folder(folder) => walk(folder, "", &mut found)?,
        }
        found.sort();
        Ok(found)
    }
}

/// Whether a file belongs to the part that rewrites prompts.
pub(super) fn in_rewriter(file: &str) -> bool {
    file.strip_prefix(REWRITER).is_some_and(|rest| rest.starts_with('/'))
}

fn read(folder: &Path, file: &str) -> Result<Vec<u8>> {
    let path = folder.join(file);
    fs::read(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::FileMissing { file: file.to_owned() },
        _ => Error::Io { path, error },
    })
}

fn walk(folder: &Path, inside: &str, found: &mut Vec<String>) -> Result<()> {
    let failed = |error| Error::Io { path: folder.to_owned(), error };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let name = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            walk(&entry.path(), &name, found)?;
        } else {
            found.push(name);
        }
    }
    Ok(())
}

fn malformed(file: &str, detail: &str) -> Error {
    Error::FileMalformed { file: file.to_owned(), detail: detail.to_owned() }
}
