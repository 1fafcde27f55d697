//! A file for a runtime that opens files by their paths, opened from its seal while it is read: never whole in memory.

use std::io::{self, BufReader, ErrorKind};
use std::os::fd::AsRawFd;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use crate::inference::error::{Error, Result};

use super::files::Files;

/// Has `read` read a file at a path where this process alone finds it, from front to back and once.
pub(crate) fn read<T>(files: &Files, file: &str, read: impl FnOnce(&Path) -> T) -> Result<T> {
    let failed = |error| Error::Io { path: PathBuf::from(file), error };
    let (out, mut into) = io::pipe().map_err(failed)?;
    thread::scope(|scope| {
        let opening = scope.spawn(move || {
            let mut content = BufReader::with_capacity(1 << 20, files.open(file)?);
            io::copy(&mut content, &mut into).map_err(failed)
        });
        let answer = read(Path::new(&format!("/proc/self/fd/{}", out.as_raw_fd())));
        // Whoever has read enough is not sent the rest.
        drop(out);
        match opening.join().unwrap_or_else(|panic| resume_unwind(panic)) {
            Err(Error::Io { error, .. }) if error.kind() == ErrorKind::BrokenPipe => Ok(answer),
            // What ended early may have looked whole to its reader.
            opened => opened.map(|_| answer),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Read;
    use std::process::{Command, Stdio};

    use super::super::seal::Seal;
    use super::*;
    use crate::crypto::FileKey;

    const PLAIN: usize = 300_000;

    /// A sealed file of many chunks.
    fn sealed() -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().unwrap();
        let key = FileKey::from_bytes([7; 32]);
        let seal = Seal::make(folder.path(), &key).unwrap();
        seal.write(&mut vec![5; PLAIN].as_slice(), &File::create(folder.path().join("graph.onnx")).unwrap()).unwrap();
        let files = Files::at(folder.path().to_owned(), Some(&key)).unwrap();
        (folder, files)
    }

    #[test]
    fn a_sealed_file_is_read_by_a_path_that_no_other_process_has_and_that_is_gone_afterwards() {
        let (_folder, files) = sealed();
        let look = |path: &Path| {
            let elsewhere = Command::new("cat").arg(path).stderr(Stdio::null()).output().unwrap();
            assert!(!elsewhere.status.success() && elsewhere.stdout.is_empty());
            (fs::read(path).unwrap(), path.to_owned())
        };
        let (bytes, path) = read(&files, "graph.onnx", look).unwrap();
        assert!(bytes == vec![5; PLAIN]);
        assert!(!fs::read(path).is_ok_and(|again| again.starts_with(&[5; 9])));
    }

    #[test]
    fn a_reader_that_stops_early_is_not_waited_for() {
        let (_folder, files) = sealed();
        let read_little = |path: &Path| File::open(path).unwrap().read_exact(&mut [0; 10]).is_ok();
        assert!(read(&files, "graph.onnx", read_little).unwrap());
        assert!(read(&files, "graph.onnx", |_| true).unwrap(), "nor is one that reads nothing");
    }

    #[test]
    fn a_file_that_was_changed_is_refused_however_happy_its_reader_is() {
        let (folder, files) = sealed();
        let path = folder.path().join("graph.onnx");
        let mut bytes = fs::read(&path).unwrap();
        bytes[200_000] ^= 1;
        fs::write(&path, bytes).unwrap();
        let mut read_some = 0;
        let refused = read(&files, "graph.onnx", |path| read_some = fs::read(path).unwrap().len());
        assert_eq!(refused.unwrap_err().code(), "file_failed");
        assert!(read_some < PLAIN);
        assert_eq!(read(&files, "none.onnx", |_| ()).unwrap_err().code(), "package_file_missing");
    }
}
