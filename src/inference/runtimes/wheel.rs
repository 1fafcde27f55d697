//! A Python wheel, read as the zip archive it is: its name, version and machine, and its files. Nothing of it is run.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use zip::ZipArchive;

use crate::inference::error::{Error, Result};

use super::facts::Part;

/// More files than any wheel of libraries has.
const MOST_FILES: usize = 20_000;
/// The notes about a wheel are never longer.
const MOST_TEXT: u64 = 4 << 20;
/// A wheel that grows more than this is none.
const MOST_GROWTH: u64 = 100;
const GROWTH_ALLOWANCE: u64 = 256 << 20;

pub(super) struct Wheel {
    name: String,
    zip: ZipArchive<BufReader<File>>,
    pub(super) part: Part,
    /// As in `cp311-cp311-manylinux_2_28_x86_64`.
    pub(super) tags: Vec<String>,
}

/// Whether a file begins as a zip archive does.
pub(super) fn is_zip(path: &Path) -> bool {
    let mut head = [0; 4];
    File::open(path).and_then(|mut f| f.read_exact(&mut head)).is_ok() && head == *b"PK\x03\x04"
}

impl Wheel {
    /// Opens it and reads its notes; refuses it whole when one name leads outside or it grows absurdly.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let failed = |error| Error::Io { path: path.to_owned(), error };
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let mut file = File::open(path).map_err(failed)?;
        let packed = file.seek(std::io::SeekFrom::End(0)).map_err(failed)?;
        file.rewind().map_err(failed)?;
        let malformed = |detail: String| Error::FileMalformed { file: name.clone(), detail };
        let zip = ZipArchive::new(BufReader::new(file))
            .map_err(|e| malformed(format!("it is no whole wheel ({e}); fetch it again")))?;
        if zip.len() > MOST_FILES {
            return Err(Error::Unsafe { file: name, why: "holds more than 20,000 files".to_owned() });
        }
        let mut wheel = Wheel { name, zip, part: Part::default(), tags: Vec::new() };
        wheel.look_through(packed.saturating_mul(MOST_GROWTH).max(GROWTH_ALLOWANCE))?;
        Ok(wheel)
    }

    /// Every file with its name, size and bytes.
    pub(super) fn each(&mut self, take: &mut dyn FnMut(&str, u64, &mut dyn Read) -> Result<()>) -> Result<()> {
        for index in 0..self.zip.len() {
            let mut entry = self.zip.by_index(index).map_err(|e| broken(&self.name, &e))?;
            let inside = entry.name().map_err(|e| broken(&self.name, &e))?.into_owned();
            if entry.is_file() && !entry.is_symlink() {
                let size = entry.size();
                take(&inside, size, &mut (&mut entry).take(size.saturating_add(1)))?;
            }
        }
        Ok(())
    }

    fn look_through(&mut self, most: u64) -> Result<()> {
        let mut total = 0u64;
        let (mut about, mut machine) = (String::new(), String::new());
        for index in 0..self.zip.len() {
            let mut entry = self.zip.by_index(index).map_err(|e| broken(&self.name, &e))?;
            let inside = entry.name().map_err(|e| broken(&self.name, &e))?.into_owned();
            let outside = inside.starts_with('/') || inside.split(['/', '\\']).any(|part| part == "..");
            if outside {
                let why = "leads out of the wheel; nothing was written".to_owned();
                return Err(Error::Unsafe { file: inside.chars().take(200).collect(), why });
            }
            total = total.saturating_add(entry.size());
            let note = inside.split_once('/').filter(|(folder, _)| folder.ends_with(".dist-info")).map(|(_, n)| n);
            let text = match note {
                Some("METADATA") => &mut about,
                Some("WHEEL") => &mut machine,
                _ => continue,
            };
            let read = (&mut entry).take(MOST_TEXT).read_to_string(text);
            read.map_err(|e| Error::FileMalformed { file: self.name.clone(), detail: e.to_string() })?;
        }
        if total > most {
            let why = "grows to more than 100 times its size; no wheel does that".to_owned();
            return Err(Error::Unsafe { file: self.name.clone(), why });
        }
        let head = |text: &str, field: &str| {
            let lines = text.lines().take_while(|line| !line.is_empty());
            lines.filter_map(|l| l.strip_prefix(field)?.strip_prefix(": ")).map(str::to_owned).collect::<Vec<_>>()
        };
        let one = |field| head(&about, field).into_iter().next();
        let (Some(name), Some(version)) = (one("Name"), one("Version")) else {
            let detail = "it is a zip archive but no wheel: it has no METADATA with a name and a version".to_owned();
            return Err(Error::FileMalformed { file: self.name.clone(), detail });
        };
        self.part = Part { name, version };
        self.tags = head(&machine, "Tag");
        Ok(())
    }
}

fn broken(wheel: &str, error: &zip::result::ZipError) -> Error {
    Error::FileMalformed { file: wheel.to_owned(), detail: format!("it is no whole wheel ({error}); fetch it again") }
}
