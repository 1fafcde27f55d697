//! Plain HTTP: only how to trust the studio, and the way to HTTPS.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};

use super::door::Door;
use super::trust;

/// Answers a request that came without TLS.
pub(super) fn answer(request: &HttpRequest) -> HttpResponse {
    let Ok(door) = Door::of(request) else {
        return HttpResponse::InternalServerError().finish();
    };
    if let Some(page) = trust::answer(request, &door) {
        return page;
    }
    let Some(host) = host(request) else {
        return HttpResponse::BadRequest().body("The studio answers on HTTPS only.");
    };
    let port = if door.port == 443 { String::new() } else { format!(":{}", door.port) };
    let rest = request.uri().path_and_query().map_or("/", |p| p.as_str());
    HttpResponse::build(StatusCode::PERMANENT_REDIRECT)
        .insert_header((header::LOCATION, format!("https://{host}{port}{rest}")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// The name or address the browser used, without its port; nothing that could break out of a header or a page.
pub(super) fn host(request: &HttpRequest) -> Option<String> {
    let sent = request.headers().get(header::HOST)?.to_str().ok()?;
    let name = match sent.strip_prefix('[') {
        Some(rest) => {
            let inner = rest.split_once(']')?.0;
            inner.parse::<std::net::Ipv6Addr>().ok()?;
            return Some(format!("[{inner}]"));
        }
        None => sent.split(':').next()?,
    };
    let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    (!name.is_empty() && name.len() <= 253 && name.bytes().all(fine)).then(|| name.to_ascii_lowercase())
}
