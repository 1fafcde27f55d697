//! Imports as they are kept: in memory for those who look, in rows for the next start, and what lies on the disk of them.

use std::fs;
use std::path::PathBuf;

use super::desk::{Entry, Import, ImportState, Source};
use crate::base::id::ImportId;
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::error::{Error, Result};
use crate::domain::feed::{Audience, News};

/// More at once is a mistake.
const MOST_OPEN: usize = 8;

pub(super) fn entry(act: &Act, import: ImportId) -> Result<Entry> {
    act.house().imports.get(import).ok_or(Error::NotFound { what: "import" })
}

pub(super) fn begin(act: &Act, id: ImportId, file: &str, source: Source, bytes: u64) -> Result<Import> {
    let open = act.house().imports.all().iter().filter(|e| !e.import.state.over()).count();
    if open >= MOST_OPEN {
        let sentence = format!("{MOST_OPEN} imports are on their way already; finish or cancel one of them first");
        return Err(Error::Conflict { code: "too_many_imports", sentence });
    }
    let sent = matches!(source, Source::Sent { .. });
    let import = Import {
        id,
        file: file.to_owned(),
        state: if sent { ImportState::Receiving } else { ImportState::Reading },
        done: 0,
        bytes,
        offer: None,
        model: None,
        seal: false,
        trouble: None,
        by: act.person(act.account()?)?,
        created: act.now(),
    };
    let entry = Entry { import, source, touched: act.now(), stop: false };
    act.house().imports.put(entry.clone());
    keep(act, &entry)
}

/// Writes down how it is now, for the next start, and tells the operators.
pub(super) fn keep(act: &Act, entry: &Entry) -> Result<Import> {
    act.keep(Action::ImportModel, Scope::Studio, |tx| Ok(tx.put(entry)?))?;
    Ok(show(act, entry))
}

/// Tells the operators how far it is.
pub(super) fn show(act: &Act, entry: &Entry) -> Import {
    act.tell(Audience::Operators, News::Import(Box::new(entry.import.clone())));
    entry.import.clone()
}

/// Where a file lies that a browser sends.
pub(super) fn received(act: &Act, id: ImportId, file: &str) -> PathBuf {
    act.house().folder.imports().join(id.to_string()).join(plain(file))
}

/// A name that is safe on disk and still tells the person which file it was.
fn plain(file: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    let name: String = file.chars().take(100).map(safe).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { "package".to_owned() } else { name.to_owned() }
}

/// Takes away what was received; what a stopped copy of the incoming folder left, another try can use.
pub(super) fn clear(act: &Act, entry: &Entry) {
    if let Source::Sent { .. } = entry.source {
        let path = received(act, entry.import.id, &entry.import.file);
        act.house().shelf.forget(&path);
        if let Some(folder) = path.parent() {
            // What stays is taken away by the next start.
            let _ = fs::remove_dir_all(folder);
        }
    }
}
