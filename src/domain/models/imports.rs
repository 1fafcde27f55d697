//! Bringing a model in: received or taken from the incoming folder, looked into, its licence accepted, copied, checked.
//!
//! Nothing stands among the models before it is whole. What is under way when the studio stops goes on at its next
//! start, and can be cancelled at any time.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::card::{DISK_FULL, ModelCard, Offer, Told};
use super::desk::{Entry, Import, ImportState, Source};
use super::ledger::{begin, clear, entry, keep, received, show};
use super::looking::{found, key};
use super::receiving;
use crate::base::id::ImportId;
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::error::{Error, Result};
use crate::domain::event::Event;
use crate::domain::trouble::Trouble;
use crate::store::{Direction, Reads, Span};

/// An import that nobody goes on with is forgotten.
const FORGOTTEN: Duration = Duration::from_hours(24);
/// The browser is told of every so many bytes.
const TOLD_EVERY: u64 = 16 << 20;

/// Every import that is under way or ended within a day, newest first.
pub fn list(act: &Act) -> Result<Vec<Import>> {
    act.may(Action::ImportModel, Scope::Studio)?;
    Ok(act.house().imports.all().into_iter().map(|e| e.import).collect())
}

pub fn get(act: &Act, import: ImportId) -> Result<Import> {
    act.may(Action::ImportModel, Scope::Studio)?;
    Ok(entry(act, import)?.import)
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
    let (_, name) = lying(act, name)?.ok_or(Error::NotFound { what: "package in the incoming folder" })?;
    begin(act, act.id(), &name, Source::Incoming { name: name.clone() }, 0)
}

/// Where something lies that the incoming folder has under this name now.
fn lying(act: &Act, name: &str) -> Result<Option<(PathBuf, String)>> {
    let Some((folder, names)) = incoming(act)? else { return Ok(None) };
    Ok(names.into_iter().find(|known| known == name).map(|name| (folder.join(&name), name)))
}

