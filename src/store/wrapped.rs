//! One workspace's keys on disk: two copies, of which the newer one that opens is valid.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::disk;
use super::error::{Error, Result};
use crate::base::entropy::Entropy;
use crate::base::id::{Id, WorkspaceId};
use crate::crypto::{FileKey, WorkspaceKey, aead};

const MAGIC: &[u8; 8] = b"DO2WKEY\0";
const VERSION: u8 = 1;
const HEADER: usize = 24;
const COPIES: [&str; 2] = ["a", "b"];
const ENTRY: usize = 36;

/// A workspace's keys, and which copy they came from.
pub(super) struct Wrapped {
    /// Numbered, newest last.
    pub(super) keys: Vec<(u32, WorkspaceKey)>,
    sequence: u64,
    copy: usize,
}

/// Writes the first key of a workspace; refuses when it has one.
pub(super) fn make(folder: &Path, workspace: WorkspaceId, wrapping: &FileKey, key: &WorkspaceKey) -> Result<()> {
    for copy in COPIES {
        let place = place(folder, workspace, copy);
        if place.try_exists().map_err(Error::io("looking at", &place))? {
            return Err(Error::Exists(place));
        }
    }
    write(folder, workspace, wrapping, &Wrapped { keys: vec![(1, key.clone())], sequence: 0, copy: 1 })
}

/// Adds a newer key.
pub(super) fn add(folder: &Path, workspace: WorkspaceId, wrapping: &FileKey, key: &WorkspaceKey) -> Result<()> {
    let mut wrapped = read(folder, workspace, wrapping)?;
    let number = wrapped.keys.last().map_or(1, |(number, _)| number + 1);
    wrapped.keys.push((number, key.clone()));
    write(folder, workspace, wrapping, &wrapped)
}

pub(super) fn read(folder: &Path, workspace: WorkspaceId, wrapping: &FileKey) -> Result<Wrapped> {
    let (mut newest, mut bad): (Option<Wrapped>, _) = (None, None);
    for (copy, name) in COPIES.iter().enumerate() {
        let place = place(folder, workspace, name);
        let file = match fs::read(&place) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            read => read.map_err(Error::io("reading", &place))?,
        };
        match open(&file, workspace, wrapping, copy) {
            Some(found) if newest.as_ref().is_none_or(|n| n.sequence < found.sequence) => newest = Some(found),
            Some(_) => {}
            None => bad = Some(place),
        }
    }
    newest.ok_or_else(|| match bad {
        Some(path) => Error::Damaged { path, what: "it does not open with this studio's root key".to_owned() },
        None => Error::NoWorkspaceKey(workspace.to_string()),
    })
}

/// Every workspace that has a file here.
pub(super) fn list(folder: &Path) -> Result<Vec<WorkspaceId>> {
    let failed = || Error::io("listing", folder);
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(failed())? {
        let name = entry.map_err(failed())?.file_name();
        let id: Option<WorkspaceId> =
            name.to_str().and_then(|name| name.split_once('.')).and_then(|(id, _)| id.parse().ok());
        found.extend(id);
    }
    Ok(found.into_iter().collect())
}

/// Overwrites, then unlinks both copies.
pub(super) fn shred(folder: &Path, workspace: WorkspaceId) -> Result<()> {
    for copy in COPIES {
        let place = place(folder, workspace, copy);
        let noise = Entropy::system().bytes::<256>();
        let wipe = || -> io::Result<()> {
            let mut file = OpenOptions::new().write(true).open(&place)?;
            file.write_all(&noise)?;
            file.sync_all()?;
            fs::remove_file(&place)
        };
        match wipe() {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(Error::io("shredding", place)(e)),
            _ => {}
        }
    }
    disk::sync_folder_of(&place(folder, workspace, "a"))
}

fn place(folder: &Path, workspace: WorkspaceId, copy: &str) -> PathBuf {
    folder.join(format!("{workspace}.{copy}"))
}

/// Writes to the copy that `wrapped` did not come from, one sequence later.
fn write(folder: &Path, workspace: WorkspaceId, wrapping: &FileKey, wrapped: &Wrapped) -> Result<()> {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(MAGIC);
    header[8] = VERSION;
    header[16..].copy_from_slice(&(wrapped.sequence + 1).to_le_bytes());
    let mut plain = zeroize::Zeroizing::new(Vec::with_capacity(wrapped.keys.len() * ENTRY));
    for (number, key) in &wrapped.keys {
        plain.extend_from_slice(&number.to_le_bytes());
        plain.extend_from_slice(key.reveal());
    }
    let sealed = aead::seal(wrapping, &about(&header, workspace), &plain, &Entropy::system())?;
    let copy = COPIES.get(1 - wrapped.copy).copied().unwrap_or("a");
    disk::replace(&place(folder, workspace, copy), &[&header[..], &sealed].concat())
}

fn open(file: &[u8], workspace: WorkspaceId, wrapping: &FileKey, copy: usize) -> Option<Wrapped> {
    let (header, sealed) = file.split_first_chunk::<HEADER>()?;
    if header[..8] != *MAGIC || header[8] != VERSION {
        return None;
    }
    let plain = aead::open(wrapping, &about(header, workspace), sealed, "the workspace key").ok()?;
    let keys = plain.chunks_exact(ENTRY).filter_map(|entry| {
        let (number, key) = entry.split_first_chunk::<4>()?;
        Some((u32::from_le_bytes(*number), WorkspaceKey::from_bytes(key.try_into().ok()?)))
    });
    let (_, sequence) = header.split_last_chunk::<8>()?;
    Some(Wrapped { keys: keys.collect(), sequence: u64::from_le_bytes(*sequence), copy })
}

fn about(header: &[u8; HEADER], workspace: WorkspaceId) -> Vec<u8> {
    [&header[..], &workspace.bytes()].concat()
}
