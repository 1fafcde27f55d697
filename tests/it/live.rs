//! The live stream: nothing missed, nothing foreign, ended with its session.

use serde_json::json;

use crate::support::server::{Server, png};

#[test]
fn a_broken_stream_goes_on_where_it_was() {
    let (_server, mut owner) = Server::ready();
    let mut stream = owner.listen(None);
    let hello = stream.next().unwrap();
    assert_eq!((hello.name.as_str(), &hello.data), ("hello", &json!({ "resumed": false })));
    let upload = |person: &crate::support::server::Person, name: &str| {
        let path = person.at(&format!("/assets?name={name}"));
        person.post_raw(&path, "image/png", png(64, 64)).created()["id"].clone()
    };
    let first = upload(&owner, "one.png");
    let heard = stream.until("asset");
    assert_eq!((&heard.data["id"], heard.data["workspace"].as_str()), (&first, Some(owner.workspace.as_str())));
    drop(stream);

    let missed = [upload(&owner, "two.png"), upload(&owner, "three.png")];
    let mut stream = owner.listen(heard.id.as_deref());
    assert_eq!(stream.next().unwrap().data, json!({ "resumed": true }));
    for id in missed {
        assert_eq!(stream.until("asset").data["id"], id);
    }

    let mut gap = owner.listen(Some("999999999"));
    assert_eq!(gap.next().unwrap().data, json!({ "resumed": false }));
    assert_eq!(gap.next().unwrap().name, "reset");

    let path = owner.at(&format!("/assets/{}", first.as_str().unwrap()));
    owner.patch(&path, &json!({ "caption": "a lamp", "caption_revision": 0 })).ok();
    assert_eq!(gap.until("caption").data["caption"], "a lamp");
    assert_eq!(
        owner.patch(&path, &json!({ "caption": "b", "caption_revision": 0 })).refused(409)["code"],
        "caption_changed"
    );
    let _ = &mut owner;
}

#[test]
fn nobody_hears_of_a_workspace_that_is_not_theirs() {
    let (server, mut owner) = Server::ready();
    let mut guest = server.member(&mut owner, "reviewer", "Gil");
    let mut stream = guest.listen(None);
    stream.next().unwrap();
    let other = owner.post("/api/v1/workspaces", &json!({ "name": "Secret spot" })).created()["id"].clone();
    let mut apart = owner.clone();
    other.as_str().unwrap().clone_into(&mut apart.workspace);
    apart.post_raw(&apart.at("/assets?name=secret.png"), "image/png", png(64, 64)).created();
    let own = owner.post_raw(&owner.at("/assets?name=own.png"), "image/png", png(64, 64)).created()["id"].clone();
    // The first asset heard of is the one of the shared workspace.
    assert_eq!(stream.until("asset").data["id"], own);
    guest.post("/api/v1/sessions", &json!({})).refused(422);
}

#[test]
fn a_stream_ends_with_its_session() {
    let (_server, owner) = Server::ready();
    let mut stream = owner.listen(None);
    stream.next().unwrap();
    owner.delete("/api/v1/sessions/current").done();
    let last = stream.until("session");
    assert_eq!(last.data, json!({ "ended": true }));
    assert_eq!(stream.next(), None);
}

#[test]
fn an_open_stream_does_not_hold_the_end_up() {
    let (mut server, owner) = Server::ready();
    let mut streams: Vec<_> = (0..20).map(|_| owner.listen(None)).collect();
    for stream in &mut streams {
        assert_eq!(stream.next().unwrap().name, "hello");
    }
    let watch = dreamomni2::base::clock::Stopwatch::start();
    server.stop();
    assert!(watch.elapsed().as_secs() < 5, "{:?}", watch.elapsed());
    for stream in &mut streams {
        assert_eq!(stream.next(), None);
    }
}
