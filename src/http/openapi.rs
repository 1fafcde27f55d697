//! The API's own description, made from the handlers.

use actix_web::http::StatusCode;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, Ref, RefOr, Response, ResponseBuilder,
    SecurityRequirement,
};

use super::api::gallery::KindWord;
use super::api::jobs::Which;
use super::api::renders::SizeWord;
use super::problem::{CellField, Field, ProblemView};
use super::routes::{Described, ROUTES, Who};

/// The description as pretty JSON, the same for every build of the same sources.
pub fn text() -> String {
    document().to_pretty_json().unwrap_or_default()
}

#[derive(OpenApi)]
#[openapi(components(schemas(ProblemView, Field, CellField, KindWord, SizeWord, Which)))]
struct Problems;

fn document() -> utoipa::openapi::OpenApi {
    let mut document = Described::openapi();
    document.info = InfoBuilder::new()
        .title("DreamOmni2 Studio")
        .version("1")
        .description(Some("Pictures and clips from words and references, made and kept inside the house."))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    document.merge(Problems::openapi());
    let schemes = ComponentsBuilder::new()
        .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("studio_session"))))
        .security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
        .build();
    document.components.get_or_insert_with(Default::default).security_schemes.extend(schemes.security_schemes);
    for (path, item) in &mut document.paths.paths {
        let operations = [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete, &mut item.put];
        for operation in operations.into_iter().flatten() {
            for (status, response) in &mut operation.responses.responses {
                if let RefOr::T(response) = response
                    && response.description.is_empty()
                {
                    let known = status.parse::<StatusCode>().ok().and_then(|status| status.canonical_reason());
                    known.unwrap_or("answer").clone_into(&mut response.description);
                }
            }
            operation.responses.responses.insert("default".to_owned(), RefOr::T(refusal()));
            let signed = ROUTES.iter().any(|entry| entry.path == path && entry.who == Who::Signed);
            // Handlers are named within their room; the document has one room.
            let tag = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
            operation.operation_id = operation.operation_id.take().map(|name| format!("{tag}_{name}"));
            operation.security = Some(if signed { proofs() } else { Vec::new() });
        }
    }
    document
}

fn proofs() -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    vec![SecurityRequirement::new("session", none), SecurityRequirement::new("token", none)]
}

fn refusal() -> Response {
    let problem = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::new("#/components/schemas/Problem")))).build();
    ResponseBuilder::new().description("why not").content("application/problem+json", problem).build()
}
