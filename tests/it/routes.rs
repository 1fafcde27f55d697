//! The list of addresses: complete, described, the same as the web client was made from.

use std::collections::BTreeSet;

use dreamomni2::http::openapi;
use dreamomni2::http::routes::{ROUTES, Who};
use serde_json::Value;

fn document() -> Value {
    serde_json::from_str(&openapi()).unwrap()
}

#[test]
fn every_route_is_described_under_its_own_address_and_method() {
    let document = document();
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| (path.clone(), method.to_uppercase()))
        })
        .collect();
    let listed: BTreeSet<(String, String)> =
        ROUTES.iter().map(|entry| (entry.path.to_owned(), entry.method.to_string())).collect();
    assert_eq!(listed, described);
    assert_eq!(listed.len(), ROUTES.len(), "an address is listed twice");
}

#[test]
fn what_is_open_to_everybody_is_only_this() {
    let open: Vec<String> = ROUTES
        .iter()
        .filter(|entry| entry.who != Who::Signed)
        .map(|entry| format!("{:?} {} {}", entry.who, entry.method, entry.path))
        .collect();
    assert_eq!(
        open,
        [
            "Always GET /healthz",
            "Always GET /readyz",
            "Always GET /api/v1/state",
            "Always GET /api/v1/openapi.json",
            "Always POST /api/v1/setup/check",
            "Always POST /api/v1/setup",
            "Always POST /api/v1/unlock",
            "Anyone POST /api/v1/sessions",
            "Anyone GET /api/v1/invitations/{code}",
            "Anyone POST /api/v1/invitations/{code}/accept",
        ]
    );
}

#[test]
fn the_description_has_no_loose_ends() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is named and not described");
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["operationId"].is_string(), "{method} {path} has no name");
            let named = operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "path");
            assert_eq!(named.count(), path.matches('{').count(), "{method} {path} has a gap that is not described");
        }
    }
    let names: Vec<&str> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    let different: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), different.len(), "two operations have one name");
}

#[test]
fn the_web_client_was_made_from_this_description() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/web/openapi.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(file, openapi() + "\n").unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    let same = serde_json::from_str::<Value>(&kept).ok() == Some(document());
    assert!(same, "web/openapi.json is old: run this test again with UPDATE_OPENAPI=1");
}
