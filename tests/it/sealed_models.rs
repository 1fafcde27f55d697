//! Weights sealed at rest: nothing of them lies open, only this studio's keys open them, and they render the same.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use dreamomni2::app::open::{Opener, models_key};
use dreamomni2::base::secret::Secret;
use dreamomni2::crypto::FileKey;
use dreamomni2::inference::{Lora, PackageInfo, Packages, Result, Settings};
use dreamomni2::work::{Start, Worker};
use serde_json::json;
use tempfile::TempDir;

use crate::packages::copy_into;
use crate::pipelines::{engine, folder, wrong_cases};
use crate::support::server::{PASSPHRASE, Server};

/// One whose weights lie in its graphs, and one that has some beside them.
const KINDS: [&str; 2] = ["sd", "kontext-half"];

struct Place {
    models: TempDir,
    packages: Packages,
}

impl Place {
    fn new() -> Place {
        let models = tempfile::tempdir().unwrap();
        let packages = Packages::new(Some(models.path().to_owned())).unlocked(FileKey::from_bytes([7; 32]));
        Place { models, packages }
    }

    fn import(&self, name: &str, seal: bool) -> Result<PackageInfo> {
        import(&self.packages, &folder(name), name, seal)
    }

    /// How workers are started that have these models.
    fn workers(&self) -> Start {
        let cache = Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("runtime"));
        Start {
            program: PathBuf::from(env!("CARGO_BIN_EXE_dreamomni2")),
            engine: Settings { cache, threads: 1, ..Settings::default() },
            models: Some(self.models.path().to_owned()),
        }
    }

    /// The same models for somebody with another key, or none.
    fn seen_by(&self, key: Option<u8>) -> Packages {
        let packages = Packages::new(Some(self.models.path().to_owned()));
        match key {
            Some(key) => packages.unlocked(FileKey::from_bytes([key; 32])),
            None => packages,
        }
    }
}

