//! Brings a package in: copied beside its place, checked there, and only then moved into it.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::inference::error::{Error, Result};
use crate::inference::staging::Stage;

use super::source::{self, Links, PICKLE, PROGRAM, unsafe_file};
use super::stage::Checked;

/// Hears the bytes copied and, where known, of how many.
pub(super) type Told<'a> = dyn FnMut(u64, Option<u64>) + 'a;

/// Copies and checks; `place` turns the name (asked for, or the package's own) into the folder it will have.
pub(super) fn import(
    from: &Path,
    models: &Path,
    name: Option<&str>,
    place: impl Fn(&str) -> Result<PathBuf>,
    told: &mut Told,
) -> Result<String> {
    // Names are settled before anything is copied, as far as they can be.
    if let Some(name) = name {
        place(name)?;
    }
    let stage = Stage::begin(models)?;
    let of = source::size(from);
    stage.expect_room(of.unwrap_or(0))?;
    let mut done = 0;
    source::each(from, Links::Refuse, &mut |file, size, bytes| {
        refuse_by_name(file)?;
        stage.expect_room(size)?;
        let mut heard = Heard { bytes, told, done, of, next: done };
        let copied = stage.copy(file, &mut heard)?;
        if copied != size {
            return Err(Error::FileMalformed {
                file: file.to_owned(),
                detail: "it ends too early; copy it again".to_owned(),
            });
        }
        done += size;
        told(done, of);
        Ok(())
    })?;
    let checked = Checked::at(root(stage.folder())?)?;
    let own = checked.manifest.name.as_deref().map_or_else(|| stem(from), str::to_owned);
    let name = name.unwrap_or(&own);
    checked.settle(&stage, &place(name)?)?;
    Ok(name.to_owned())
}

/// Tells of a long file while it is read.
struct Heard<'a, 'b> {
    bytes: &'a mut dyn Read,
    told: &'a mut Told<'b>,
    done: u64,
    of: Option<u64>,
    next: u64,
}

impl Read for Heard<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(into)?;
        self.done += read as u64;
        if self.done >= self.next {
            self.next = self.done + (4 << 20);
            (self.told)(self.done, self.of);
        }
        Ok(read)
    }
}

/// Where the package begins: archives often have one folder around everything.
fn root(stage: &Path) -> Result<PathBuf> {
    if stage.join("model_index.json").is_file() {
        return Ok(stage.to_owned());
    }
    let entries: Vec<_> = fs::read_dir(stage).into_iter().flatten().flatten().collect();
    match entries.as_slice() {
        [only] if only.path().join("model_index.json").is_file() => Ok(only.path()),
        _ => Err(Error::FileMissing { file: "model_index.json".to_owned() }),
    }
}

pub(super) fn refuse_by_name(file: &str) -> Result<()> {
    let last = file.rsplit('/').next().unwrap_or(file).to_ascii_lowercase();
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
    name.trim_end_matches(".zst").trim_end_matches(".tar").to_owned()
}
