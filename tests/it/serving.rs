//! The door as people meet it: first run, joining, refusals, locks, over real TLS.

use dreamomni2::http::routes::{ROUTES, Who};
use serde_json::{Value, json};

use crate::packages::copy_into;
use crate::pipelines::folder;
use crate::support::server::{PASSPHRASE, PASSWORD, Server, png};

#[test]
fn the_first_run_happens_once_and_needs_its_code() {
    let server = Server::fresh();
    let mut visitor = server.nobody();
    assert_eq!(visitor.get("/api/v1/state").ok()["phase"], "setup");
    assert_eq!(visitor.get("/readyz").status, 503);
    assert_eq!(visitor.get("/healthz").ok()["status"], "ok");
    assert_eq!(visitor.get("/api/v1/me").refused(503)["code"], "not_set_up");
    assert_eq!(
        visitor.post("/api/v1/setup/check", &json!({ "code": "aaaa-bbbb" })).refused(422)["code"],
        "setup_code_wrong"
    );

    let order = server.order();
    visitor.post("/api/v1/setup/check", &json!({ "code": order["code"] })).done();
    let mut short = order.clone();
    short["owner"]["password"] = "short".into();
    visitor.post("/api/v1/setup", &short).refused(422);
    let done = visitor.post("/api/v1/setup", &order).created();
    assert!(done["recovery_key"].as_str().unwrap().starts_with("AGE-SECRET-KEY-1"));
    assert_eq!(done["me"]["studio_role"], "operator");
    visitor.take(&done["me"]);
    assert_eq!(visitor.get("/api/v1/me").ok()["account"]["email"], "ana@orchid.example");
    assert_eq!(visitor.get("/readyz").ok()["phase"], "ready");
    assert_eq!(visitor.get("/api/v1/state").ok()["studio_name"], "Orchid");

    server.nobody().post("/api/v1/setup", &order).refused(410);
}

#[test]
fn a_second_person_joins_by_link_and_may_only_what_the_role_says() {
    let (server, mut owner) = Server::ready();
    let invited = owner.post(&owner.at("/invitations"), &json!({ "role": "reviewer" })).created();
    let code = invited["link_code"].as_str().unwrap().to_owned();
    let mut bruno = server.nobody();
    let seen = bruno.get(&format!("/api/v1/invitations/{code}")).ok();
    assert_eq!((seen["studio_name"].as_str(), seen["role"].as_str()), (Some("Orchid"), Some("reviewer")));
    let body = json!({ "name": "Bruno", "email": "bruno@orchid.example", "password": PASSWORD });
    let me = bruno.post(&format!("/api/v1/invitations/{code}/accept"), &body).created();
    bruno.take(&me);
    assert_eq!(me["workspaces"][0]["role"], "reviewer");
    // Once only.
    assert!(server.nobody().post(&format!("/api/v1/invitations/{code}/accept"), &body).status >= 400);

    assert_eq!(bruno.get(&bruno.at("/members")).ok()["items"].as_array().unwrap().len(), 2);
    let refused = bruno.post(&bruno.at("/invitations"), &json!({ "role": "artist" })).refused(403);
    assert!(refused["detail"].as_str().unwrap().contains("owner"), "{refused}");
    bruno.get("/api/v1/studio/health").refused(403);
    owner.get("/api/v1/studio/health").ok();

    // Somebody who has an account joins another workspace with an empty body.
    let second = owner.post("/api/v1/workspaces", &json!({ "name": "Spot 12" })).created();
    let path = format!("/api/v1/workspaces/{}/invitations", second["id"].as_str().unwrap());
    let invited = owner.post(&path, &json!({ "role": "artist" })).created();
    let accept = format!("/api/v1/invitations/{}/accept", invited["link_code"].as_str().unwrap());
    let mut forged = bruno.clone();
    forged.csrf = "forged".to_owned();
    forged.post(&accept, &json!({})).refused(403);
    assert_eq!(bruno.post(&accept, &json!({})).created()["workspaces"].as_array().unwrap().len(), 2);
}

