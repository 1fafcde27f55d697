//! A package on its way in: which of its files stand already, each with its hash, so that a stopped import goes on.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::crypto::FileKey;
use crate::inference::error::{Error, Result};
use crate::inference::staging::{self, Stage};

use super::copied;
use super::files::Files;
use super::pace::Pace;
use super::receipt::Receipt;
use super::seal::{self, Seal};
use super::source::{self, Member, Stamp, unsafe_file};

/// One line for each file that stands, behind a first one that says where they come from. A line is written when its
/// file is on the disk; one that is torn, or says what is not so, costs a copy and nothing else.
const JOURNAL: &str = "journal";

#[derive(Serialize, Deserialize)]
struct Begun {
    from: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Stands {
    file: String,
    bytes: u64,
    /// Of the source it was copied from.
    stamp: Stamp,
    hash: String,
}

/// An import that was stopped and can be gone on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    pub from: PathBuf,
    /// What it takes on the disk, of a file that was not copied to its end too.
    pub bytes: u64,
}

/// The copy of one source, beside the models until it is whole.
pub(super) struct Half {
    pub(super) stage: Stage,
    /// What of it stands.
    pub(super) files: Files,
    journal: File,
    known: HashMap<String, Stands>,
    /// What this try has taken, with its hash.
    taken: BTreeMap<String, String>,
    bytes: u64,
    /// Something stands that another try can use.
    useful: bool,
}

impl Half {
    /// Its weights are sealed where there is a `key` for it.
    pub(super) fn of(from: &Path, models: &Path, key: Option<&FileKey>) -> Result<Self> {
        let stage = Stage::resume(models, &key_for(from)?)?;
        let path = stage.note(JOURNAL);
        let failed = |error| Error::Io { path: path.clone(), error };
        let mut known: HashMap<_, _> = stands(&path).into_iter().map(|line| (line.file.clone(), line)).collect();
        let journal = OpenOptions::new().append(true).create(true).mode(0o600).open(&path).map_err(failed)?;
        let files = files(stage.folder(), key, &mut known)?;
        let useful = !known.is_empty();
        let mut half = Half { stage, files, journal, known, taken: BTreeMap::new(), bytes: 0, useful };
        half.note(&Begun { from: fs::canonicalize(from).map_err(failed)? })?;
        Ok(half)
    }

    /// What an earlier try left, as far as its journal is right.
    pub(super) fn standing(&self) -> u64 {
        self.known.values().map(|line| line.bytes).sum()
    }

    /// Takes a file of the source: one that stands is looked at, any other is copied.
    pub(super) fn take(&mut self, member: Member, pace: &mut Pace) -> Result<()> {
        if self.taken.contains_key(member.name) {
            return Err(unsafe_file(member.name, "is there twice"));
        }
        let path = self.stage.folder().join(member.name);
        let (name, bytes) = (member.name.to_owned(), member.bytes);
        let failed = |error| Error::Io { path: PathBuf::from(member.name), error };
        let hash = match self.standing_as(&member, pace)? {
            Some(hash) if member.streamed => {
                // What follows in an archive is only reached through what stands.
                io::copy(&mut pace.again(member.content), &mut io::sink()).map_err(failed)?;
                hash
            }
            Some(hash) => hash,
            None => self.copy(member, &path, pace)?,
        };
        pace.tell().map_err(|error| Error::Io { path, error })?;
        self.taken.insert(name, hash);
        self.bytes += bytes;
        Ok(())
    }

    /// The hash of a file that stands as its journal says; none where it is to be copied.
    fn standing_as(&mut self, member: &Member, pace: &mut Pace) -> Result<Option<String>> {
        let known = self.known.remove(member.name);
        let Some(line) = known.filter(|line| line.bytes == member.bytes && line.stamp == member.stamp) else {
            return Ok(None);
        };
        let Ok(content) = self.files.open(member.name) else { return Ok(None) };
        let found = copied::hash(pace.through(content));
        // Not read to its end is not torn.
        pace.outcome(Ok(found.is_ok_and(|(found, _)| found == line.hash).then_some(line.hash)))
    }