/// Says that the licence was read and binds this house, and whether the weights are to be sealed; what follows is the
/// studio's work.
pub fn accept(act: &Act, import: ImportId, name: Option<&str>, seal: bool) -> Result<Import> {
    act.may(Action::ImportModel, Scope::Studio)?;
    let Import { state: ImportState::Waiting, offer: Some(offer), .. } = entry(act, import)?.import else {
        return Err(not_waiting());
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
    let now = act.now();
    let accepted = act.house().imports.edit(import, |entry| {
        if entry.import.state == ImportState::Waiting {
            (entry.import.model, entry.import.seal, entry.import.trouble) = (Some(model), seal, None);
            entry.import.state = ImportState::Copying;
            (entry.import.done, entry.import.bytes, entry.touched) = (0, bytes, now);
        }
    });
    keep(act, &accepted.ok_or_else(not_waiting)?)
}

fn not_waiting() -> Error {
    let sentence = "This import does not wait for its licence any more, or not yet".to_owned();
    Error::Conflict { code: "import_not_waiting", sentence }
}

/// Cancels an import that is under way, with what was received of it; takes one that is over off the list.
pub fn discard(act: &Act, import: ImportId) -> Result<()> {
    act.may(Action::ImportModel, Scope::Studio)?;
    let known = entry(act, import)?;
    if known.import.state.over() {
        act.house().imports.remove(import);
        return act.keep(Action::ImportModel, Scope::Studio, |tx| Ok(tx.remove::<Entry>(&import).map(drop)?));
    }
    if known.stop {
        return Ok(());
    }
    act.change(Action::ImportModel, Scope::Studio, |_| Ok(((), Event::ImportCancelled)))?;
    let now = act.now();
    let stopped = act.house().imports.edit(import, |entry| {
        (entry.stop, entry.touched) = (true, now);
        // What the studio works on ends between two chunks.
        if !entry.import.state.worked_on() {
            entry.import.state = ImportState::Cancelled;
        }
    });
    let Some(stopped) = stopped else { return Ok(()) };
    if stopped.import.state.over() {
        clear(act, &stopped);
    }
    keep(act, &stopped).map(drop)
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

/// The studio's part of one import: looks into it, or copies and checks it. False when nothing waits for so long. One
/// that is under way when the studio is `ending` stays as it is.
pub fn work(system: &Act, most: Duration, ending: &dyn Fn() -> bool) -> Result<bool> {
    system.may(Action::ImportModel, Scope::Studio)?;
    let desk = &system.house().imports;
    let Some(Entry { import: Import { id, state, .. }, .. }) = desk.next(most) else { return Ok(false) };
    let mut next = 0;
    let outcome = entry(system, id).map_err(told).and_then(|entry| {
        let path = path(system, &entry)?;
        let mut go_on = |done: u64| {
            if state == ImportState::Copying && done >= next {
                next = done + TOLD_EVERY;
                let moved = desk.edit(id, |entry| entry.import.done = done.min(entry.import.bytes));
                drop(moved.map(|entry| show(system, &entry)));
            }
            if ending() || desk.stopped(id) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        match state {
            ImportState::Copying => copy(system, &entry, &path, &mut go_on).map(|()| None),
            _ => system.house().shelf.look(&path, &mut go_on).map(Some),
        }
    });
    if outcome.is_err() && ending() && !desk.stopped(id) {
        return Ok(true);
    }
    let now = system.now();
    let moved = desk.edit(id, |entry| {
        let import = &mut entry.import;
        entry.touched = now;
        match outcome {
            Ok(None) => (import.state, import.done) = (ImportState::Done, import.bytes),
            _ if entry.stop => import.state = ImportState::Cancelled,
            // What came of it stays; when there is room, it goes on as soon as somebody says so.
            Err(trouble) if state == ImportState::Copying && trouble.code == DISK_FULL => {
                let left = import.bytes.saturating_sub(import.done);
                (import.state, import.trouble) = (ImportState::Waiting, Some(receiving::full(system, left)));
            }
            Ok(Some(offer)) => {
                import.bytes = offer.bytes;
                (import.state, import.offer) = (ImportState::Waiting, Some(offer));
            }
            Err(trouble) => (import.state, import.trouble) = (ImportState::Failed, Some(trouble)),
        }
    });
    let Some(entry) = moved else { return Ok(true) };
    if let (ImportState::Failed, Some(Trouble { code, .. })) = (entry.import.state, entry.import.trouble.clone()) {
        system.change(Action::ImportModel, Scope::Studio, |_| Ok(((), Event::ModelRefused { code })))?;
    }
    if entry.import.state.over() {
        clear(system, &entry);
    }
    keep(system, &entry)?;
    Ok(true)
}

/// Where its bytes lie now. The incoming folder may be another than before, or have a link where a file was.
fn path(system: &Act, entry: &Entry) -> std::result::Result<PathBuf, Trouble> {
    match &entry.source {
        Source::Sent { .. } => Ok(received(system, entry.import.id, &entry.import.file)),
        Source::Incoming { name } => lying(system, name).map_err(told)?.map(|(path, _)| path).ok_or_else(|| Trouble {
            code: "import_source_gone".to_owned(),
            sentence: format!("{name} is not in the incoming folder any more; put it there and take it again"),
        }),
    }
}

fn copy(system: &Act, entry: &Entry, path: &Path, go_on: &mut Told) -> std::result::Result<(), Trouble> {
    let shelf = &system.house().shelf;
    let model = entry.import.model.clone().unwrap_or_default();
    let placed = || shelf.cards().into_iter().find(|card| card.name == model);
    let as_asked = |card: ModelCard| card.sealed == entry.import.seal;
    // A studio that was killed between the last step of a copy and the line below finds its own model there.
    if placed().is_some_and(as_asked) && shelf.is_of(&model, path, go_on)? {
        shelf.forget(path);
    } else {
        let key = if entry.import.seal { Some(key(system).map_err(told)?) } else { None };
        shelf.import(path, &model, key.as_ref(), go_on)?;
    }
    let imported = Event::ModelImported { hash: placed().map(|card| card.hash).unwrap_or_default(), model };
    let mut done = entry.clone();
    (done.import.state, done.import.done, done.touched) = (ImportState::Done, entry.import.bytes, system.now());
    // In one with its record: the log tells it once, however often the studio is killed.
    system.change(Action::ImportModel, Scope::Studio, |tx| Ok((tx.put(&done)?, imported))).map_err(told)
}

fn told(error: Error) -> Trouble {
    Trouble { code: error.code().to_owned(), sentence: error.to_string() }
}

/// At the start: what was under way goes on, and what was received of imports that are forgotten goes.
pub(crate) fn recover(system: &Act) -> Result<()> {
    let kept: Vec<Entry> = system.read(Action::ImportModel, Scope::Studio, |tx| {
        Ok(tx.scan::<Entry>(Span::all(), Direction::Forward).collect::<std::result::Result<_, _>>()?)
    })?;
    let known: Vec<String> = kept.iter().map(|entry| entry.import.id.to_string()).collect();
    let folders = fs::read_dir(system.house().folder.imports()).into_iter().flatten().flatten();
    for stray in folders.filter(|e| !known.iter().any(|id| e.file_name().to_str() == Some(id))) {
        let _ = fs::remove_dir_all(stray.path());
    }
    for mut entry in kept {
        if entry.import.state.over() {
            clear(system, &entry);
        }
        entry.touched = system.now();
        if entry.import.state == ImportState::Receiving {
            entry.import.done = receiving::stands(system, &entry.import);
        }
        system.house().imports.put(entry);
    }
    Ok(())
}

/// Forgets imports that nobody went on with; answers how many.
pub(crate) fn sweep(system: &Act) -> Result<usize> {
    system.may(Action::Chores, Scope::Studio)?;
    let desk = &system.house().imports;
    let now = system.now();
    let old = |e: &Entry| !e.import.state.worked_on() && now.since(e.touched) > FORGOTTEN;
    let over: Vec<Entry> = desk.all().into_iter().filter(old).collect();
    if !over.is_empty() {
        system.keep(Action::Chores, Scope::Studio, |tx| {
            over.iter().try_for_each(|entry| tx.remove::<Entry>(&entry.import.id).map(drop)).map_err(Error::from)
        })?;
    }
    for entry in &over {
        desk.remove(entry.import.id);
        clear(system, entry);
    }
    system.house().shelf.tidy();
    Ok(over.len())
}
