//! Bringing a model in: received or taken from the incoming folder, looked into, its licence accepted, copied, checked.
//!
//! Nothing stands among the models before it is whole. What is received lies in the scratch of the studio, which a
//! start empties.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::Duration;

use super::card::Offer;
use super::desk::{Entry, Import, ImportState};
use super::looking::found;
use crate::base::id::ImportId;
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::error::{Error, Result};
use crate::domain::event::Event;
use crate::domain::feed::{Audience, News};
use crate::domain::trouble::Trouble;

/// More at once is a mistake.
const MOST_OPEN: usize = 8;
/// Room that is left on the disk whatever is received.
const SPARE: u64 = 256 << 20;
/// An import that nobody goes on with is forgotten.
const FORGOTTEN: Duration = Duration::from_hours(24);
/// The browser is told of every so many bytes.
const TOLD_EVERY: u64 = 16 << 20;

/// Every import since the start, newest first.
pub fn list(act: &Act) -> Result<Vec<Import>> {
    act.may(Action::ImportModel, Scope::Studio)?;
    Ok(act.house().imports.all().into_iter().map(|e| e.import).collect())
}

pub fn get(act: &Act, import: ImportId) -> Result<Import> {
    act.may(Action::ImportModel, Scope::Studio)?;
    Ok(entry(act, import)?.import)
}

fn entry(act: &Act, import: ImportId) -> Result<Entry> {
    act.house().imports.get(import).ok_or(Error::NotFound { what: "import" })
}

/// Announces a file of so many bytes; they come by [`receive`].
pub fn upload(act: &Act, file: &str, bytes: u64) -> Result<Import> {
    act.may(Action::ImportModel, Scope::Studio)?;
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
    let scratch = act.house().folder.run().join("imports").join(id.to_string());
    let path = scratch.join(plain(file));
    let made = fs::create_dir_all(&scratch)
        .and_then(|()| OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path));
    made.map_err(|e| Error::Broken(format!("a place for an import could not be made: {e}")))?;
    begin(act, id, file, path, Some(scratch), bytes)
}

/// A name that is safe on disk and still tells the person which file it was.
fn plain(file: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    let name: String = file.chars().take(100).map(safe).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { "package".to_owned() } else { name.to_owned() }
}

fn begin(act: &Act, id: ImportId, file: &str, path: PathBuf, scratch: Option<PathBuf>, bytes: u64) -> Result<Import> {
    let desk = &act.house().imports;
    let open = desk.all().iter().filter(|e| !matches!(e.import.state, ImportState::Done | ImportState::Failed)).count();
    if open >= MOST_OPEN {
        let sentence = format!("{MOST_OPEN} imports are on their way already; finish or discard one of them first");
        return Err(Error::Conflict { code: "too_many_imports", sentence });
    }
    let state = if scratch.is_some() { ImportState::Receiving } else { ImportState::Reading };
    let import = Import {
        id,
        file: file.chars().take(200).collect(),
        state,
        done: 0,
        bytes,
        offer: None,
        model: None,
        trouble: None,
        by: act.person(act.account()?)?,
        created: act.now(),
    };
    Ok(keep(act, Entry { import, path, scratch, touched: act.now() }))
}

/// Keeps it as it is now and tells the operators.
fn keep(act: &Act, entry: Entry) -> Import {
    let import = entry.import.clone();
    act.house().imports.put(entry);
    act.tell(Audience::Operators, News::Import(Box::new(import.clone())));
    import
}

/// The next bytes of a file. What was received already is not taken twice, so that a broken line can go on.
pub fn receive(act: &Act, import: ImportId, offset: u64, bytes: &[u8]) -> Result<Import> {
    act.may(Action::ImportModel, Scope::Studio)?;
    let mut entry = entry(act, import)?;
    let received = entry.import.done;
    let fits = received.checked_add(bytes.len() as u64).is_some_and(|end| end <= entry.import.bytes);
    if entry.import.state != ImportState::Receiving || offset != received || !fits {
        let sentence = format!("{received} bytes of this file are here; go on from there");
        return Err(Error::Conflict { code: "upload_elsewhere", sentence });
    }
    let written = OpenOptions::new().append(true).open(&entry.path).and_then(|mut file| {
        // A part that was cut off while it was written is written again.
        file.set_len(received)?;
        file.write_all(bytes)
    });
    written.map_err(|e| Error::Broken(format!("an import could not be written: {e}")))?;
    entry.import.done += bytes.len() as u64;
    entry.touched = act.now();
    if entry.import.done == entry.import.bytes {
        entry.import.state = ImportState::Reading;
    }
    Ok(keep(act, entry))
}

/// What lies in the incoming folder; none where the operator named no folder.
pub fn incoming(act: &Act) -> Result<Option<(PathBuf, Vec<String>)>> {
    act.may(Action::ImportModel, Scope::Studio)?;
    let Some(folder) = act.house().shelf.incoming() else { return Ok(None) };
    let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
    // A link could lead anywhere on the server.
    let real = entries.filter(|e| e.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_file()));
    let mut names: Vec<String> = real.filter_map(|e| e.file_name().into_string().ok()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    Ok(Some((folder, names)))
}

/// Takes a package from the incoming folder, by the name it has there: never a path.
pub fn take(act: &Act, name: &str) -> Result<Import> {
    let unknown = || Error::NotFound { what: "package in the incoming folder" };
    let (folder, names) = incoming(act)?.ok_or_else(unknown)?;
    let name = names.into_iter().find(|known| known == name).ok_or_else(unknown)?;
    begin(act, act.id(), &name, folder.join(&name), None, 0)
}

