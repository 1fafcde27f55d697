//! Plain HTTP: only how to trust the studio, and the way to HTTPS.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};

use super::door::Door;
use super::host::host;
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
