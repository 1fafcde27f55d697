//! Brings a package in: copied beside its place, checked there, and only then moved into it. A stopped one goes on.

use std::fs;
use std::path::{Path, PathBuf};

use crate::crypto::FileKey;
use crate::inference::error::{Error, Kind, Result};

use super::checked::Checked;
use super::half::Half;
use super::lone::{self, Measure};
use super::pace::{Pace, Told};
use super::receipt;
use super::seal;
use super::source::{self, Links, PICKLE, PROGRAM, unsafe_file};

const SEALED: &str = "is the seal of a studio, whose keys alone open these weights; import the model from where that \
     studio had it";
const INDEX: &str = "model_index.json";

/// Copies and checks; `place` turns the name (asked for, or the package's own) into the folder it will have. What was
/// copied is left for another try where one may do better.
pub(super) fn import(
    from: &Path,
    models: &Path,
    name: Option<&str>,
    place: impl Fn(&str) -> Result<PathBuf>,
    told: &mut Told,
    measure: &Measure,
    seal: Option<&FileKey>,
) -> Result<String> {
    // Names are settled before anything is copied, as far as they can be.
    if let Some(name) = name {
        place(name)?;
    }
    let mut pace = Pace::new(source::size(from), told);
    let mut half = Half::of(from, models, seal)?;
    let brought = bring(from, &mut half, name, place, &mut pace, measure);
    let brought = pace.outcome(brought);
    if brought.as_ref().is_err_and(|e| matches!(e.kind(), Kind::Broken | Kind::Stopped)) {
        half.stay();
    }
    brought
}

fn bring(
    from: &Path,
    half: &mut Half,
    name: Option<&str>,
    place: impl Fn(&str) -> Result<PathBuf>,
    pace: &mut Pace,
    measure: &Measure,
) -> Result<String> {
    half.stage.expect_room(source::size(from).unwrap_or(0).saturating_sub(half.standing()))?;
    source::each(from, Links::Refuse, &mut |member| {
        refuse_by_name(member.name)?;
        // A package that was imported elsewhere gets its receipt here anew.
        if member.name.rsplit('/').next() == Some(receipt::FILE) {
            return Ok(());
        }
        half.take(member, pace)
    })?;
    let receipt = half.whole()?;
    let root = root(half.stage.folder())?;
    let around = root.strip_prefix(half.stage.folder()).ok().and_then(Path::to_str).filter(|f| !f.is_empty());
    if around.is_some() && half.files.are_sealed() {
        let (from, to) = (half.stage.folder().join(seal::FILE), root.join(seal::FILE));
        fs::rename(&from, &to).map_err(|error| Error::Io { path: to, error })?;
    }
    let files = half.files.moved(root.clone());
    let receipt = match around {
        Some(folder) => receipt.inside(folder, &files)?,
        None => receipt,
    };
    let checked = if root.join(INDEX).is_file() {
        Checked::with(files, receipt)?
    } else {
        // What is made of a lone graph has other files than were copied.
        lone::wrap(&files, &root, measure)?;
        Checked::at(files)?
    };
    let own = checked.manifest.name.as_deref().map_or_else(|| stem(from), str::to_owned);
    let name = name.unwrap_or(&own);
    checked.settle(&half.stage, &place(name)?)?;
    Ok(name.to_owned())
}

/// Where the package begins: archives often have one folder around everything.
fn root(stage: &Path) -> Result<PathBuf> {
    let begins =
        |folder: &Path| folder.join(INDEX).is_file() || lone::is_lone(lone::entries(folder).iter().map(String::as_str));
    if begins(stage) {
        return Ok(stage.to_owned());
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(stage).into_iter().flatten().flatten().map(|e| e.path()).collect();
    entries.retain(|entry| !entry.ends_with(seal::FILE));
    if let [only] = entries.as_slice()
        && begins(only)
    {
        return Ok(only.clone());
    }
    // What lies beside the folder, a note or what a desktop's archiver adds, is left out. A lone graph must be alone.
    entries.retain(|entry| entry.join(INDEX).is_file());
    match entries.as_slice() {
        [only] => Ok(only.clone()),
        _ => Err(Error::FileMissing { file: INDEX.to_owned() }),
    }
}

pub(super) fn refuse_by_name(file: &str) -> Result<()> {
    let last = file.rsplit('/').next().unwrap_or(file).to_ascii_lowercase();
    if last == seal::FILE {
        return Err(unsafe_file(file, SEALED));
    }
    let ends = |endings: &[&str]| endings.iter().any(|e| last.ends_with(e));
    if ends(&[".ckpt", ".pkl", ".pickle", ".pt", ".pth", ".joblib", ".dill"]) || last == "pytorch_model.bin" {
        return Err(unsafe_file(file, PICKLE));
    }
    if ends(&[".py", ".pyc", ".sh", ".bat", ".cmd", ".ps1", ".exe", ".dll", ".so", ".dylib", ".js", ".jar", ".wasm"]) {
        return Err(unsafe_file(file, PROGRAM));
    }
    Ok(())
}

/// A name made of the source's own.
pub(super) fn stem(from: &Path) -> String {
    let name = from.file_name().map_or_else(|| "model".to_owned(), |n| n.to_string_lossy().into_owned());
    name.trim_end_matches(".zst").trim_end_matches(".tar").trim_end_matches(".onnx").to_owned()
}
