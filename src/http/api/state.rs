//! Whether the studio is up and what it waits for: all that anybody may know.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::caller::off_the_loop;
use super::super::door::Door;
use super::super::problem::Problem;
use crate::domain::studio::Phase;

#[derive(Serialize, ToSchema)]
pub struct Live {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Up or down, nothing else.
#[utoipa::path(get, path = "/healthz", tag = "state", responses((status = 200, body = Live)))]
pub async fn live() -> HttpResponse {
    // The trust page, on plain HTTP and so another origin, asks this to see whether the certificate is trusted.
    HttpResponse::Ok().insert_header(("cross-origin-resource-policy", "cross-origin")).json(Live { status: "ok" })
}

#[derive(Serialize, ToSchema)]
pub struct PhaseView {
    #[schema(example = "ready")]
    phase: &'static str,
}

/// 200 once people can work, 503 while the studio is not set up, locked or in recovery.
#[utoipa::path(get, path = "/readyz", tag = "state",
    responses((status = 200, body = PhaseView), (status = 503, body = PhaseView)))]
pub async fn ready(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let door = Door::of(&request)?;
    // While it is being unlocked the answer waits, and nobody else does.
    let phase = off_the_loop(move || Ok(door.studio.state().phase)).await?;
    let mut answer = if phase == Phase::Ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    Ok(answer.json(PhaseView { phase: phase.word() }))
}

#[derive(Serialize, ToSchema)]
#[schema(as = State)]
pub struct StateView {
    /// `setup`, `locked`, `recovery` or `ready`.
    phase: &'static str,
    version: &'static str,
    studio_name: Option<String>,
    /// SHA-256 of the certificate authority, to compare with the terminal.
    fingerprint: String,
    addresses: Vec<String>,
    recovery_reason: Option<String>,
    /// Some of `passphrase`, `key_file`, `recovery`.
    unlock_methods: Vec<&'static str>,
}

/// What the first page needs to know.
#[utoipa::path(get, path = "/api/v1/state", tag = "state", responses((status = 200, body = StateView)))]
pub async fn show(request: HttpRequest) -> Result<Json<StateView>, Problem> {
    let door = Door::of(&request)?;
    let seen =
        off_the_loop(move || Ok((door.studio.state(), door.house.fingerprint(), door.house.addresses()))).await?;
    let (state, fingerprint, addresses) = seen;
    Ok(Json(StateView {
        phase: state.phase.word(),
        version: env!("CARGO_PKG_VERSION"),
        studio_name: state.studio_name,
        fingerprint,
        addresses,
        recovery_reason: match state.phase {
            Phase::Recovery(reason) => Some(reason),
            Phase::Setup | Phase::Locked | Phase::Ready => None,
        },
        unlock_methods: state.unlock_methods,
    }))
}
