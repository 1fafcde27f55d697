//! Receiving a package from a browser, part by part. What was received outlives a broken line and a stop of the studio.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::card::DISK_FULL;
use super::desk::{Entry, Import, ImportState, Source};
use super::ledger::{begin, entry, keep, received, show};
use crate::base::id::ImportId;
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::error::{Error, Result};
use crate::domain::trouble::Trouble;

/// Room that is left on the disk whatever is received.
const SPARE: u64 = 256 << 20;
/// The largest part that is taken at once.
pub const MOST_PART: u64 = 16 << 20;

/// Announces a file of so many bytes; they come by [`receive`]. One that the same person began to send before, and that
/// was not changed since, goes on where it was.
pub fn upload(act: &Act, file: &str, bytes: u64, modified: Option<i64>) -> Result<Import> {
    act.may(Action::ImportModel, Scope::Studio)?;
    let (by, source) = (act.account()?, Source::Sent { modified });
    let same = |e: &Entry| {
        let import = &e.import;
        (import.state, import.bytes, import.by.id) == (ImportState::Receiving, bytes, by)
            && (import.file.as_str(), &e.source) == (shortened(file).as_str(), &source)
    };
    if let Some(known) = act.house().imports.all().into_iter().find(|e| modified.is_some() && same(e)) {
        return Ok(known.import);
    }
    let space = act.house().folder.space()?;
    // Once as it comes, once more among the models.
    if bytes == 0 || space.free < bytes.saturating_mul(2).saturating_add(SPARE) {
        let sentence = format!(
            "{} MiB have to be kept twice while a model comes in, and {} MiB are free on this disk; make room, or put \
             the package into the incoming folder",
            bytes >> 20,
            space.free >> 20
        );
        return Err(Error::Invalid { field: "bytes", code: "no_room", sentence });
    }
    let id: ImportId = act.id();
    let path = received(act, id, file);
    let made = fs::create_dir_all(path.parent().unwrap_or(&path))
        .and_then(|()| OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path));
    made.map_err(|e| Error::Broken(format!("a place for an import could not be made: {e}")))?;
    begin(act, id, &shortened(file), source, bytes)
}

fn shortened(file: &str) -> String {
    file.chars().take(200).collect()
}

/// The next bytes of a file. What was received already is not taken twice, so that a broken line can go on.
pub fn receive(act: &Act, import: ImportId, offset: u64, bytes: &[u8]) -> Result<Import> {
    act.may(Action::ImportModel, Scope::Studio)?;
    let Import { state, done, bytes: all, file, .. } = entry(act, import)?.import;
    let fits = done.checked_add(bytes.len() as u64).filter(|end| *end <= all);
    let Some(end) = fits.filter(|_| state == ImportState::Receiving && offset == done) else {
        let sentence = format!("{done} bytes of this file are here; go on from there");
        return Err(Error::Conflict { code: "upload_elsewhere", sentence });
    };
    let tight = act.house().folder.space()?.free < SPARE.saturating_add(bytes.len() as u64);
    let written =
        if tight { Err(ErrorKind::StorageFull.into()) } else { write(&received(act, import, &file), done, bytes) };
    if let Err(e) = written {
        return Err(unwritten(act, import, &e));
    }
    let now = act.now();
    let moved = act.house().imports.edit(import, |entry| {
        // It may have been cancelled meanwhile.
        if entry.import.state == ImportState::Receiving {
            (entry.import.done, entry.import.trouble, entry.touched) = (end, None, now);
            if end == all {
                entry.import.state = ImportState::Reading;
            }
        }
    });
    let moved = moved.ok_or(Error::NotFound { what: "import" })?;
    if moved.import.state == ImportState::Receiving { Ok(show(act, &moved)) } else { keep(act, &moved) }
}

/// What was received stays as it is. Where only room is missing, whoever looks at the import hears it too.
fn unwritten(act: &Act, import: ImportId, error: &std::io::Error) -> Error {
    if !matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
        return Error::Broken(format!("an import could not be written: {error}"));
    }
    let now = act.now();
    let left = |import: &Import| import.bytes.saturating_sub(import.done).saturating_add(import.bytes);
    let moved = act.house().imports.edit(import, |entry| {
        if entry.import.state == ImportState::Receiving {
            (entry.import.trouble, entry.touched) = (Some(full(act, left(&entry.import))), now);
        }
    });
    let Some(Entry { import: Import { trouble: Some(trouble), .. }, .. }) =
        moved.inspect(|entry| drop(show(act, entry)))
    else {
        return Error::NotFound { what: "import" };
    };
    Error::Unavailable { code: DISK_FULL, sentence: trouble.sentence }
}

/// There is no room for what is `left` to write of a package.
pub(super) fn full(act: &Act, left: u64) -> Trouble {
    let free = act.house().folder.space().map_or(0, |space| space.free);
    let sentence = format!(
        "The disk of the studio is full: {} MiB must be free for the rest of this package, and {} MiB are. What came of \
         it is kept; make room, and it goes on where it stopped",
        left.saturating_add(SPARE) >> 20,
        free >> 20
    );
    Trouble { code: DISK_FULL.to_owned(), sentence }
}

/// Answered for only when it is on the disk.
fn write(path: &Path, done: u64, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    // A part that was cut off while it was written is written again.
    if file.metadata()?.len() > done {
        file.set_len(done)?;
    }
    file.write_all(bytes)?;
    file.sync_data()
}

/// How much of a file stands for certain after a stop: its last part may be torn, and is sent again.
pub(super) fn stands(act: &Act, import: &Import) -> u64 {
    let there = fs::metadata(received(act, import.id, &import.file)).map_or(0, |meta| meta.len());
    there.saturating_sub(MOST_PART)
}