fn import(packages: &Packages, from: &Path, name: &str, seal: bool) -> Result<PackageInfo> {
    let unmeasured = |_: &Path| panic!("it tells its scale");
    packages.import_as(from, Some(name), seal, &mut |_, _| ControlFlow::Continue(()), &unmeasured)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// Runs of bytes of the weights and of the reference cases, as they lie in the package.
fn planted(name: &str) -> Vec<Vec<u8>> {
    let ends =
        |path: &Path| path.extension().is_some_and(|e| ["onnx", "data", "npy", "png"].iter().any(|end| e == *end));
    let wanted = files(&folder(name)).into_iter().filter(|path| ends(path));
    let pieces = wanted.map(|path| fs::read(path).unwrap());
    // From behind the middle, where the numbers are.
    pieces.filter(|bytes| bytes.len() > 256).map(|bytes| bytes[bytes.len() * 3 / 4..][..48].to_vec()).collect()
}

fn lying_open(folder: &Path, pieces: &[Vec<u8>]) -> BTreeSet<usize> {
    let all: Vec<Vec<u8>> = files(folder).iter().map(|path| fs::read(path).unwrap()).collect();
    let lies = |piece: &Vec<u8>| all.iter().any(|bytes| bytes.windows(piece.len()).any(|w| w == piece));
    pieces.iter().enumerate().filter(|(_, piece)| lies(piece)).map(|(at, _)| at).collect()
}

#[test]
fn no_weight_and_no_reference_of_a_sealed_model_lies_open_on_the_disk() {
    for name in KINDS {
        let (open, sealed) = (Place::new(), Place::new());
        let plain = open.import(name, false).unwrap();
        let pieces = planted(name);
        assert!(pieces.len() > 5, "{name}: {} files to look for", pieces.len());
        assert_eq!(lying_open(open.models.path(), &pieces).len(), pieces.len(), "an open one shows what is looked for");
        let info = sealed.import(name, true).unwrap();
        assert!(lying_open(sealed.models.path(), &pieces).is_empty(), "{name}");
        assert!(info.sealed && !plain.sealed);
        assert_eq!((&info.hash, info.bytes), (&plain.hash, plain.bytes), "it is the same model");
    }
}

#[test]
fn a_sealed_model_gives_the_numbers_of_its_makers() {
    let place = Place::new();
    for name in KINDS.into_iter().chain(["upscale2", "dreamomni2"]) {
        place.import(name, true).unwrap();
        let package = place.packages.find(name).unwrap();
        package.verify().unwrap();
        let half = name.ends_with("half");
        let wrong = wrong_cases(&package, |case| if half { case.max < 2e-2 } else { case.max < 1e-4 });
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
    }
    let package = place.packages.find("dreamomni2").unwrap();
    engine().load_rewriter(&package).map(drop).unwrap();
}

#[test]
fn without_the_studios_key_a_sealed_model_can_be_seen_but_not_opened() {
    let place = Place::new();
    place.import("sd", true).unwrap();
    let locked = place.seen_by(None);
    let info = locked.find("sd").unwrap().info;
    assert!(info.sealed && locked.list().unwrap().iter().any(|known| known.name == "sd"));
    assert_eq!(engine().load(&locked.find("sd").unwrap()).err().map(|e| e.code()), Some("model_sealed"));
    assert_eq!(locked.find("sd").unwrap().verify().unwrap_err().code(), "model_sealed");
    assert_eq!(place.seen_by(Some(8)).find("sd").unwrap_err().code(), "model_seal_foreign");
    let refused = import(&locked, &folder("scene"), "scene", true).unwrap_err();
    assert_eq!(refused.code(), "model_sealed");
    assert!(refused.to_string().contains("--passphrase-file"), "{refused}");
    locked.remove("sd").unwrap();
    assert_eq!(fs::read_dir(place.models.path()).unwrap().count(), 0, "whoever may remove files needs no key");
}

#[test]
fn a_sealed_file_that_was_changed_cut_or_put_in_the_place_of_another_is_refused() {
    let spoiled = |spoil: &dyn Fn(&Path)| {
        let place = Place::new();
        place.import("sd", true).unwrap();
        spoil(&place.models.path().join("sd"));
        let package = place.packages.find("sd").unwrap();
        let verified = package.verify().err().map(|e| e.code());
        assert_eq!(engine().load(&package).err().map(|e| e.code()), verified);
        verified
    };
    let graph = |root: &Path| root.join("unet/model.onnx");
    let edit = |root: &Path, edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = fs::read(graph(root)).unwrap();
        edit(&mut bytes);
        fs::write(graph(root), bytes).unwrap();
    };
    assert_eq!(spoiled(&|_| ()), None);
    assert_eq!(spoiled(&|root| edit(root, &|bytes| bytes[1000] ^= 1)), Some("file_failed"));
    assert_eq!(spoiled(&|root| edit(root, &|bytes| bytes.truncate(bytes.len() - 1))), Some("file_failed"));
    let swapped = |root: &Path| fs::copy(root.join("vae_decoder/model.onnx"), graph(root)).map(drop).unwrap();
    assert_eq!(spoiled(&swapped), Some("package_hash_differs"));
    let open = |root: &Path| fs::copy(folder("sd").join("unet/model.onnx"), graph(root)).map(drop).unwrap();
    assert_eq!(spoiled(&open), Some("file_failed"), "an open file has no place in a sealed package");
}

#[test]
fn an_import_that_was_stopped_open_leaves_nothing_open_when_it_goes_on_sealed() {
    for (first, second) in [(false, true), (true, false), (true, true)] {
        let place = Place::new();
        let mut told = |done, _| if done > 150_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let unmeasured = |_: &Path| panic!("it tells its scale");
        let stopped = place.packages.import_as(&folder("sd"), Some("sd"), first, &mut told, &unmeasured).unwrap_err();
        assert_eq!(stopped.code(), "import_stopped");
        assert_eq!(place.packages.stopped().len(), 1);
        place.import("sd", second).unwrap();
        let (pieces, package) = (planted("sd"), place.packages.find("sd").unwrap());
        assert_eq!(lying_open(place.models.path(), &pieces).is_empty(), second);
        assert_eq!(package.info.sealed, second);
        package.verify().unwrap();
    }
}

