//! Proves the caller before a request is read, and runs his operations off the loop.

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, web};

use super::door::Door;
use super::frame;
use super::problem::Problem;
use crate::base::secret::Secret;
use crate::crypto::equal;
use crate::domain;
use crate::domain::act::{Act, Proof};
use crate::domain::{sessions, tokens};

const COOKIE: &str = "studio_session";
const CSRF: &str = "x-csrf-token";

/// Who asks; handlers get one only on routes whose table row lets them.
#[derive(Clone)]
pub struct Caller(Act);

impl Caller {
    /// Runs a domain operation on the blocking pool: the store may wait for the disk.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        op: impl FnOnce(&Act) -> domain::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let act = self.0.clone();
        off_the_loop(move || op(&act)).await
    }

    pub(super) fn act(&self) -> &Act {
        &self.0
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = std::future::Ready<Result<Caller, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = request.extensions().get::<Caller>().cloned();
        std::future::ready(known.ok_or_else(|| Problem::crashed("a route without a caller asked for one")))
    }
}

/// Runs something that may wait for the disk, and turns its refusal into an answer.
pub(super) async fn off_the_loop<T: Send + 'static>(
    op: impl FnOnce() -> domain::Result<T> + Send + 'static,
) -> Result<T, Problem> {
    Ok(web::block(op).await.map_err(Problem::crashed)??)
}

/// The gate of public routes: the studio must be open, nobody need be signed in.
pub(super) async fn anyone(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let (door, address) = (Door::of(request.request())?, address(request.request()));
    let visitor = off_the_loop(move || door.studio.visitor(&address)).await?;
    request.extensions_mut().insert(Caller(visitor));
    next.call(request).await
}

/// The gate of all other routes: a session or a token, and for changes by a browser the CSRF word.
pub(super) async fn signed(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let caller = prove(request.request()).await?;
    request.extensions_mut().insert(caller);
    next.call(request).await
}

/// Somebody who may be signed in on a public route (accepting an invitation): none when no session was sent.
pub(super) async fn somebody(request: &HttpRequest) -> Result<Option<Caller>, Problem> {
    if cookie(request).is_none() && bearer(request).is_none() {
        return Ok(None);
    }
    prove(request).await.map(Some)
}

async fn prove(request: &HttpRequest) -> Result<Caller, Problem> {
    let (door, address) = (Door::of(request)?, address(request));
    let (token, secret) = (bearer(request), cookie(request));
    let act = off_the_loop(move || {
        let visitor = door.studio.visitor(&address)?;
        match (token, secret) {
            (Some(token), _) => tokens::resume(&visitor, &token),
            (None, Some(secret)) => sessions::resume(&visitor, &secret),
            (None, None) => Err(domain::Error::SignedOut),
        }
    })
    .await?;
    if let Proof::Session { csrf, .. } = &act.stamp().proof
        && !frame::reads(request.method())
    {
        let sent = request.headers().get(CSRF).map_or(&[][..], |v| v.as_bytes());
        if !equal(sent, csrf.as_bytes()) {
            return Err(Problem::new(StatusCode::FORBIDDEN, "csrf", CSRF_MISSING));
        }
    }
    Ok(Caller(act))
}

const CSRF_MISSING: &str = "This change did not come from the studio's own page: the X-CSRF-Token header is missing or \
                            old. Please reload the page and try again.";

fn bearer(request: &HttpRequest) -> Option<Secret> {
    let sent = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = sent.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::new(token.trim()))
}

/// Where the request came from; the domain shortens it before it is kept.
pub(super) fn address(request: &HttpRequest) -> String {
    request.peer_addr().map(|peer| peer.ip().to_canonical().to_string()).unwrap_or_default()
}

/// Which browser or program says it is asking, cut to a length that is safe to keep.
pub(super) fn agent(request: &HttpRequest) -> String {
    let sent = request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    sent.chars().take(200).collect()
}

fn cookie(request: &HttpRequest) -> Option<Secret> {
    let lines = request.headers().get_all(header::COOKIE).filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| Secret::new(value))
}

/// `Set-Cookie` for a session: never readable by scripts, never sent from another site or in clear.
pub(super) fn session_cookie(secret: &Secret) -> (header::HeaderName, String) {
    let thirty_days = 30 * 24 * 3600;
    (header::SET_COOKIE, format!("{COOKIE}={}; Max-Age={thirty_days}; {KIND}", secret.reveal()))
}

pub(super) fn no_session_cookie() -> (header::HeaderName, String) {
    (header::SET_COOKIE, format!("{COOKIE}=; Max-Age=0; {KIND}"))
}

const KIND: &str = "Path=/; HttpOnly; Secure; SameSite=Strict";
