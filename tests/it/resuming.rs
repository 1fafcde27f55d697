//! Imports that stop in the middle: killed, on a full disk, on purpose. They go on, and copy nothing twice.

use std::fs::{self, File};
use std::io::Write;
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use dreamomni2::inference::{PackageInfo, Packages, Result};
use tempfile::TempDir;

use crate::packages::copy_into;

const SMALL: u64 = 1 << 20;
const LARGE: u64 = 6 << 20;
/// No file may grow longer than this many blocks; shells count blocks of 512 or of 1024 bytes.
const BLOCKS: &str = "4096";

/// A package whose first file is small and whose last one is longer than the stopped program can write.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("package");
        copy_into(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages/scene"), &from);
        for (name, length) in [("aa/small.bin", SMALL), ("zz/large.bin", LARGE)] {
            fs::create_dir(from.join(name).parent().unwrap()).unwrap();
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            fs::write(from.join(name), bytes).unwrap();
        }
        Place { folder }
    }

    fn package(&self) -> PathBuf {
        self.folder.path().join("package")
    }

    /// The same as an archive; its files in the order of their names.
    fn archive(&self, packed: bool) -> PathBuf {
        let mut tar = tar::Builder::new(Vec::new());
        let mut files = Vec::new();
        walk(&self.package(), &mut files);
        for file in &files {
            let name = Path::new("export").join(file.strip_prefix(self.package()).unwrap());
            tar.append_path_with_name(file, name).unwrap();
        }
        let tar = tar.into_inner().unwrap();
        let (name, bytes) =
            if packed { ("m.tar.zst", zstd::encode_all(tar.as_slice(), 1).unwrap()) } else { ("m.tar", tar) };
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn packages(&self) -> Packages {
        Packages::new(Some(self.data().join("models")))
    }

    /// The real program, to which writing more into a file is deadly; or an error, where it is `deaf` to that.
    fn stopped(&self, from: &Path, deaf: bool) -> Output {
        let trap = if deaf { "trap '' XFSZ; " } else { "" };
        Command::new("sh")
            .args(["-c", &format!("{trap}ulimit -c 0; ulimit -f {BLOCKS}; exec \"$0\" \"$@\"")])
            .arg(env!("CARGO_BIN_EXE_dreamomni2"))
            .args(["model", "import", "--name", "m", "--accept-licence", "--data"])
            .args([&self.data(), from])
            .output()
            .unwrap()
    }

    /// What a stopped import left, with who wrote it.
    fn half(&self) -> PathBuf {
        let halves: Vec<PathBuf> = entries(&self.data().join("models"));
        assert_eq!(halves.len(), 1, "{halves:?}");
        halves[0].join("files")
    }

    /// A second try in this thread, and how many bytes it wrote.
    fn again(&self, from: &Path) -> (PackageInfo, u64) {
        let before = written();
        let info = import(&self.packages(), from).unwrap();
        (info, written() - before)
    }
}

fn import(packages: &Packages, from: &Path) -> Result<PackageInfo> {
    packages.import(from, Some("m"), &mut |_, _| ControlFlow::Continue(()))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut all = entries(folder);
    all.sort();
    for path in all {
        if path.is_dir() { walk(&path, found) } else { found.push(path) }
    }
}

/// Bytes that this thread gave to the kernel to write, into any file.
fn written() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/io").unwrap();
    text.lines().find_map(|line| line.strip_prefix("wchar: ")).unwrap().parse().unwrap()
}

/// Which file on the disk it is, and when it was written.
fn identity(file: &Path) -> (u64, i64, i64) {
    let meta = fs::metadata(file).unwrap();
    (meta.ino(), meta.mtime(), meta.mtime_nsec())
}

