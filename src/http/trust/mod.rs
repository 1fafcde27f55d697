//! The trust page: one file for each kind of computer, the fingerprint, and a tick once the browser trusts the studio.

mod files;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::door::{Door, TrustAnchor};
use super::host::host as name_used;

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src https:; base-uri 'none'; \
                   form-action 'none'; frame-ancestors 'none'";

/// Answers `/trust` and its files; none for every other address.
pub(super) fn answer(request: &HttpRequest, door: &Door) -> Option<HttpResponse> {
    let path = request.path();
    if path != "/trust" && !path.starts_with("/trust/") {
        return None;
    }
    let Some(anchor) = door.house.authority() else {
        return Some(send("text/html; charset=utf-8", NOTHING_TO_DO.to_owned().into_bytes(), None));
    };
    let fingerprint = door.house.fingerprint();
    Some(match path {
        "/trust" | "/trust/" => send("text/html; charset=utf-8", page(request, door, &fingerprint).into_bytes(), None),
        "/trust/trust.css" => send("text/css; charset=utf-8", STYLE.into(), None),
        "/trust/trust.js" => send("text/javascript; charset=utf-8", SCRIPT.into(), None),
        "/trust/studio-ca.crt" => send("application/x-x509-ca-cert", anchor.der, Some("studio-ca.crt")),
        "/trust/studio-ca.pem" => send("application/x-pem-file", anchor.pem.into_bytes(), Some("studio-ca.pem")),
        "/trust/studio-ca.mobileconfig" => {
            let profile = files::apple_profile(&anchor, &fingerprint).into_bytes();
            send("application/x-apple-aspen-config", profile, Some("studio-ca.mobileconfig"))
        }
        "/trust/policies.json" => send("application/json", files::firefox_policy().into(), Some("policies.json")),
        _ => HttpResponse::NotFound().body("There is no such file on the trust page."),
    })
}

fn send(kind: &str, body: Vec<u8>, save_as: Option<&str>) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.content_type(kind);
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    answer.insert_header((header::CONTENT_SECURITY_POLICY, CSP));
    answer.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    answer.insert_header((header::REFERRER_POLICY, "no-referrer"));
    if let Some(name) = save_as {
        answer.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    }
    answer.body(body)
}

const NOTHING_TO_DO: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Trust</title>\
<p>This studio uses a certificate of your own house; there is nothing to install.</p></html>";

const STYLE: &str = include_str!("trust.css");
const SCRIPT: &str = include_str!("trust.js");
const PAGE: &str = include_str!("trust.html");

/// The page with the part for this computer opened.
fn page(request: &HttpRequest, door: &Door, fingerprint: &str) -> String {
    let host = name_used(request).unwrap_or_else(|| "localhost".to_owned());
    let port = if door.port == 443 { String::new() } else { format!(":{}", door.port) };
    let agent = request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mine = System::of(agent).word();
    PAGE.replace("{{fingerprint}}", fingerprint)
        .replace("{{studio}}", &format!("https://{host}{port}"))
        .replace(&format!("<details id=\"{mine}\">"), &format!("<details id=\"{mine}\" class=\"mine\" open>"))
}

/// The kinds of computer that have a part of their own on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Windows,
    Mac,
    Iphone,
    Android,
    Linux,
}

impl System {
    fn of(agent: &str) -> System {
        let says = |word: &str| agent.contains(word);
        if says("iPhone") || says("iPad") {
            System::Iphone
        } else if says("Android") {
            System::Android
        } else if says("Mac OS X") {
            System::Mac
        } else if says("Linux") || says("X11") || says("CrOS") {
            System::Linux
        } else {
            System::Windows
        }
    }

    fn word(self) -> &'static str {
        match self {
            System::Windows => "windows",
            System::Mac => "mac",
            System::Iphone => "iphone",
            System::Android => "android",
            System::Linux => "linux",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_computer_finds_its_own_part() {
        for (agent, system) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/150", System::Windows),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari", System::Mac),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)", System::Iphone),
            ("Mozilla/5.0 (Linux; Android 14; Pixel 8)", System::Android),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", System::Linux),
        ] {
            assert_eq!(System::of(agent), system, "{agent}");
            assert!(PAGE.contains(&format!("<details id=\"{}\">", system.word())), "{system:?}");
        }
    }
}
