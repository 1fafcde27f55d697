//! Bringing a model in through the door: part by part, licence first, nothing half, and never another file of the server.

use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dreamomni2::inference::Packages;
use serde_json::{Value, json};

use crate::packages::copy_into;
use crate::support::server::{PASSPHRASE, Person, Server};

fn package(licence: Option<&str>) -> Vec<u8> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages/scene");
    let mut tar = tar::Builder::new(Vec::new());
    tar.append_dir_all("export", from).unwrap();
    if let Some(text) = licence {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, "export/LICENSE.txt", text.as_bytes()).unwrap();
    }
    zstd::encode_all(tar.into_inner().unwrap().as_slice(), 3).unwrap()
}

fn at(import: &Value, path: &str) -> String {
    format!("/api/v1/studio/imports/{}{path}", import["id"].as_str().unwrap())
}

/// Waits until the studio has done its part.
fn state(owner: &Person, import: &Value, wanted: &str) -> Value {
    for _ in 0..600 {
        let now = owner.get(&at(import, "")).ok();
        if now["state"] == wanted {
            return now;
        }
        assert_ne!(now["state"], "failed", "{now}");
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the import never became {wanted}");
}

fn part(owner: &Person, import: &Value, offset: usize, bytes: &[u8]) -> crate::support::server::Answer {
    owner.post_raw(&at(import, &format!("/part?offset={offset}")), "application/octet-stream", bytes.to_vec())
}

fn names(owner: &Person) -> Vec<String> {
    let all = owner.get("/api/v1/models").ok();
    all["items"].as_array().unwrap().iter().map(|m| m["name"].as_str().unwrap().to_owned()).collect()
}

fn actions(owner: &Person) -> Vec<String> {
    let log = owner.get("/api/v1/studio/audit?action=model.").ok();
    log["items"].as_array().unwrap().iter().map(|l| l["action"].as_str().unwrap().to_owned()).collect()
}

fn scratch(server: &Server) -> PathBuf {
    server.folder.path().join("data/imports")
}

/// The studio starts again, is unlocked, and the owner's browser is still there.
fn restart(server: &mut Server, owner: &Person) -> Person {
    server.stop();
    server.start();
    let mut again = server.nobody();
    again.post("/api/v1/unlock", &json!({ "passphrase": PASSPHRASE })).done();
    again.cookie.clone_from(&owner.cookie);
    again.csrf.clone_from(&owner.csrf);
    again
}

/// A package in the incoming folder whose last file takes a while; its bytes are a hole in the disk.
fn slow_package(server: &Server) {
    large_package(server, "slow", 3 << 30);
}

fn large_package(server: &Server, name: &str, bytes: u64) -> PathBuf {
    let to = server.incoming().join(name);
    copy_into(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages/scene"), &to);
    fs::create_dir(to.join("zz")).unwrap();
    let large = to.join("zz/large.bin");
    fs::File::create(&large).unwrap().set_len(bytes).unwrap();
    large
}

/// Takes it, accepts its licence, and waits until some of it is copied.
fn copying(owner: &mut Person) -> Value {
    let taken = owner.post("/api/v1/studio/imports", &json!({ "incoming": "slow" })).created();
    state(owner, &taken, "waiting");
    owner.post(&at(&taken, "/accept"), &json!({ "name": "slow" })).ok();
    begun(owner, &taken);
    taken
}

fn begun(owner: &Person, import: &Value) {
    for _ in 0..2000 {
        let now = owner.get(&at(import, "")).ok();
        assert_eq!(now["state"], "copying", "{now}");
        if now["done"].as_u64().unwrap() > 16 << 20 {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("nothing was copied");
}

fn left(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_package_comes_in_by_parts_and_only_after_its_licence_was_accepted() {
    let (server, mut owner) = Server::ready();
    let bytes = package(Some("Do no harm."));
    let begun = owner
        .post("/api/v1/studio/imports", &json!({ "file": "../../house style.tar.zst", "bytes": bytes.len() }))
        .created();
    let half = bytes.len() / 2;
    part(&owner, &begun, 0, &bytes[..half]).ok();
    // The line broke and the browser does not know how much arrived: it is told, and nothing is taken twice.
    let elsewhere = part(&owner, &begun, 0, &bytes[..half]).refused(409);
    assert_eq!(elsewhere["code"], "upload_elsewhere");
    assert_eq!(owner.get(&at(&begun, "")).ok()["done"], half);
    part(&owner, &begun, half, &bytes[half..]).ok();

    let waiting = state(&owner, &begun, "waiting");
    assert_eq!(
        (&waiting["offer"]["family"], &waiting["offer"]["licence_text"]),
        (&json!("scene"), &json!("Do no harm."))
    );
    assert_eq!(names(&owner), ["starter"]);
    assert_eq!(
        owner.post(&at(&begun, "/accept"), &json!({ "name": "starter" })).refused(422)["code"],
        "model_name_taken"
    );
    let mut stream = owner.listen(None);
    owner.post(&at(&begun, "/accept"), &json!({ "name": "house" })).ok();
    assert_eq!(stream.until("import").data["state"], "copying");
    state(&owner, &begun, "done");
    stream.until("model");
    assert_eq!(names(&owner), ["house", "starter"]);
    assert!(left(&scratch(&server)).is_empty(), "what was received is taken away");
    assert_eq!(actions(&owner), ["model.imported", "model.licence_accepted"]);

    let mut ordered = json!({ "task": "picture", "prompt": "a red circle", "width": 64, "height": 36, "steps": 4,
        "guidance": 2.0, "model": "house" });
    let job = owner.post(&owner.at("/jobs"), &ordered).created();
    assert_eq!(owner.delete("/api/v1/models/house").refused(409)["code"], "model_in_use");
    owner.post(&owner.at(&format!("/jobs/{}/cancel", job["id"].as_str().unwrap())), &json!({})).ok();
    owner.delete("/api/v1/models/house").done();
    assert_eq!(owner.delete("/api/v1/models/starter").refused(409)["code"], "model_embedded");
    assert_eq!(names(&owner), ["starter"]);
    assert!(left(&server.folder.path().join("data/models")).is_empty());
    ordered["model"] = json!("house");
    assert_eq!(owner.post(&owner.at("/jobs"), &ordered).refused(422)["code"], "model_unknown");
}

#[test]
fn an_upload_goes_on_after_a_restart_and_what_was_killed_among_the_models_goes() {
    const PART: usize = 16 << 20;
    let (mut server, mut owner) = Server::ready();
    let mut bytes = zstd::decode_all(package(None).as_slice()).unwrap();
    // Behind the end of the archive: nobody reads it.
    bytes.resize(PART * 2 + 100, 0);
    let file = json!({ "file": "a.tar", "bytes": bytes.len(), "modified": 1_700_000_000_000_i64 });
    let begun = owner.post("/api/v1/studio/imports", &file).created();
    part(&owner, &begun, 0, &bytes[..PART]).ok();
    part(&owner, &begun, PART, &bytes[PART..PART * 2]).ok();
    let killed = server.folder.path().join(format!("data/models/.import-{}-7", std::process::id()));
    fs::create_dir_all(&killed).unwrap();
    let stray = scratch(&server).join("imp_00000000000000000000000000");
    fs::create_dir_all(&stray).unwrap();

    let mut owner = restart(&mut server, &owner);
    assert!(!killed.exists() && !stray.exists());
    // The page was loaded again and the same file is chosen once more; a changed one is another.
    let mut changed = file.clone();
    changed["modified"] = json!(1_700_000_000_001_i64);
    assert_ne!(owner.post("/api/v1/studio/imports", &changed).created()["id"], begun["id"]);
    let known = owner.post("/api/v1/studio/imports", &file).created();
    assert_eq!((&known["id"], &known["state"]), (&begun["id"], &json!("receiving")));
    // The last part may be torn, so it is sent again.
    assert_eq!(known["done"], PART);
    part(&owner, &begun, PART, &bytes[PART..PART * 2]).ok();
    part(&owner, &begun, PART * 2, &bytes[PART * 2..]).ok();
    let offer = state(&owner, &begun, "waiting")["offer"].clone();
    // What waits for a person waits over a restart too.
    let mut owner = restart(&mut server, &owner);
    assert_eq!(state(&owner, &begun, "waiting")["offer"], offer);
    owner.post(&at(&begun, "/accept"), &json!({ "name": "house" })).ok();
    state(&owner, &begun, "done");
    assert_eq!(names(&owner), ["house", "starter"]);
}

#[test]
fn an_import_is_cancelled_between_two_chunks_and_leaves_only_what_another_try_can_use() {
    let (server, mut owner) = Server::ready();
    slow_package(&server);
    let taken = copying(&mut owner);
    owner.delete(&at(&taken, "")).done();
    let cancelled = state(&owner, &taken, "cancelled");
    assert_eq!(cancelled["problem"], Value::Null);
    assert_eq!((names(&owner), actions(&owner)[0].as_str()), (vec!["starter".to_owned()], "model.import_cancelled"));
    let models = server.folder.path().join("data/models");
    assert!(left(&models).iter().all(|name| name.starts_with(".half-")), "{:?}", left(&models));
    owner.post(&at(&taken, "/accept"), &json!({})).refused(409);
    // Once more takes it off the list.
    owner.delete(&at(&taken, "")).done();
    owner.get(&at(&taken, "")).refused(404);

    // One that a browser sends goes with all that was received.
    let bytes = package(None);
    let sent = owner.post("/api/v1/studio/imports", &json!({ "file": "a.tar", "bytes": bytes.len() })).created();
    part(&owner, &sent, 0, &bytes[..100]).ok();
    owner.delete(&at(&sent, "")).done();
    assert_eq!(owner.get(&at(&sent, "")).ok()["state"], "cancelled");
    assert_eq!(part(&owner, &sent, 100, &bytes[100..]).refused(409)["code"], "upload_elsewhere");
    assert!(left(&scratch(&server)).is_empty());
}

#[test]
fn a_copy_from_the_incoming_folder_goes_on_after_a_restart_with_what_stands() {
    let (mut server, mut owner) = Server::ready();
    slow_package(&server);
    let taken = copying(&mut owner);
    let models = server.folder.path().join("data/models");
    let stands = || {
        let half = left(&models).into_iter().find(|name| name.starts_with(".half-")).unwrap();
        let meta = fs::metadata(models.join(half).join("files/model_index.json")).unwrap();
        (meta.ino(), meta.mtime_nsec())
    };
    let before = stands();
    let owner = restart(&mut server, &owner);
    begun(&owner, &taken);
    assert_eq!(stands(), before, "it was copied a second time");
    owner.delete(&at(&taken, "")).done();
    state(&owner, &taken, "cancelled");
}

#[test]
fn a_studio_killed_between_the_model_in_its_place_and_the_note_of_it_is_done_at_its_next_start_and_logs_it_once() {
    let (mut server, mut owner) = Server::ready();
    slow_package(&server);
    let taken = copying(&mut owner);
    server.stop();
    // What the killed studio had still done; in less room than the whole hole would take.
    let from = server.incoming().join("slow");
    fs::File::create(from.join("zz/large.bin")).unwrap().set_len(1 << 20).unwrap();
    let packages = Packages::new(Some(server.folder.path().join("data/models")));
    packages.import(&from, Some("slow"), &mut |_, _| ControlFlow::Continue(())).unwrap();
    server.start();
    for _ in 0..2 {
        owner = restart(&mut server, &owner);
        state(&owner, &taken, "done");
        assert_eq!(names(&owner), ["slow", "starter"]);
        assert_eq!(actions(&owner), ["model.imported", "model.licence_accepted"]);
        assert_eq!(left(&server.folder.path().join("data/models")), ["slow"]);
    }
}

#[test]
fn an_upload_that_fills_the_disk_keeps_what_was_received_says_how_much_room_is_missing_and_goes_on() {
    let (server, mut owner) = Server::ready();
    let bytes = package(None);
    let begun = owner.post("/api/v1/studio/imports", &json!({ "file": "a.tar.zst", "bytes": bytes.len() })).created();
    let half = bytes.len() / 2;
    part(&owner, &begun, 0, &bytes[..half]).ok();
    let received = scratch(&server).join(begun["id"].as_str().unwrap()).join("a.tar.zst");
    let aside = server.folder.path().join("aside");
    fs::rename(&received, &aside).unwrap();
    // The kernel's own full disk.
    std::os::unix::fs::symlink("/dev/full", &received).unwrap();
    let mut stream = owner.listen(None);
    let full = part(&owner, &begun, half, &bytes[half..]).refused(503);
    assert_eq!(full["code"], "import_disk_full");
    assert_eq!(stream.until("import").data["problem"]["code"], "import_disk_full");
    let now = owner.get(&at(&begun, "")).ok();
    assert_eq!((&now["state"], &now["done"]), (&json!("receiving"), &json!(half)));
    assert!(now["problem"]["detail"].as_str().unwrap().contains("256 MiB must be free"), "{now}");
    fs::remove_file(&received).unwrap();
    fs::rename(&aside, &received).unwrap();
    assert_eq!(part(&owner, &begun, half, &bytes[half..]).ok()["problem"], Value::Null);
    state(&owner, &begun, "waiting");
}

#[test]
fn a_copy_that_finds_no_room_waits_for_it_with_what_was_brought_and_is_not_refused() {
    let (server, mut owner) = Server::ready();
    // More than any disk of a test has; its bytes are a hole.
    let large = large_package(&server, "huge", 8 << 40);
    let taken = owner.post("/api/v1/studio/imports", &json!({ "incoming": "huge" })).created();
    state(&owner, &taken, "waiting");
    let mut stream = owner.listen(None);
    owner.post(&at(&taken, "/accept"), &json!({})).ok();
    assert_eq!(stream.until("import").data["state"], "copying");
    let waits = stream.until("import").data;
    assert_eq!((&waits["state"], &waits["problem"]["code"]), (&json!("waiting"), &json!("import_disk_full")));
    assert!(waits["problem"]["detail"].as_str().unwrap().contains("8388864 MiB must be free"), "{waits}");
    fs::File::create(large).unwrap().set_len(1 << 20).unwrap();
    assert_eq!(owner.post(&at(&taken, "/accept"), &json!({})).ok()["problem"], Value::Null);
    state(&owner, &taken, "done");
    assert_eq!(actions(&owner), ["model.imported", "model.licence_accepted", "model.licence_accepted"]);
}

#[test]
fn only_what_lies_in_the_incoming_folder_can_be_taken_and_no_link_leads_out() {
    let (server, mut owner) = Server::ready();
    let incoming = server.incoming();
    fs::write(server.folder.path().join("secret.tar"), package(None)).unwrap();
    fs::write(incoming.join("good.tar.zst"), package(None)).unwrap();
    fs::write(incoming.join("bad.tar"), [7; 4096]).unwrap();
    std::os::unix::fs::symlink("/etc", incoming.join("etc")).unwrap();
    let listed = owner.get("/api/v1/studio/incoming").ok();
    assert_eq!(listed["names"], json!(["bad.tar", "good.tar.zst"]));
    for name in ["etc", "../secret.tar", "/etc/passwd", "", "..", "good.tar.zst/"] {
        owner.post("/api/v1/studio/imports", &json!({ "incoming": name })).refused(404);
    }
    let taken = owner.post("/api/v1/studio/imports", &json!({ "incoming": "good.tar.zst" })).created();
    let waiting = state(&owner, &taken, "waiting");
    assert_eq!(waiting["offer"]["licence_text"], Value::Null);
    owner.delete(&at(&taken, "")).done();
    assert_eq!(owner.get(&at(&taken, "")).ok()["state"], "cancelled");
    assert!(incoming.join("good.tar.zst").exists(), "the operator's own file stays");
    let bad = owner.post("/api/v1/studio/imports", &json!({ "incoming": "bad.tar" })).created();
    for _ in 0..600 {
        let now = owner.get(&at(&bad, "")).ok();
        if now["state"] == "failed" {
            assert!(now["problem"]["detail"].as_str().unwrap().len() > 20);
            assert_eq!(actions(&owner), ["model.refused", "model.import_cancelled"]);
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("a broken archive was not refused");
}

#[test]
fn who_is_no_operator_neither_brings_nor_hears_nor_removes() {
    let (server, mut owner) = Server::ready();
    let mut producer = server.member(&mut owner, "producer", "Bo");
    let upload = json!({ "file": "a.tar", "bytes": 10 });
    assert_eq!(producer.post("/api/v1/studio/imports", &upload).refused(403)["code"], "refused");
    producer.get("/api/v1/studio/imports").refused(403);
    producer.get("/api/v1/studio/incoming").refused(403);
    producer.delete("/api/v1/models/starter").refused(403);
    let mut stream = producer.listen(None);
    owner.post("/api/v1/studio/imports", &upload).created();
    owner
        .post(
            &owner.at("/jobs"),
            &json!({ "task": "picture", "prompt": "a lamp", "width": 96, "height": 64, "steps": 4,
        "guidance": 2.0, "model": "starter" }),
        )
        .created();
    let heard = std::iter::from_fn(|| stream.next()).find(|e| e.name == "job" || e.name == "import").unwrap();
    assert_eq!(heard.name, "job");
}
