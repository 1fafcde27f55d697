//! Where an import reads from: a folder, a `.tar` or a `.tar.zst`, file by file and never anything but files.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use crate::inference::error::{Error, Result};

use super::onnx::is_graph;

/// More files than any package has.
const MOST_FILES: usize = 20_000;
/// A compressed archive that grows more than this is no package: weights hardly compress.
const MOST_GROWTH: u64 = 100;
const GROWTH_ALLOWANCE: u64 = 256 << 20;

/// Why a file may not be in a package.
pub(crate) const PICKLE: &str = "is a pickle, which can run code when it is opened; export the model to ONNX \
     (`optimum-cli export onnx --model FOLDER OUT`) and import OUT";
pub(crate) const PROGRAM: &str = "is a program; a package holds data only. Remove it and import again";

pub(crate) const WEIGHTS: &str = "holds weights and no graph; `python packaging/export-model.py` makes a package of an \
     upscaler's file or of a diffusers folder, as docs/models.md tells. Import that";

/// What to do about symbolic links and special files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    Refuse,
    /// What they lead to is taken by its own name or not at all.
    PassOver,
}

/// How the file was that something was read from: where it is another now, what was read may be old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    bytes: u64,
    /// When it was changed, in seconds and nanoseconds.
    changed: (i64, i64),
}

impl Stamp {
    fn of(meta: &fs::Metadata) -> Self {
        Stamp { bytes: meta.len(), changed: (meta.mtime(), meta.mtime_nsec()) }
    }
}

/// One file of a source.
pub(crate) struct Member<'a> {
    /// Inside the package.
    pub(crate) name: &'a str,
    pub(crate) bytes: u64,
    /// Of the file itself, or of the archive that it is in.
    pub(crate) stamp: Stamp,
    pub(crate) content: &'a mut dyn Read,
    /// In an archive: what follows is only reached through it.
    pub(crate) streamed: bool,
}

/// Called with each file.
type Take<'a> = dyn FnMut(Member) -> Result<()> + 'a;

/// Gives every file to `take`. Hidden files are passed over.
pub(crate) fn each(from: &Path, links: Links, take: &mut Take) -> Result<()> {
    let failed = |error| Error::Io { path: from.to_owned(), error };
    if fs::metadata(from).map_err(failed)?.is_dir() {
        return folder(from, "", &mut 0, links, take);
    }
    let file = File::open(from).map_err(failed)?;
    let packed = Stamp::of(&file.metadata().map_err(failed)?);
    if is_graph(&name_of(from)) {
        let (name, mut content) = (name_of(from), BufReader::new(file));
        return take(Member {
            name: &name,
            bytes: packed.bytes,
            stamp: packed,
            content: &mut content,
            streamed: false,
        });
    }
    if [".pth", ".pt", ".ckpt", ".safetensors"].iter().any(|end| name_of(from).to_ascii_lowercase().ends_with(end)) {
        return Err(unsafe_file(&name_of(from), WEIGHTS));
    }
    let mut file = BufReader::new(file);
    let mut head = [0; 4];
    let known = file.read(&mut head).map_err(failed)?;
    io::Seek::rewind(&mut file).map_err(failed)?;
    if head == [0x28, 0xB5, 0x2F, 0xFD] {
        let most = packed.bytes.saturating_mul(MOST_GROWTH).max(GROWTH_ALLOWANCE);
        return archive(from, packed, zstd::Decoder::new(file).map_err(failed)?, most, links, take);
    }
    if known < 4 || head.starts_with(b"PK") || head.starts_with(&[0x1F, 0x8B]) {
        return Err(unsafe_file(
            &name_of(from),
            "is neither a folder, a .tar, a .tar.zst nor an .onnx; unpack it and import the folder",
        ));
    }
    archive(from, packed, file, u64::MAX, links, take)
}

/// The bytes of all files, where that can be told beforehand.
pub(crate) fn size(from: &Path) -> Option<u64> {
    let meta = fs::metadata(from).ok()?;
    if meta.is_dir() {
        let entries = fs::read_dir(from).ok()?.flatten();
        return Some(entries.filter_map(|e| size(&e.path())).sum());
    }
    Some(meta.len())
}

fn folder(from: &Path, inside: &str, files: &mut usize, links: Links, take: &mut Take) -> Result<()> {
    let failed = |path: &Path, error| Error::Io { path: path.to_owned(), error };
    let mut entries =
        fs::read_dir(from).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(|e| failed(from, e))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let (path, name) = (entry.path(), if inside.is_empty() { name } else { format!("{inside}/{name}") });
        let kind = entry.file_type().map_err(|e| failed(&path, e))?;
        if kind.is_dir() {
            folder(&path, &name, files, links, take)?;
        } else if kind.is_file() {
            count(files)?;
            let mut file = File::open(&path).map_err(|e| failed(&path, e))?;
            let stamp = Stamp::of(&file.metadata().map_err(|e| failed(&path, e))?);
            take(Member { name: &name, bytes: stamp.bytes, stamp, content: &mut file, streamed: false })?;
        } else if links == Links::Refuse {
            return Err(unsafe_file(
                &name,
                "is a symbolic link or a special file; copy the folder with `cp -rL` and import that",
            ));
        }
    }
    Ok(())
}

fn archive(from: &Path, stamp: Stamp, content: impl Read, most: u64, links: Links, take: &mut Take) -> Result<()> {
    // The tar reader's own words quote the file's raw bytes.
    let torn = || "it is no whole tar archive; copy it again".to_owned();
    let failed = |error: io::Error| {
        if is_torn(&error) {
            return Error::FileMalformed { file: name_of(from), detail: torn() };
        }
        Error::Io { path: from.to_owned(), error }
    };
    let (mut files, mut total) = (0, 0u64);
    let mut archive = tar::Archive::new(content);
    for entry in archive.entries().map_err(failed)? {
        let mut entry = entry.map_err(failed)?;
        let kind = entry.header().entry_type();
        let path = entry.path().map_err(failed)?.into_owned();
        let name = clean(&path)?;
        if kind.is_dir() || kind.is_pax_global_extensions() || name.split('/').any(|part| part.starts_with('.')) {
            continue;
        }
        if !kind.is_file() {
            if links == Links::PassOver {
                continue;
            }
            return Err(unsafe_file(&name, "is a link or a special file; an archive may hold only files and folders"));
        }
        count(&mut files)?;
        let bytes = entry.size();
        total = total.saturating_add(bytes);
        if total > most {
            return Err(unsafe_file(&name_of(from), "grows to more than 100 times its size; no package does that"));
        }
        let taken = take(Member { name: &name, bytes, stamp, content: &mut entry, streamed: true });
        taken.map_err(|e| match e {
            // Reading found it, not writing.
            Error::Io { error, .. } if is_torn(&error) => failed(error),
            other => other,
        })?;
    }
    Ok(())
}

/// Whether an archive is at fault and not the disk.
fn is_torn(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Other | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData)
}

/// A path made of plain names only.
fn clean(path: &Path) -> Result<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            Component::CurDir => {}
            _ => return Err(unsafe_file(&path.to_string_lossy(), "leads out of the package; nothing was written")),
        }
    }
    Ok(parts.join("/"))
}

fn count(files: &mut usize) -> Result<()> {
    *files += 1;
    if *files <= MOST_FILES {
        return Ok(());
    }
    Err(unsafe_file("the package", "holds more than 20,000 files; no model does"))
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

pub(crate) fn unsafe_file(file: &str, why: &str) -> Error {
    Error::Unsafe { file: file.chars().take(200).collect(), why: why.to_owned() }
}
