//! What people write never reaches the log, at the loudest level, not even when it is refused.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::support::server::{PASSPHRASE, PASSWORD, Server, png};

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn no_word_of_a_person_is_ever_in_the_log() {
    let kept = Kept::default();
    let writer = kept.clone();
    let lines = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // Another test of this process may have been first: then this one proves nothing and says so.
    assert!(tracing::subscriber::set_global_default(lines).is_ok() || std::env::var_os("NEXTEST").is_none());

    let (mut server, mut owner) = Server::ready();
    let setup_code = server.running().ready.setup_code.clone().unwrap();
    let marker = "zyxmarker";
    let invited =
        owner.post(&owner.at("/invitations"), &json!({ "role": "artist", "email": "zyxmarker@x.example" })).created();
    let code = invited["link_code"].as_str().unwrap().to_owned();
    server.nobody().get(&format!("/api/v1/invitations/{code}")).ok();
    owner.post("/api/v1/workspaces", &json!({ "name": "zyxmarker film" })).created();
    owner.patch("/api/v1/me", &json!({ "name": "zyxmarker" })).ok();
    owner.post_raw(&owner.at("/assets?name=zyxmarker.png"), "image/png", png(64, 64)).created();
    owner.post_raw(&owner.at("/assets?name=zyxmarker.png"), "image/png", b"zyxmarker".to_vec());
    owner.post(&owner.at("/jobs"), &json!({ "prompt": "zyxmarker", "task": "zyxmarker" })).refused(422);
    owner.get(&owner.at("/gallery?q=zyxmarker%20%22open"));
    owner
        .post("/api/v1/sessions", &json!({ "email": "zyxmarker@x.example", "password": "zyxmarker zyx" }))
        .refused(401);
    owner.get("/zyxmarker?zyxmarker=1");
    server.stop();

    let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("the studio answers"), "{log}");
    let secret = owner.cookie.as_deref().unwrap().trim_start_matches("studio_session=");
    for word in [marker, PASSWORD, PASSPHRASE, &code, &setup_code, secret, owner.csrf.as_str(), "Ana", "orchid.example"]
    {
        assert!(!log.contains(word), "{word} is in the log:\n{log}");
    }
}
