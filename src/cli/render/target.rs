//! Where a render goes: decided by the name, written beside it first and moved over when whole.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::failure::Failure;

/// What `-o OUT` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Picture(PathBuf),
    Clip(PathBuf),
    Folder(PathBuf),
}

impl Target {
    /// By the end of the name: `.png`, `.mp4`, a `/` or an existing folder.
    pub(super) fn read(out: &Path) -> Result<Self, Failure> {
        let text = out.to_string_lossy();
        let end = out.extension().map(|e| e.to_string_lossy().to_lowercase());
        let target = match end.as_deref() {
            _ if text.ends_with('/') || out.is_dir() => Target::Folder(out.to_owned()),
            Some("png") => Target::Picture(out.to_owned()),
            Some("mp4") => Target::Clip(out.to_owned()),
            _ => {
                let told = format!(
                    "The output \"{text}\" names no form this command writes; end it with .png for a picture, .mp4 for a clip, or / for a folder of frames."
                );
                return Err(Failure::refused("output_form", told));
            }
        };
        match out.parent() {
            Some(parent)
                if !parent.as_os_str().is_empty() && !matches!(target, Target::Folder(_)) && !parent.is_dir() =>
            {
                let told = format!("The folder {} for the output does not exist; create it first.", parent.display());
                Err(Failure::refused("output_folder_missing", told))
            }
            _ => Ok(target),
        }
    }
}

/// `boat.png` as it is for one, `boat-1.png`, `boat-2.png` … for several.
pub(super) fn numbered(path: &Path, index: u32, of: u32) -> PathBuf {
    if of == 1 {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let end = path.extension().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{}.{end}", index + 1))
}

/// Several files that appear together or not at all: each is written under a hidden name first.
pub(super) struct Draft {
    files: Vec<(PathBuf, PathBuf)>,
    made_folder: Option<PathBuf>,
}

impl Draft {
    pub(super) fn new() -> Self {
        Draft { files: Vec::new(), made_folder: None }
    }

    /// Makes the folder; it goes again when the draft is dropped unfinished and it was not there before.
    pub(super) fn folder(&mut self, folder: &Path) -> Result<(), Failure> {
        if !folder.is_dir() {
            fs::create_dir_all(folder).map_err(|e| unwritten(folder, &e))?;
            self.made_folder = Some(folder.to_owned());
        }
        Ok(())
    }

    pub(super) fn write(&mut self, path: &Path, data: &[u8]) -> Result<(), Failure> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let hidden = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        self.files.push((hidden.clone(), path.to_owned()));
        let written = fs::File::create(&hidden).and_then(|mut file| {
            file.write_all(data)?;
            file.sync_all()
        });
        written.map_err(|e| unwritten(path, &e))
    }

    /// Gives every file its name.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        for (hidden, path) in std::mem::take(&mut self.files) {
            fs::rename(&hidden, &path).map_err(|e| {
                let _ = fs::remove_file(&hidden);
                unwritten(&path, &e)
            })?;
        }
        self.made_folder = None;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        for (hidden, _) in &self.files {
            let _ = fs::remove_file(hidden);
        }
        if let Some(folder) = &self.made_folder {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn unwritten(path: &Path, e: &io::Error) -> Failure {
    let path = path.display();
    match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Failure::failed(
            "disk_full",
            format!("The disk is full: {path} was not written. Free some space and try again."),
        ),
        _ => Failure::failed(
            "output_unwritable",
            format!("{path} could not be written: {e}. Choose another place with -o."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_decides_the_form() {
        assert_eq!(Target::read(Path::new("a.PNG")).unwrap(), Target::Picture("a.PNG".into()));
        assert_eq!(Target::read(Path::new("a.mp4")).unwrap(), Target::Clip("a.mp4".into()));
        assert_eq!(Target::read(Path::new("a/")).unwrap(), Target::Folder("a/".into()));
        assert!(Target::read(Path::new("a.gif")).is_err());
        assert!(Target::read(Path::new("/no/such/folder/a.png")).is_err());
    }

    #[test]
    fn variations_are_numbered_beside_the_name() {
        assert_eq!(numbered(Path::new("x/boat.png"), 1, 4), Path::new("x/boat-2.png"));
        assert_eq!(numbered(Path::new("boat.png"), 0, 1), Path::new("boat.png"));
    }

    #[test]
    fn an_unfinished_draft_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("frames");
        let mut draft = Draft::new();
        draft.folder(&folder).unwrap();
        draft.write(&folder.join("a.png"), b"x").unwrap();
        drop(draft);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }
}