#[test]
fn a_model_that_is_here_is_sealed_in_one_step_or_stays_as_it_was() {
    let place = Place::new();
    let before = place.import("kontext-half", false).unwrap();
    let pieces = planted("kontext-half");
    let mut stop = |done, _| if done > 50_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    assert_eq!(place.packages.seal("kontext-half", &mut stop).unwrap_err().code(), "import_stopped");
    assert!(!place.packages.find("kontext-half").unwrap().info.sealed);
    place.packages.find("kontext-half").unwrap().verify().unwrap();

    let after = place.packages.seal("kontext-half", &mut |_, _| ControlFlow::Continue(())).unwrap();
    assert_eq!((after.hash.as_str(), after.sealed), (before.hash.as_str(), true));
    assert!(lying_open(place.models.path(), &pieces).is_empty());
    assert_eq!(fs::read_dir(place.models.path()).unwrap().count(), 1, "the open copy is gone");
    place.packages.find("kontext-half").unwrap().verify().unwrap();
    let again = place.packages.seal("kontext-half", &mut |_, _| ControlFlow::Continue(())).unwrap_err();
    assert!(again.to_string().contains("sealed already"), "{again}");
}

#[test]
fn what_a_seal_makes_impossible_is_said_with_the_way_around_it() {
    let place = Place::new();
    place.import("kontext-half", true).unwrap();
    let lora = Lora { file: folder("kontext-half").join("none.safetensors"), weight: 1.0, only: None };
    let refused = place.packages.fuse("kontext-half", &[lora], "fused").unwrap_err();
    assert!(refused.to_string().contains("model seal NAME"), "{refused}");
    // A folder taken out of a data folder is of no use elsewhere, and says so before anything is copied.
    let refused = import(&place.packages, &place.models.path().join("kontext-half"), "copy", false).unwrap_err();
    assert_eq!(refused.code(), "package_unsafe");
    assert!(refused.to_string().contains("seal of a studio"), "{refused}");
    // Weights that are called like a description would stay open.
    let from = tempfile::tempdir().unwrap();
    copy_into(&folder("kontext-half"), from.path());
    let (graph, data) = (from.path().join("transformer/model.onnx"), from.path().join("transformer/model.onnx.data"));
    let name = b"model.onnx.data";
    let renamed: Vec<u8> = {
        let mut bytes = fs::read(&graph).unwrap();
        let places: Vec<usize> = (0..bytes.len() - name.len()).filter(|at| bytes[*at..].starts_with(name)).collect();
        assert!(!places.is_empty());
        for at in places {
            bytes[at..][..name.len()].copy_from_slice(b"model.onnx.json");
        }
        bytes
    };
    fs::write(&graph, renamed).unwrap();
    fs::rename(&data, from.path().join("transformer/model.onnx.json")).unwrap();
    assert_eq!(import(&place.packages, from.path(), "named", true).unwrap_err().code(), "package_unsafe");
    import(&place.packages, from.path(), "named", false).unwrap();
}

#[test]
fn a_lone_graph_and_an_archive_with_a_folder_around_it_are_sealed_too() {
    let (place, from) = (Place::new(), tempfile::tempdir().unwrap());
    let lone = from.path().join("esrgan.onnx");
    fs::copy(folder("upscale4").join("upscaler/model.onnx"), &lone).unwrap();
    let engine = engine();
    let measure = |at: &Path| engine.measure(&place.packages, at);
    let mut told = |_, _| ControlFlow::Continue(());
    let info = place.packages.import_as(&lone, Some("lone"), true, &mut told, &measure).unwrap();
    assert_eq!((info.scale, info.sealed), (Some(4), true));

    let archive = from.path().join("sd.tar");
    let mut tar = tar::Builder::new(fs::File::create(&archive).unwrap());
    tar.append_dir_all("export", folder("sd")).unwrap();
    tar.into_inner().unwrap();
    import(&place.packages, &archive, "around", true).unwrap();
    assert!(lying_open(place.models.path(), &[planted("sd"), planted("upscale4")].concat()).is_empty());
    for name in ["lone", "around"] {
        engine.load(&place.packages.find(name).unwrap()).map(drop).unwrap();
    }
}

#[test]
fn a_worker_opens_sealed_models_only_with_the_key_that_it_was_given() {
    let place = Place::new();
    place.import("sd", true).unwrap();
    let how = place.workers();
    let cases = Worker::start(&how, Some(&FileKey::from_bytes([7; 32]))).unwrap().test("sd").unwrap();
    assert!(!cases.is_empty() && cases.iter().all(|case| case.passed));
    for key in [None, Some(FileKey::from_bytes([8; 32]))] {
        let refused = Worker::start(&how, key.as_ref()).unwrap().test("sd").unwrap_err();
        assert!(refused.to_string().contains("seal"), "{refused}");
    }
}