#[test]
fn a_change_without_the_csrf_word_is_refused_and_a_token_needs_none() {
    let (server, mut owner) = Server::ready();
    let mut forged = owner.clone();
    forged.csrf = String::new();
    assert_eq!(forged.patch("/api/v1/me", &json!({ "name": "Mallory" })).refused(403)["code"], "csrf");
    forged.get("/api/v1/me").ok();

    let made = owner.post("/api/v1/me/tokens", &json!({ "name": "script" })).created();
    let mut script = server.nobody();
    script.bearer = made["secret"].as_str().map(str::to_owned);
    assert_eq!(script.get("/api/v1/me").ok()["csrf"], json!(null));
    script.patch("/api/v1/me", &json!({ "name": "Ana L." })).ok();
    owner.delete(&format!("/api/v1/me/tokens/{}", made["id"].as_str().unwrap())).done();
    script.get("/api/v1/me").refused(401);
}

#[test]
fn sign_in_tells_nothing_and_slows_down() {
    let (server, owner) = Server::ready();
    let mut visitor = server.nobody();
    let mut details = Vec::new();
    for (email, password) in [("ana@orchid.example", "wrong password 1"), ("nobody@orchid.example", PASSWORD)] {
        let refused = visitor.post("/api/v1/sessions", &json!({ "email": email, "password": password })).refused(401);
        details.push(refused["detail"].clone());
    }
    assert_eq!(details[0], details[1]);
    let me =
        visitor.post("/api/v1/sessions", &json!({ "email": "ana@orchid.example", "password": PASSWORD })).created();
    visitor.take(&me);
    assert_eq!(owner.get("/api/v1/me/sessions").ok()["items"].as_array().unwrap().len(), 2);
    visitor.delete("/api/v1/sessions/current").done();
    visitor.get("/api/v1/me").refused(401);

    let mut guesser = server.nobody();
    let guess = json!({ "email": "ana@orchid.example", "password": "guess after guess" });
    let slowed = (0..12).map(|_| guesser.post("/api/v1/sessions", &guess)).find(|answer| answer.status == 429).unwrap();
    assert!(slowed.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
    slowed.refused(429);
}

#[test]
fn a_locked_studio_answers_health_unlock_and_nothing_else() {
    let (mut server, owner) = Server::ready();
    server.stop();
    server.start();
    // The port has changed, the session has not.
    let mut again = server.nobody();
    again.cookie.clone_from(&owner.cookie);
    let mut visitor = server.nobody();
    assert_eq!(visitor.get("/api/v1/state").ok()["phase"], "locked");
    assert_eq!(visitor.get("/healthz").status, 200);
    assert_eq!(visitor.get("/unlock").status, 200);
    for entry in ROUTES.iter().filter(|entry| entry.who != Who::Always) {
        let (answer, _) = again.send(entry.method.as_str(), &sample(entry.path), &[], None);
        assert_eq!(answer.refused(503)["code"], "locked", "{} {}", entry.method, entry.path);
    }
    visitor.post("/api/v1/unlock", &json!({ "passphrase": "not the passphrase" })).refused(422);
    visitor.post("/api/v1/unlock", &json!({ "passphrase": PASSPHRASE })).done();
    again.get("/api/v1/me").ok();
}

#[test]
fn without_a_session_every_private_address_answers_401() {
    let (server, _owner) = Server::ready();
    let visitor = server.nobody();
    for entry in ROUTES.iter().filter(|entry| entry.who == Who::Signed) {
        for body in [None, Some(b"{ not json".to_vec())] {
            let (answer, _) = visitor.send(entry.method.as_str(), &sample(entry.path), &[], body);
            answer.refused(401);
        }
    }
    let mut stale = server.nobody();
    stale.cookie = Some("studio_session=ses_00000000000000000000000000.nothing".to_owned());
    stale.get("/api/v1/me").refused(401);
}

#[test]
fn every_refusal_has_one_shape() {
    let (_server, mut owner) = Server::ready();
    assert_eq!(owner.get("/api/v1/nothing").refused(404)["code"], "not_found");
    assert_eq!(owner.get("/assets/gone-123.js").refused(404)["code"], "not_found");
    assert_eq!(owner.delete("/api/v1/state").refused(405)["code"], "method_not_allowed");
    assert_eq!(owner.get("/api/v1/workspaces/ws_short/jobs").refused(404)["code"], "not_found");
    assert_eq!(owner.get(&owner.at("/jobs?limit=many")).refused(400)["code"], "query_malformed");
    let json = "application/json";
    assert_eq!(owner.post_raw("/api/v1/workspaces", json, b"{ no".to_vec()).refused(400)["code"], "json_malformed");
    assert_eq!(owner.post("/api/v1/workspaces", &json!({ "name": 7 })).refused(422)["code"], "json_value");
    assert_eq!(owner.post_raw("/api/v1/workspaces", "text/plain", b"{}".to_vec()).refused(415)["code"], "media_type");
    assert_eq!(owner.post_raw("/api/v1/workspaces", json, vec![b' '; 300_000]).refused(413)["code"], "too_large");
    assert_eq!(owner.post("/api/v1/workspaces", &json!({ "name": "" })).refused(422)["code"], "text_empty");
    let foreign = "/api/v1/workspaces/ws_00000000000000000000000000/renders";
    assert!([403, 404].contains(&owner.get(foreign).status));
}

#[test]
fn what_is_not_a_good_picture_is_refused_with_a_sentence() {
    let (_server, owner) = Server::ready();
    let cut = {
        let mut cut = png(640, 360);
        cut.truncate(cut.len() / 2);
        cut
    };
    for (body, statuses) in [
        (b"this is not a picture".to_vec(), 415..=422),
        (Vec::new(), 415..=422),
        (cut, 422..=422),
        (vec![0; (64 << 20) + 1], 413..=413),
        (vec![0; 200 << 20], 413..=413),
    ] {
        let length = body.len();
        let answer = owner.post_raw(&owner.at("/assets?name=x.png"), "image/png", body);
        assert!(statuses.contains(&answer.status), "{length}: {}", answer.status);
        let status = answer.status;
        assert!(
            answer.refused(status)["detail"].as_str().unwrap().ends_with(|c: char| c == '.' || c.is_alphanumeric())
        );
    }
    assert_eq!(owner.get(&owner.at("/gallery")).ok()["total"], 0);
}

#[test]
fn a_picture_is_kept_by_the_browser_and_sent_by_range() {
    let (_server, owner) = Server::ready();
    let bytes = png(640, 360);
    let asset = owner.post_raw(&owner.at("/assets?name=lamp.png"), "image/png", bytes.clone()).created();
    let picture = owner.at(&format!("/assets/{}/picture", asset["id"].as_str().unwrap()));
    let thumb = owner.get(&format!("{picture}?size=thumb"));
    assert_eq!((thumb.status, thumb.header("content-type")), (200, Some("image/jpeg")));
    assert!(thumb.header("cache-control").unwrap().starts_with("private"));
    assert_eq!(thumb.header("content-encoding"), None);
    let tag = thumb.header("etag").unwrap().to_owned();
    assert_eq!(owner.get_with(&format!("{picture}?size=thumb"), &[("if-none-match", &tag)]).status, 304);

    let original = format!("{picture}?size=original");
    assert_eq!(owner.get(&original).body, bytes);
    let part = owner.get_with(&original, &[("range", "bytes=10-19")]);
    assert_eq!((part.status, part.body.as_slice()), (206, &bytes[10..20]));
    assert_eq!(part.header("content-range"), Some(format!("bytes 10-19/{}", bytes.len()).as_str()));
    let tail = owner.get_with(&original, &[("range", "bytes=-5")]);
    assert_eq!(tail.body, bytes[bytes.len() - 5..]);
    let beyond = owner.get_with(&original, &[("range", "bytes=99999999-")]);
    assert_eq!(beyond.header("content-range"), Some(format!("bytes */{}", bytes.len()).as_str()));
    beyond.refused(416);
    let saved = owner.get(&format!("{original}&download=true"));
    assert!(saved.header("content-disposition").unwrap().starts_with("attachment; filename=\"lamp.png\""));
}

#[test]
fn the_headers_that_keep_a_page_safe_are_on_every_answer() {
    let (_server, owner) = Server::ready();
    for path in ["/", "/w/anything/generate", "/api/v1/me", "/api/v1/nothing"] {
        let answer = owner.get(path);
        assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'; script-src 'self'"));
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert!(answer.header("cache-control").is_some_and(|c| c == "no-store" || c == "no-cache"), "{path}");
    }
}

#[test]
fn plain_http_answers_the_trust_page_and_the_way_to_https_only() {
    let server = Server::fresh();
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build(),
    );
    let page = agent
        .get(server.plain("/trust"))
        .header("user-agent", "(X11; Linux x86_64)")
        .call()
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap();
    assert!(page.contains(&server.running().ready.fingerprint));
    assert!(page.contains("<details id=\"linux\" class=\"mine\" open>"));
    let der = agent.get(server.plain("/trust/studio-ca.crt")).call().unwrap().body_mut().read_to_vec().unwrap();
    assert_eq!(dreamomni2::crypto::authority::fingerprint(&der), server.running().ready.fingerprint);
    for file in ["studio-ca.mobileconfig", "policies.json", "trust.css", "trust.js"] {
        assert_eq!(agent.get(server.plain(&format!("/trust/{file}"))).call().unwrap().status(), 200, "{file}");
    }
    for path in ["/", "/api/v1/me", "/w/x?a=1"] {
        let answer = agent.get(server.plain(path)).call().unwrap();
        assert_eq!(answer.status(), 308);
        let to = format!("https://127.0.0.1:{}{path}", server.running().ready.port);
        assert_eq!(answer.headers().get("location").unwrap(), &to);
    }
    let forged = agent.get(server.plain("/")).header("host", "evil\"><script>").call();
    assert!(forged.is_err() || forged.is_ok_and(|answer| answer.status() == 400));
}