    fn copy(&mut self, member: Member, path: &Path, pace: &mut Pace) -> Result<String> {
        // What is torn, or of another source, makes room first.
        match fs::remove_file(path) {
            Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(Error::Io { path: path.to_owned(), error });
            }
            _ => self.stage.expect_room(member.bytes)?,
        }
        let seal = self.files.seal_of(member.name)?;
        let (copied, hash) = copied::into(&self.stage, member.name, pace.through(member.content), seal)?;
        if copied != member.bytes {
            let detail = "it ends too early; copy it again".to_owned();
            return Err(Error::FileMalformed { file: member.name.to_owned(), detail });
        }
        let line = Stands { file: member.name.to_owned(), bytes: copied, stamp: member.stamp, hash };
        self.note(&line)?;
        self.useful = true;
        Ok(line.hash)
    }

    /// A line of its own even behind one that was torn.
    fn note(&mut self, line: &impl Serialize) -> Result<()> {
        let failed = |error| Error::Io { path: self.stage.note(JOURNAL), error };
        let line = serde_json::to_string(line).map_err(|e| failed(e.into()))?;
        let written = self.journal.write_all(format!("\n{line}").as_bytes()).and_then(|()| self.journal.sync_data());
        written.map_err(failed)
    }

    /// What is left of files that the source has no more goes; the hashes of all others.
    pub(super) fn whole(&mut self) -> Result<Receipt> {
        let folder = self.stage.folder().to_owned();
        for file in self.files.list()?.iter().filter(|file| !self.taken.contains_key(*file)) {
            let path = folder.join(file);
            fs::remove_file(&path).map_err(|error| Error::Io { path: path.clone(), error })?;
            // Folders that are empty now, up to the first that is not.
            let empty = |parent: &&Path| *parent != folder && fs::remove_dir(parent).is_ok();
            path.ancestors().skip(1).take_while(empty).for_each(drop);
        }
        Ok(Receipt::of_hashes(self.taken.clone(), self.bytes))
    }

    /// Leaves what stands for another try, if anything does.
    pub(super) fn stay(&mut self) {
        if self.useful {
            self.stage.stay();
        }
    }
}

/// What stands in a stage, as this try is to leave it; what stands otherwise is copied again.
fn files(folder: &Path, key: Option<&FileKey>, known: &mut HashMap<String, Stands>) -> Result<Files> {
    let stands = Files::at(folder.to_owned(), key);
    match (&stands, key) {
        (Ok(Files::Sealed(..)), Some(_)) | (Ok(Files::Folder(_)), None) => return stands,
        _ => known.clear(),
    }
    if let Some(key) = key {
        return Ok(Files::Sealed(folder.to_owned(), Some(Seal::make(folder, key)?)));
    }
    let seal = folder.join(seal::FILE);
    fs::remove_file(&seal).map_err(|error| Error::Io { path: seal, error })?;
    Ok(Files::Folder(folder.to_owned()))
}

/// What every import of this source has in common: where it lies.
fn key_for(from: &Path) -> Result<String> {
    let path = fs::canonicalize(from).map_err(|error| Error::Io { path: from.to_owned(), error })?;
    Ok(key_of(&path))
}

fn key_of(path: &Path) -> String {
    blake3::hash(path.as_os_str().as_bytes()).to_hex().chars().take(32).collect()
}

/// The imports that wait to be gone on with.
pub(super) fn stopped(models: &Path) -> Vec<Stopped> {
    let read = |half: PathBuf| {
        let begun = lines::<Begun>(&half.join(JOURNAL)).into_iter().next_back();
        let bytes = source::size(&half).unwrap_or(0);
        Stopped { from: begun.map_or(half, |begun| begun.from), bytes }
    };
    staging::left(models).into_iter().map(read).collect()
}

/// Takes away what a stopped import of this source left; the source itself may be gone.
pub(super) fn forget(models: &Path, from: &Path) {
    let path = fs::canonicalize(from).unwrap_or_else(|_| from.to_owned());
    staging::forget(models, |half| staging::is_of(half, &key_of(&path)));
}

/// The last word on each file.
fn stands(journal: &Path) -> Vec<Stands> {
    let last: BTreeMap<String, Stands> =
        lines::<Stands>(journal).into_iter().map(|line| (line.file.clone(), line)).collect();
    last.into_values().collect()
}

fn lines<T: for<'de> Deserialize<'de>>(journal: &Path) -> Vec<T> {
    let bytes = fs::read(journal).unwrap_or_default();
    String::from_utf8_lossy(&bytes).lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}