/// A number in bytes that the kernel tells of a process.
fn told(pid: u32, key: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
}

#[test]
fn what_a_sealed_model_was_opened_from_is_not_in_memory_beside_the_loaded_model() {
    const BALLAST: u64 = 256 << 20;
    let (place, from) = (Place::new(), tempfile::tempdir().unwrap());
    copy_into(&folder("kontext-half"), from.path());
    let beside = fs::OpenOptions::new().append(true).open(from.path().join("transformer/model.onnx.data")).unwrap();
    beside.set_len(BALLAST).unwrap();
    import(&place.packages, from.path(), "heavy", true).unwrap();
    let mut worker = Worker::start(&place.workers(), Some(&FileKey::from_bytes([7; 32]))).unwrap();
    let cases = worker.test("heavy").unwrap();
    assert!(!cases.is_empty() && cases.iter().all(|case| case.passed));
    assert!(told(worker.pid(), "VmHWM:") > BALLAST, "it was in memory as the model was opened");
    let stays = told(worker.pid(), "VmRSS:");
    assert!(stays < BALLAST, "{} MiB stay", stays >> 20);
}

#[test]
fn a_model_is_sealed_through_the_door_and_by_the_command_line_with_the_same_keys() {
    let (mut server, mut owner) = Server::ready();
    copy_into(&folder("sd"), &server.incoming().join("house"));
    let taken = owner.post("/api/v1/studio/imports", &json!({ "incoming": "house" })).created();
    let at = |path: &str| format!("/api/v1/studio/imports/{}{path}", taken["id"].as_str().unwrap());
    let wait = |owner: &crate::support::server::Person, state: &str| {
        let reached = (0..600).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            owner.get(&at("")).ok()["state"] == state
        });
        assert!(reached, "never {state}: {}", owner.get(&at("")).ok());
    };
    wait(&owner, "waiting");
    assert_eq!(owner.post(&at("/accept"), &json!({ "name": "house", "seal": true })).ok()["seal"], true);
    wait(&owner, "done");
    let models = owner.get("/api/v1/models").ok();
    let house = models["items"].as_array().unwrap().iter().find(|m| m["name"] == "house").unwrap();
    assert_eq!(house["sealed"], true);
    let data = server.folder.path().join("data");
    assert!(lying_open(&data.join("models"), &planted("sd")).is_empty());

    let key = models_key(&server.config(), &Opener::Passphrase(Secret::new(PASSPHRASE))).unwrap();
    let packages = Packages::new(Some(data.join("models"))).unlocked(key);
    packages.find("house").unwrap().verify().unwrap();
    server.stop();

    let pass = server.folder.path().join("pass");
    fs::write(&pass, PASSPHRASE).unwrap();
    let run = |words: &[&str]| -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dreamomni2"));
        command.args(words).arg("--data").arg(&data).env_clear().env("HOME", server.folder.path()).stdin(Stdio::null());
        command.output().unwrap()
    };
    let pass = pass.to_str().unwrap();
    let tested = run(&["model", "test", "house", "--passphrase-file", pass]);
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stderr));
    let asked = run(&["model", "test", "house"]);
    assert_eq!(asked.status.code(), Some(2), "nobody is there to be asked");
    assert!(String::from_utf8_lossy(&asked.stderr).contains("--passphrase-file"));
    let from = folder("upscale2");
    let from = from.to_str().unwrap();
    let seal = ["model", "import", from, "--name", "larger", "--accept-licence", "--seal", "--passphrase-file", pass];
    assert!(run(&seal).status.success());
    assert!(lying_open(&data.join("models"), &planted("upscale2")).is_empty());
    let mut nowhere = Command::new(env!("CARGO_BIN_EXE_dreamomni2"));
    let nowhere = nowhere.args(seal).arg("--data").arg(server.folder.path().join("new")).stdin(Stdio::null()).output();
    let told = String::from_utf8(nowhere.unwrap().stderr).unwrap();
    assert!(told.contains("dreamomni2 init") && told.contains("code: not_set_up"), "{told}");
    let whole = run(&["verify", "--passphrase-file", pass]);
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
}