#[test]
fn an_import_killed_in_the_middle_of_a_file_goes_on_and_copies_nothing_twice() {
    for kind in ["folder", "tar", "tar.zst"] {
        let place = Place::new();
        let (from, inside) = match kind {
            "folder" => (place.package(), ""),
            other => (place.archive(other == "tar.zst"), "export"),
        };
        let killed = place.stopped(&from, false);
        assert!(killed.status.signal().is_some(), "{kind}: {killed:?}");
        let half = place.half().join(inside);
        let (small, torn) = (half.join("aa/small.bin"), half.join("zz/large.bin"));
        assert!(fs::metadata(&torn).unwrap().len() < LARGE, "{kind}: it was not killed in the middle");
        let first = identity(&small);
        assert_eq!(place.packages().list().unwrap().len(), 1, "half a model is listed");

        let (info, written) = place.again(&from);
        let model = place.data().join("models/m");
        assert_eq!(identity(&model.join("aa/small.bin")), first, "{kind}: what stood was written again");
        // The torn file, and some notes.
        assert!((LARGE..LARGE + (128 << 10)).contains(&written), "{kind}: {written} bytes were written");
        assert_eq!(
            fs::read(model.join("zz/large.bin")).unwrap(),
            fs::read(place.package().join("zz/large.bin")).unwrap()
        );
        place.packages().find("m").unwrap().verify().unwrap();
        assert_eq!(entries(&place.data().join("models")), [model], "{kind}: something remains");
        let anew = tempfile::tempdir().unwrap();
        assert_eq!(info, import(&Packages::new(Some(anew.path().to_owned())), &from).unwrap());
    }
}

#[test]
fn a_full_disk_keeps_what_stands_and_says_so() {
    let place = Place::new();
    let full = place.stopped(&place.package(), true);
    assert_eq!(full.status.code(), Some(1), "{full:?}");
    assert!(String::from_utf8_lossy(&full.stderr).contains("code: file_failed"), "{full:?}");
    let (_, written) = place.again(&place.package());
    assert!((LARGE..LARGE + (128 << 10)).contains(&written), "{written} bytes were written");
}

#[test]
fn what_is_torn_or_changed_since_is_copied_again() {
    let place = Place::new();
    let from = place.package();
    place.stopped(&from, false);
    let small = place.half().join("aa/small.bin");
    let mut bytes = fs::read(&small).unwrap();
    bytes[4711] ^= 1;
    fs::write(&small, bytes).unwrap();
    // The same size as before, and another content.
    let config = from.join("text_encoder/config.json");
    let same_size = fs::read_to_string(&config).unwrap().replace(char::is_whitespace, " ");
    fs::write(&config, same_size).unwrap();
    // The last line was being written.
    let journal = place.half().with_file_name("journal");
    let torn = fs::metadata(&journal).unwrap().len() - 7;
    File::options().write(true).open(&journal).unwrap().set_len(torn).unwrap();
    let (_, written) = place.again(&from);
    assert!((LARGE + SMALL..LARGE + SMALL + (128 << 10)).contains(&written), "{written} bytes were written");
    let model = place.data().join("models/m");
    let mut files = Vec::new();
    walk(&from, &mut files);
    for file in files {
        let inside = file.strip_prefix(&from).unwrap();
        assert_eq!(fs::read(model.join(inside)).unwrap(), fs::read(&file).unwrap(), "{}", inside.display());
    }
    place.packages().find("m").unwrap().verify().unwrap();
}

#[test]
fn a_source_that_lost_a_file_leaves_none_of_it_in_the_model() {
    let place = Place::new();
    place.stopped(&place.package(), false);
    fs::remove_dir_all(place.package().join("aa")).unwrap();
    place.again(&place.package());
    assert!(!place.data().join("models/m/aa").exists());
}

#[test]
fn a_model_in_its_place_is_known_as_what_an_import_of_the_same_files_puts_there_and_as_nothing_else() {
    let place = Place::new();
    let (from, packages) = (place.package(), place.packages());
    import(&packages, &from).unwrap();
    let is_of = |name, from: &Path| packages.is_of(name, from, &mut |_, _| ControlFlow::Continue(())).unwrap();
    for same in [&from, &place.archive(false), &place.archive(true)] {
        assert!(is_of("m", same), "{}", same.display());
    }
    assert!(!is_of("starter", &from));
    // A file more, and one that is another.
    fs::write(from.join("aa/more.bin"), "more").unwrap();
    assert!(!is_of("m", &from));
    fs::rename(from.join("aa/more.bin"), from.join("aa/small.bin")).unwrap();
    assert!(!is_of("m", &from));
    fs::remove_file(from.join("aa/small.bin")).unwrap();
    assert!(!is_of("m", &from));

    // A graph that came alone has got a package around it.
    let graph = |name: &str| {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages").join(name).join("upscaler/model.onnx")
    };
    let alone = place.data().join("swin.onnx");
    fs::copy(graph("upscale-window"), &alone).unwrap();
    packages.import(&alone, None, &mut |_, _| ControlFlow::Continue(())).unwrap();
    assert!(is_of("swin", &alone));
    fs::copy(graph("upscale2"), &alone).unwrap();
    assert!(!is_of("swin", &alone));
}