/// The address with something of the right shape in each gap.
fn sample(path: &str) -> String {
    let id = |prefix: &str| format!("{prefix}_00000000000000000000000000");
    let thing = match path {
        p if p.contains("/jobs/") => "job",
        p if p.contains("/renders/") => "ren",
        p if p.contains("/assets/") => "ast",
        p if p.contains("/sessions/") => "ses",
        p if p.contains("/tokens/") => "tok",
        _ => "inv",
    };
    path.replace("{ws}", &id("ws"))
        .replace("{account}", &id("acc"))
        .replace("{id}", &id(thing))
        .replace("{name}", "starter")
        .replace("{code}", "abc")
}

#[test]
fn a_number_left_out_of_an_order_is_the_models_own_and_not_out_of_range() {
    let (server, mut owner) = Server::ready();
    copy_into(&folder("sd"), &server.folder.path().join("data/models/sd"));
    let models = owner.get("/api/v1/models").ok();
    let defaults = |name: &str| {
        let all = models["items"].as_array().unwrap();
        all.iter().find(|model| model["name"] == name).unwrap()["defaults"].clone()
    };
    let asset = owner.post_raw(&owner.at("/assets?name=lamp.png"), "image/png", png(64, 64)).created();
    let clip = json!({ "task": "clip", "prompt": "a red circle", "model": "starter", "width": 96, "height": 64, "steps": 3,
        "guidance": 1.5, "frames": 5, "rate": { "num": 25, "den": 1 }, "seed": 5, "variations": 2 });
    let edit = json!({ "task": "edit", "prompt": "warmer", "model": "sd", "width": 64, "height": 64, "steps": 3,
        "guidance": 1.5, "strength": 0.5, "references": [{ "asset": asset["id"], "role": "source" }] });
    let usual = defaults("starter");
    let any = json!("any");
    let table = [
        (&clip, "width", &usual["width"], json!(1), "size_out_of_range"),
        (&clip, "height", &usual["height"], json!(1), "size_out_of_range"),
        (&clip, "steps", &usual["steps"], json!(0), "steps_out_of_range"),
        (&clip, "guidance", &usual["guidance"], json!(-1), "guidance_out_of_range"),
        (&clip, "frames", &usual["frames"], json!(0), "frames_out_of_range"),
        (&clip, "rate", &usual["rate"], json!({ "num": 0, "den": 1 }), "rate_malformed"),
        (&clip, "seed", &any, json!(1_u64 << 53), "seed_out_of_range"),
        (&edit, "strength", &Value::Null, json!(1.5), "strength_out_of_range"),
        (&edit, "guidance", &defaults("sd")["guidance"], json!(31), "guidance_out_of_range"),
    ];
    for (whole, field, own, bad, code) in table {
        let mut told = whole.clone();
        told[field] = bad;
        assert_eq!(owner.post(&owner.at("/jobs"), &told).refused(422)["code"], code, "{field}");
        let mut out = whole.clone();
        out.as_object_mut().unwrap().remove(field);
        told[field] = Value::Null;
        for left in [&out, &told] {
            let recipe = &owner.post(&owner.at("/jobs"), left).created()["recipe"];
            if own == &any {
                assert!(recipe[field].is_u64(), "{field}: {recipe}");
            } else {
                assert_eq!(&recipe[field], own, "{field}");
            }
        }
    }
    // Nothing but words and a model is an order.
    let bare = json!({ "task": "picture", "prompt": "a red circle", "model": "starter" });
    let recipe = owner.post(&owner.at("/jobs"), &bare).created()["recipe"].clone();
    for field in ["width", "height", "steps", "guidance"] {
        assert_eq!(recipe[field], usual[field], "{field}");
    }
}