/// Says that the licence was read and binds this house; what follows is the studio's work.
pub fn accept(act: &Act, import: ImportId, name: Option<&str>) -> Result<Import> {
    act.may(Action::ImportModel, Scope::Studio)?;
    let mut entry = entry(act, import)?;
    let Import { state: ImportState::Waiting, offer: Some(offer), .. } = entry.import.clone() else {
        let sentence = "This import does not wait for its licence any more, or not yet".to_owned();
        return Err(Error::Conflict { code: "import_not_waiting", sentence });
    };
    let model = name.map_or_else(|| offer.name.clone(), |name| name.trim().to_owned());
    if act.house().shelf.cards().iter().any(|card| card.name == model) {
        let sentence = format!("A model called {model} is here already; give this one another name");
        return Err(Error::Invalid { field: "name", code: "model_name_taken", sentence });
    }
    let Offer { licence, licence_text, bytes, .. } = offer;
    let text = licence_text.map(|text| blake3::hash(text.as_bytes()).to_hex().to_string());
    act.change(Action::ImportModel, Scope::Studio, |_| {
        Ok(((), Event::LicenceAccepted { model: model.clone(), licence, text }))
    })?;
    entry.import.model = Some(model);
    entry.import.state = ImportState::Copying;
    (entry.import.done, entry.import.bytes, entry.touched) = (0, bytes, act.now());
    Ok(keep(act, entry))
}

/// Takes an import off the list, with what was received of it.
pub fn discard(act: &Act, import: ImportId) -> Result<()> {
    act.may(Action::ImportModel, Scope::Studio)?;
    if entry(act, import)?.import.state.worked_on() {
        let sentence = "The studio is at work on this import; wait for its end, then discard it".to_owned();
        return Err(Error::Conflict { code: "import_running", sentence });
    }
    if let Some(gone) = act.house().imports.remove(import) {
        clear(&gone);
    }
    Ok(())
}

fn clear(entry: &Entry) {
    if let Some(scratch) = &entry.scratch {
        // What stays is taken away by the next start.
        let _ = fs::remove_dir_all(scratch);
    }
}

/// Removes a model's files; what was made with it stays. Refused while jobs need it.
pub fn remove(act: &Act, model: &str) -> Result<()> {
    act.may(Action::RemoveModel, Scope::Studio)?;
    let card = found(act, model)?;
    let conflict = |code, sentence: String| Err(Error::Conflict { code, sentence });
    if card.embedded {
        return conflict("model_embedded", format!("{model} is part of the program and cannot be removed"));
    }
    let jobs = act.house().queue.of_model(model);
    if jobs > 0 {
        let needed = if jobs == 1 { "One job needs".to_owned() } else { format!("{jobs} jobs need") };
        return conflict("model_in_use", format!("{needed} {model}; wait for their end or cancel them first"));
    }
    act.house().shelf.remove(model).map_err(failed)?;
    act.change(Action::RemoveModel, Scope::Studio, |_| {
        Ok(((), Event::ModelRemoved { model: card.name, hash: card.hash }))
    })
}

fn failed(trouble: Trouble) -> Error {
    Error::Unavailable { code: "model_failed", sentence: trouble.sentence }
}

/// The studio's part of one import: looks into it, or copies and checks it. False when nothing waits for so long.
pub fn work(system: &Act, most: Duration) -> Result<bool> {
    system.may(Action::ImportModel, Scope::Studio)?;
    let Some(mut entry) = system.house().imports.next(most) else { return Ok(false) };
    let outcome = match entry.import.state {
        ImportState::Copying => copy(system, &mut entry),
        _ => system.house().shelf.look(&entry.path).map(|offer| {
            entry.import.bytes = offer.bytes;
            entry.import.offer = Some(offer);
            ImportState::Waiting
        }),
    };
    match outcome {
        Ok(state) => entry.import.state = state,
        Err(trouble) => {
            let code = trouble.code.clone();
            entry.import.trouble = Some(trouble);
            entry.import.state = ImportState::Failed;
            system.change(Action::ImportModel, Scope::Studio, |_| Ok(((), Event::ModelRefused { code })))?;
        }
    }
    if entry.import.state != ImportState::Waiting {
        clear(&entry);
    }
    entry.touched = system.now();
    keep(system, entry);
    Ok(true)
}

fn copy(system: &Act, entry: &mut Entry) -> std::result::Result<ImportState, Trouble> {
    let shelf = &system.house().shelf;
    let model = entry.import.model.clone().unwrap_or_default();
    let (path, mut next) = (entry.path.clone(), 0);
    shelf.import(&path, &model, &mut |done| {
        if done >= next {
            next = done + TOLD_EVERY;
            entry.import.done = done.min(entry.import.bytes);
            keep(system, entry.clone());
        }
    })?;
    entry.import.done = entry.import.bytes;
    let hash = shelf.cards().into_iter().find(|card| card.name == model).map(|card| card.hash).unwrap_or_default();
    let told = system
        .change(Action::ImportModel, Scope::Studio, |_| Ok(((), Event::ModelImported { model: model.clone(), hash })));
    told.map_err(|e| Trouble { code: e.code().to_owned(), sentence: e.to_string() })?;
    Ok(ImportState::Done)
}

/// Forgets imports that nobody went on with; answers how many.
pub(crate) fn sweep(system: &Act) -> Result<usize> {
    system.may(Action::Chores, Scope::Studio)?;
    let desk = &system.house().imports;
    let now = system.now();
    let old = |e: &Entry| !e.import.state.worked_on() && now.since(e.touched) > FORGOTTEN;
    let over: Vec<Entry> = desk.all().into_iter().filter(old).collect();
    for entry in &over {
        desk.remove(entry.import.id);
        clear(entry);
    }
    Ok(over.len())
}
