//! Where a package's files lie: in this binary, or in a folder, there open or sealed.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;

use crate::crypto::FileKey;
use crate::inference::error::{Error, Result};

use super::python_json;
use super::seal::{self, Seal};

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

#[derive(Clone, Debug)]
pub(crate) enum Files {
    Embedded,
    Folder(PathBuf),
    /// Without the key only what describes the package can be read.
    Sealed(PathBuf, Option<Seal>),
}

/// A file's content, read from front to back or from anywhere.
pub(crate) trait Content: Read + Seek {}

impl<T: Read + Seek> Content for T {}

impl Files {
    /// Those of a folder; `models` opens the key of a sealed package.
    pub(crate) fn at(folder: PathBuf, models: Option<&FileKey>) -> Result<Self> {
        if !folder.join(seal::FILE).is_file() {
            return Ok(Files::Folder(folder));
        }
        let key = models.map(|models| Seal::open(&folder, models)).transpose()?;
        Ok(Files::Sealed(folder, key))
    }

    /// Whether this binary carries a starter model.
    pub(crate) fn has_starter() -> bool {
        Starter::get("model_index.json").is_some()
    }

    pub(crate) fn are_embedded(&self) -> bool {
        matches!(self, Files::Embedded)
    }

    pub(crate) fn are_sealed(&self) -> bool {
        matches!(self, Files::Sealed(..))
    }

    /// The folder that they lie in; none inside the binary.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Files::Embedded => None,
            Files::Folder(folder) | Files::Sealed(folder, _) => Some(folder),
        }
    }

    /// The same in another folder, into which the seal was moved.
    pub(super) fn moved(&self, folder: PathBuf) -> Self {
        match self {
            Files::Embedded => Files::Embedded,
            Files::Folder(_) => Files::Folder(folder),
            Files::Sealed(_, key) => Files::Sealed(folder, key.clone()),
        }
    }

    /// What a file is sealed with; none where it lies open.
    pub(super) fn seal_of(&self, file: &str) -> Result<Option<&Seal>> {
        match self {
            Files::Sealed(_, key) if seal::covers(file) => key.as_ref().ok_or(Error::Sealed).map(Some),
            _ => Ok(None),
        }
    }

    /// Where a file lies on disk as it is, for whoever opens it by its path.
    pub(crate) fn as_it_is(&self, file: &str) -> Option<PathBuf> {
        let sealed = self.are_sealed() && seal::covers(file);
        self.folder().filter(|_| !sealed).map(|folder| folder.join(file)).filter(|path| path.is_file())
    }

    pub(crate) fn has(&self, file: &str) -> bool {
        match self.folder() {
            None => Starter::get(file).is_some(),
            Some(folder) => folder.join(file).is_file(),
        }
    }

    /// Opens a file to read parts of it.
    pub(crate) fn open(&self, file: &str) -> Result<Box<dyn Content>> {
        let Some(folder) = self.folder() else { return Ok(Box::new(io::Cursor::new(self.read(file)?))) };
        let (path, seal) = (folder.join(file), self.seal_of(file)?);
        let content = File::open(&path).and_then(|open| -> io::Result<Box<dyn Content>> {
            match seal {
                Some(seal) => Ok(Box::new(seal.read(open)?)),
                None => Ok(Box::new(open)),
            }
        });
        content.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::FileMissing { file: file.to_owned() },
            _ => Error::Io { path, error },
        })
    }

    /// How many bytes a file's content has.
    pub(crate) fn size(&self, file: &str) -> Result<u64> {
        let end = self.open(file)?.seek(SeekFrom::End(0));
        end.map_err(|error| Error::Io { path: PathBuf::from(file), error })
    }

    pub(crate) fn read(&self, file: &str) -> Result<Cow<'static, [u8]>> {
        if self.are_embedded() {
            let found = Starter::get(file).ok_or_else(|| Error::FileMissing { file: file.to_owned() })?;
            return Ok(found.data);
        }
        let (mut content, mut bytes) = (self.open(file)?, vec![0; self.size(file)? as usize]);
        content.read_exact(&mut bytes).map_err(|error| Error::Io { path: PathBuf::from(file), error })?;
        Ok(Cow::Owned(bytes))
    }

    /// A text file, refused when it is absurdly long.
    pub(crate) fn text(&self, file: &str) -> Result<String> {
        if self.has(file) && self.size(file)? > MOST_TEXT {
            return Err(malformed(file, "it is longer than 64 MiB"));
        }
        String::from_utf8(self.read(file)?.into_owned()).map_err(|_| malformed(file, "it is not UTF-8 text"))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, file: &str) -> Result<T> {
        serde_json::from_str(&python_json::plain(&self.text(file)?)).map_err(|e| malformed(file, &e.to_string()))
    }

    /// Every file, with `/` between folders, sorted.
    pub(crate) fn list(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        match self.folder() {
            None => found.extend(Starter::iter().map(Cow::into_owned)),
            Some(folder) => walk(folder, "", &mut found)?,
        }
        // The seal is the studio's, not the package's.
        found.retain(|file| file != seal::FILE);
        found.sort();
        Ok(found)
    }
}

/// Whether a file belongs to the part that rewrites prompts.
pub(super) fn in_rewriter(file: &str) -> bool {
    file.strip_prefix(REWRITER).is_some_and(|rest| rest.starts_with('/'))
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

pub(super) fn malformed(file: &str, detail: &str) -> Error {
    Error::FileMalformed { file: file.to_owned(), detail: detail.to_owned() }
}
