//! Opens ONNX Runtime, once per process: the library that this binary carries, or another that the operator names.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;

use super::device::{self, Device, Trial};
use super::error::{Error, Result};
use super::settings::Settings;

/// The library, zstd-compressed; empty when the build had none.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/onnxruntime.zst"));
/// BLAKE3 of the library itself.
const HASH: &str = env!("STUDIO_ONNXRUNTIME_HASH");

/// Of the library, as it was fetched; empty where the build did not know.
const VERSION: &str = env!("STUDIO_ONNXRUNTIME_VERSION");

static OPENED: Mutex<Option<Runtime>> = Mutex::new(None);

/// ONNX Runtime, open, and the device that it computes on.
#[derive(Clone)]
pub(crate) struct Runtime {
    pub(crate) environment: Environment,
    pub(crate) device: Device,
    /// The card whose steps may be captured.
    pub(crate) captures: Option<i32>,
}

/// Whether this binary carries a runtime of its own.
pub fn embedded() -> bool {
    !PACKED.is_empty()
}

/// The version that this binary carries; none where the build did not know it.
pub fn embedded_version() -> Option<&'static str> {
    Some(VERSION).filter(|version| !version.is_empty())
}

/// The runtime; what the first caller asked for is what everybody gets.
pub(crate) fn open(settings: &Settings) -> Result<Runtime> {
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(runtime) = opened.as_ref() {
        return Ok(runtime.clone());
    }
    let environment = environment(settings)?;
    let mut device = device::choose(&environment, settings.device, settings.library.as_deref())?;
    let captures = if settings.no_captures { None } else { device::captures(&environment, &mut device)? };
    let runtime = Runtime { environment, device, captures };
    *opened = Some(runtime.clone());
    Ok(runtime)
}

/// Opens the library and tries every provider on a small graph, for a process that does nothing else.
pub(crate) fn trials(settings: &Settings, card: u32) -> Result<Vec<Trial>> {
    let environment = environment(settings)?;
    Ok(device::trials(&environment, card, settings.library.as_deref()))
}

fn environment(settings: &Settings) -> Result<Environment> {
    let builder = match &settings.library {
        Some(library) => init(library)?,
        None if !embedded() => return Err(Error::RuntimeMissing),
        // A full, read-only or noexec disk is no reason not to render.
        None => match settings.cache.as_deref().ok_or(Error::RuntimeMissing).and_then(|c| init(&on_disk(c)?)) {
            Ok(builder) => builder,
            Err(_) => in_memory()?,
        },
    };
    builder.with_telemetry(false).build().map_err(|e| Error::RuntimeBroken(e.to_string()))
}

/// Build of the runtime that is open.
pub(crate) fn describe() -> String {
    let build = ort::info();
    let commit = build.split("git-commit-id=").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or("unknown");
    format!("ONNX Runtime, build {commit}")
}

fn init(library: &Path) -> Result<ort::environment::EnvironmentBuilder> {
    ort::init_from(library).map_err(|e| Error::RuntimeBroken(e.to_string()))
}

/// The library as a private file named by its hash; written once, checked each time.
fn on_disk(cache: &Path) -> Result<PathBuf> {
    let failed = |path: &Path, error| Error::Io { path: path.to_owned(), error };
    let path = cache.join(format!("onnxruntime-{HASH}.so"));
    if whole(&path) {
        return Ok(path);
    }
    DirBuilder::new().recursive(true).mode(0o700).create(cache).map_err(|e| failed(cache, e))?;
    let part = cache.join(format!("onnxruntime-{}.part", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&part)
        .and_then(|file| unpack(file)?.sync_all())
        .and_then(|()| fs::rename(&part, &path));
    if let Err(error) = written {
        let _ = fs::remove_file(&part);
        return Err(failed(&path, error));
    }
    Ok(path)
}

fn whole(path: &Path) -> bool {
    let hash = |mut file: File| {
        let mut hasher = blake3::Hasher::new();
        io::copy(&mut file, &mut hasher).map(|_| hasher.finalize())
    };
    File::open(path).and_then(hash).is_ok_and(|found| found.to_hex().as_str() == HASH)
}

/// The library as a file that exists only in memory, for this process alone.
fn in_memory() -> Result<ort::environment::EnvironmentBuilder> {
    let failed = |error| Error::Io { path: PathBuf::from("memory file for ONNX Runtime"), error };
    let memory =
        rustix::fs::memfd_create("onnxruntime", rustix::fs::MemfdFlags::CLOEXEC).map_err(|e| failed(e.into()))?;
    let file = unpack(File::from(memory)).map_err(failed)?;
    init(Path::new(&format!("/proc/self/fd/{}", file.as_raw_fd())))
}

fn unpack(mut to: File) -> io::Result<File> {
    zstd::stream::copy_decode(PACKED, &mut to)?;
    to.flush()?;
    Ok(to)
}
