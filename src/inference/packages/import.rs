//! Brings a package in: copied beside its place, checked there, and only then moved into it.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::inference::error::{Error, Result};

use super::check;
use super::files::Files;
use super::manifest::Manifest;
use super::receipt::{self, Receipt};
use super::source::{self, PICKLE, PROGRAM, unsafe_file};

/// Hears the bytes copied and, where known, of how many.
pub(super) type Told<'a> = dyn FnMut(u64, Option<u64>) + 'a;

/// Room that is left on the disk whatever is imported.
const SPARE: u64 = 256 << 20;

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
    let failed = |path: &Path, error| Error::Io { path: path.to_owned(), error };
    DirBuilder::new().recursive(true).mode(0o700).create(models).map_err(|e| failed(models, e))?;
    sweep(models);
    let stage = models.join(format!(".import-{}", std::process::id()));
    DirBuilder::new().mode(0o700).create(&stage).map_err(|e| failed(&stage, e))?;
    let stage = Stage(stage);

    let of = source::size(from);
    enough_room(models, of.unwrap_or(0))?;
    let mut done = 0;
    source::each(from, &mut |file, size, bytes| {
        refuse_by_name(file)?;
        enough_room(models, size)?;
        let copied = copy(&stage.0, file, bytes)?;
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

    let root = root(&stage.0)?;
    let files = Files::Folder(root.clone());
    let manifest = Manifest::of(&files)?;
    let receipt = Receipt::made(&files)?;
    check::all(&files, &manifest, &receipt)?;
    let own = manifest.name.as_deref().map_or_else(|| stem(from), str::to_owned);
    let name = name.unwrap_or(&own);
    let target = place(name)?;
    let text = serde_json::to_vec_pretty(&receipt).map_err(|e| failed(&target, e.into()))?;
    copy(&root, receipt::FILE, &mut text.as_slice())?;
    fs::rename(&root, &target).map_err(|e| failed(&target, e))?;
    sync(models);
    Ok(name.to_owned())
}

/// A folder of a package that is not in its place yet; goes away with its value.
struct Stage(PathBuf);

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Takes away what an import left that was killed.
fn sweep(models: &Path) {
    let alive = |pid: &str| Path::new("/proc").join(pid).exists();
    for entry in fs::read_dir(models).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.strip_prefix(".import-").is_some_and(|pid| !alive(pid) || pid == std::process::id().to_string()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn copy(folder: &Path, file: &str, bytes: &mut dyn Read) -> Result<u64> {
    let path = folder.join(file);
    let write = || {
        if let Some(parent) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        }
        let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let copied = io::copy(bytes, &mut out)?;
        out.flush()?;
        out.sync_all()?;
        Ok(copied)
    };
    let mut write = write;
    write().map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => unsafe_file(file, "is in the archive twice"),
        _ => Error::Io { path: PathBuf::from(file), error },
    })
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

fn refuse_by_name(file: &str) -> Result<()> {
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

fn enough_room(models: &Path, bytes: u64) -> Result<()> {
    let Ok(disk) = rustix::fs::statvfs(models) else { return Ok(()) };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free >= bytes.saturating_add(SPARE) {
        return Ok(());
    }
    let error = io::Error::new(
        io::ErrorKind::StorageFull,
        format!("{} MiB are needed and {} MiB are free; make room and import again", (bytes + SPARE) >> 20, free >> 20),
    );
    Err(Error::Io { path: models.to_owned(), error })
}

/// A name made of the source's own.
fn stem(from: &Path) -> String {
    let name = from.file_name().map_or_else(|| "model".to_owned(), |n| n.to_string_lossy().into_owned());
    name.trim_end_matches(".zst").trim_end_matches(".tar").to_owned()
}

/// A rename is only safe on disk when its folder is.
fn sync(folder: &Path) {
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
}
