//! Bringing a model in through the door: part by part, licence first, nothing half, and never another file of the server.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::server::{Person, Server};

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
    server.folder.path().join("data/run/imports")
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
fn a_restart_in_the_middle_leaves_nothing_half() {
    let (mut server, mut owner) = Server::ready();
    let bytes = package(None);
    let begun = owner.post("/api/v1/studio/imports", &json!({ "file": "a.tar.zst", "bytes": bytes.len() })).created();
    part(&owner, &begun, 0, &bytes[..bytes.len() / 2]).ok();
    assert_eq!(left(&scratch(&server)).len(), 1);
    let killed = server.folder.path().join(format!("data/models/.import-{}-7", std::process::id()));
    fs::create_dir_all(&killed).unwrap();
    server.stop();
    server.start();
    assert!(left(&scratch(&server)).is_empty() && !killed.exists());
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
    assert!(incoming.join("good.tar.zst").exists(), "the operator's own file stays");
    let bad = owner.post("/api/v1/studio/imports", &json!({ "incoming": "bad.tar" })).created();
    for _ in 0..600 {
        let now = owner.get(&at(&bad, "")).ok();
        if now["state"] == "failed" {
            assert!(now["problem"]["detail"].as_str().unwrap().len() > 20);
            assert_eq!(actions(&owner), ["model.refused"]);
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