#[test]
fn somebody_who_stops_an_import_between_two_chunks_finds_it_where_it_was() {
    let place = Place::new();
    let from = place.archive(true);
    let mut heard = 0;
    let stopped = place.packages().import(&from, Some("m"), &mut |done, _| {
        heard = done;
        if done > SMALL { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(stopped.unwrap_err().code(), "import_stopped");
    assert!((SMALL..LARGE).contains(&heard), "{heard}");
    let half = &place.packages().stopped()[0];
    assert_eq!(half.from, from.canonicalize().unwrap());
    // What of the large one was written takes room too.
    assert!(half.bytes + (64 << 10) >= heard, "{half:?} of {heard}");
    // Once more at once, while what stands is looked at: it is not taken for torn.
    let stopped = place.packages().import(&from, Some("m"), &mut |_, _| ControlFlow::Break(()));
    assert_eq!(stopped.unwrap_err().code(), "import_stopped");
    let (_, written) = place.again(&from);
    assert!(written < LARGE + (128 << 10), "{written} bytes were written");
    let looked = place.packages().look(&from, &mut |_, _| ControlFlow::Break(()));
    assert_eq!(looked.unwrap_err().code(), "import_stopped");
}

#[test]
fn a_package_that_is_refused_leaves_nothing_and_two_at_once_do_not_meet() {
    let place = Place::new();
    let from = place.package();
    let packages = place.packages();
    let mut inner = None;
    let outer = packages.import(&from, Some("outer"), &mut |done, _| {
        if done >= SMALL && inner.is_none() {
            inner = Some(packages.import(&from, Some("inner"), &mut |_, _| ControlFlow::Continue(())).unwrap());
        }
        ControlFlow::Continue(())
    });
    assert_eq!(outer.unwrap().hash, inner.unwrap().hash);
    fs::write(from.join("zz/run.sh"), "echo").unwrap();
    assert_eq!(import(&packages, &from).unwrap_err().code(), "package_unsafe");
    let left: Vec<_> = entries(&place.data().join("models"));
    assert!(left.iter().all(|path| path.ends_with("inner") || path.ends_with("outer")), "{left:?}");
}

#[test]
fn an_unfinished_import_is_named_by_the_doctor_and_goes_when_asked_or_after_days() {
    let place = Place::new();
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dreamomni2"));
        let out = command.args(words).arg("--data").arg(place.data()).output().unwrap();
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    place.stopped(&place.package(), false);
    let told = run(&["doctor"]);
    assert!(told.contains("stopped half way") && told.contains("model remove --unfinished"), "{told}");
    assert_eq!(run(&["model", "remove", "--unfinished"]).trim(), "One unfinished import is removed.");
    assert!(entries(&place.data().join("models")).is_empty());
    assert!(run(&["doctor"]).contains("no import was stopped"));

    place.stopped(&place.package(), false);
    let home = place.half().parent().unwrap().to_owned();
    let age = |days: u64| {
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(now() - days * 86_400);
        for path in entries(&home) {
            File::open(path).unwrap().set_modified(then).unwrap();
        }
        place.packages().tidy(false);
        home.exists()
    };
    assert!(age(6), "it was taken away too early");
    assert!(!age(8), "nobody took it away");
}

/// The machine's time, by the age of a file made now.
fn now() -> u64 {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"now").unwrap();
    file.metadata().unwrap().mtime().unsigned_abs()
}
