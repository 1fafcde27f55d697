//! The web UI inside the binary: hashed files for ever, the page fresh every time.

use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::problem::Problem;

/// `web/dist` as it was when this binary was built; empty in a build without the UI.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Dist;

const NOTICE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>DreamOmni2 Studio</title>\
<h1>The web UI is not in this build</h1><p>The studio and its API work. To have the pages too, run \
<code>npm ci &amp;&amp; npm run build</code> in <code>web/</code> and build again, or use <code>./install.sh</code>.</p></html>";

/// Answers whatever is not the API: a file of the UI, or its page for the client's own routes.
pub(super) async fn answer(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let path = request.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Err(Problem::not_found("Nothing is at this address of the API; see /api/v1/openapi.json."));
    }
    if !path.is_empty() && path != "index.html" {
        if let Some(found) = file(&request, path) {
            return Ok(found);
        }
        // A missing script must never be answered with the page: the browser would run HTML.
        if path.starts_with("assets/") || path.rsplit('/').next().is_some_and(|last| last.contains('.')) {
            return Err(Problem::not_found("This file is not part of the UI; please reload the page."));
        }
    }
    Ok(file(&request, "index.html")
        .unwrap_or_else(|| HttpResponse::Ok().content_type("text/html; charset=utf-8").body(NOTICE)))
}

fn file(request: &HttpRequest, path: &str) -> Option<HttpResponse> {
    if matches!(path.rsplit('.').next(), Some("br" | "gz")) {
        return None;
    }
    let plain = Dist::get(path)?;
    let (encoding, body) = smallest(request.headers(), path, plain);
    let hash = body.metadata.sha256_hash().first_chunk().copied().unwrap_or_default();
    let tag = format!("\"{:032x}\"", u128::from_be_bytes(hash));
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::ETAG, tag.clone()));
    answer.insert_header((header::VARY, "accept-encoding"));
    let lasting = path.starts_with("assets/");
    let cache = if lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
    answer.insert_header((header::CACHE_CONTROL, cache));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|k| k.trim() == tag)) {
        return Some(answer.status(actix_web::http::StatusCode::NOT_MODIFIED).finish());
    }
    if let Some(encoding) = encoding {
        answer.insert_header((header::CONTENT_ENCODING, encoding));
    }
    answer.insert_header((header::CONTENT_TYPE, media_type(path)));
    Some(match body.data {
        std::borrow::Cow::Borrowed(bytes) => answer.body(bytes),
        std::borrow::Cow::Owned(bytes) => answer.body(bytes),
    })
}

fn smallest(asked: &HeaderMap, path: &str, plain: EmbeddedFile) -> (Option<&'static str>, EmbeddedFile) {
    let accepts = asked.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        let wanted = accepts.split(',').any(|a| a.split(';').next().is_some_and(|a| a.trim() == encoding));
        if wanted && let Some(packed) = Dist::get(&format!("{path}.{ending}")) {
            return (Some(encoding), packed);
        }
    }
    (None, plain)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "mp4" => "video/mp4",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
