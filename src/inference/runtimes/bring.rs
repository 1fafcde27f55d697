//! Brings a runtime in: libraries and licences are copied beside their place, checked there, and only then moved in.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use crate::inference::error::{Error, Result};
use crate::inference::packages::source::{self, Links, Member};
use crate::inference::staging::Stage;

use super::facts::{FILE, LIBRARIES, LICENCES, Part, RuntimeInfo};
use super::platform;
use super::wheel::{self, Wheel};

/// A licence text is never longer.
const MOST_LICENCE: u64 = 8 << 20;
/// More than all of CUDA, cuDNN and `TensorRT` together.
const MOST_BYTES: u64 = 48 << 30;

/// Copies and checks; `place` turns the name (asked for, or the runtime's own) into the folder it will have.
pub(super) fn bring(
    from: &[PathBuf],
    runtimes: &Path,
    name: Option<&str>,
    place: impl Fn(&str) -> Result<PathBuf>,
    told: &mut dyn FnMut(u64),
) -> Result<String> {
    if let Some(name) = name {
        place(name)?;
    }
    let stage = Stage::begin(runtimes)?;
    let mut taker = Taker { stage: &stage, done: 0, told };
    let mut parts = Vec::new();
    for path in from {
        parts.push(if wheel::is_zip(path) { taker.wheel(path)? } else { taker.files(path)? });
    }
    let own = parts.iter().find(|part| is_runtime(part));
    let version = own.map(|part| part.version.clone()).filter(|v| !v.is_empty());
    let own_name = own.map(|part| format!("{}-{}", part.name, part.version).trim_end_matches('-').to_owned());
    let mut info = RuntimeInfo::made(stage.folder(), version.unwrap_or_default(), parts)?;
    if info.version.is_empty() {
        info.version = info.library.strip_prefix("libonnxruntime.so.").unwrap_or_default().to_owned();
    }
    new_enough(&info.version)?;
    let own_name = own_name.unwrap_or_else(|| format!("onnxruntime-{}", info.version).trim_end_matches('-').to_owned());
    let name = name.unwrap_or(&own_name);
    let target = place(name)?;
    stage.settle(stage.folder(), (FILE, &info), &target)?;
    Ok(name.to_owned())
}

fn is_runtime(part: &Part) -> bool {
    part.name.starts_with("onnxruntime")
}

/// What this program cannot speak to is refused before it takes room.
fn new_enough(version: &str) -> Result<()> {
    let mut numbers = version.split('.').map_while(|n| n.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(1), Some(minor)) if minor < ort::MINOR_VERSION => Err(Error::RuntimeRefused(format!(
            "it is ONNX Runtime {version}, and this program needs 1.{} or newer; bring a newer one",
            ort::MINOR_VERSION
        ))),
        _ => Ok(()),
    }
}

/// Takes what a runtime is made of, and nothing else.
struct Taker<'a> {
    stage: &'a Stage,
    done: u64,
    told: &'a mut dyn FnMut(u64),
}

impl Taker<'_> {
    /// From the folders where wheels keep libraries; modules of Python and everything that is a script stay out.
    fn wheel(&mut self, path: &Path) -> Result<Part> {
        let mut wheel = Wheel::open(path)?;
        let part = wheel.part.clone();
        platform::fits(&wheel.tags)
            .map_err(|why| Error::RuntimeRefused(format!("{} {} does not fit: {why}", part.name, part.version)))?;
        wheel.each(&mut |file, size, bytes| match file.rsplit_once('/') {
            Some((folder, name)) if is_library(name) && holds_libraries(folder) => self.library(name, size, bytes),
            Some((_, name)) if is_licence(name) => self.licence(&part.name, file, size, bytes),
            _ => Ok(()),
        })?;
        Ok(part)
    }

    /// From a folder or a tar archive: every library, wherever it lies.
    fn files(&mut self, path: &Path) -> Result<Part> {
        let name = path.file_name().map_or_else(|| "files".to_owned(), |n| n.to_string_lossy().into_owned());
        source::each(path, Links::PassOver, &mut |Member { name: file, bytes: size, content, .. }| {
            let last = file.rsplit('/').next().unwrap_or(file);
            match () {
                () if is_library(last) => self.library(last, size, content),
                () if is_licence(last) => self.licence(&name, file, size, content),
                () => Ok(()),
            }
        })?;
        Ok(Part { name, version: String::new() })
    }

    fn library(&mut self, name: &str, size: u64, bytes: &mut dyn Read) -> Result<()> {
        let mut head = Vec::new();
        bytes.take(platform::HEAD).read_to_end(&mut head).map_err(|e| unread(name, &e))?;
        platform::library(&head).map_err(|why| Error::Unsafe { file: name.to_owned(), why })?;
        self.keep(&format!("{LIBRARIES}/{name}"), size, &mut Cursor::new(head).chain(bytes))
    }

    fn licence(&mut self, part: &str, file: &str, size: u64, bytes: &mut dyn Read) -> Result<()> {
        if size > MOST_LICENCE {
            return Ok(());
        }
        self.keep(&format!("{LICENCES}/{part}/{file}"), size, bytes)
    }

    fn keep(&mut self, file: &str, size: u64, bytes: &mut dyn Read) -> Result<()> {
        self.stage.expect_room(size)?;
        let copied = self.stage.copy(file, bytes)?;
        if copied != size {
            let detail = "it is not as long as its archive says; fetch it again".to_owned();
            return Err(Error::FileMalformed { file: file.to_owned(), detail });
        }
        self.done += size;
        if self.done > MOST_BYTES {
            return Err(Error::RuntimeRefused("these files are larger than any runtime is".to_owned()));
        }
        (self.told)(self.done);
        Ok(())
    }
}

fn unread(file: &str, error: &std::io::Error) -> Error {
    Error::FileMalformed { file: file.to_owned(), detail: format!("{error}; fetch it again") }
}

/// `libNAME.so`, `libNAME.so.1.2`.
fn is_library(name: &str) -> bool {
    let numbered = |rest: &str| rest.chars().all(|c| c.is_ascii_digit() || c == '.');
    name.starts_with("lib") && name.split_once(".so").is_some_and(|(_, rest)| numbered(rest))
}

/// Where ONNX Runtime, CUDA, cuDNN and `TensorRT` keep their libraries in a wheel.
fn holds_libraries(folder: &str) -> bool {
    let nvidia = folder.starts_with("nvidia/") && folder.split('/').any(|part| part == "lib");
    folder == "onnxruntime/capi" || folder == "tensorrt_libs" || nvidia
}

fn is_licence(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["license", "licence", "notice", "copying", "thirdpartynotices"].iter().any(|word| lower.starts_with(word))
}
