//! Hands out the API's own description, written once when the server starts.

use actix_web::HttpResponse;
use actix_web::web::Data;

/// The OpenAPI document as JSON. The list of routes names this room, and the document is made from that list.
pub(super) struct Description(pub(super) String);

/// This document: OpenAPI 3.1.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "openapi",
    responses((status = 200, content_type = "application/json", body = Object)))]
pub(super) async fn show(description: Data<Description>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(description.0.clone())
}
