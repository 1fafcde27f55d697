//! Around every answer: a request number, the security headers, one shape for errors, a line in the log.

use std::panic::AssertUnwindSafe;

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use futures_util::FutureExt;

use super::plain;
use super::problem::Problem;
use crate::base::clock::Stopwatch;
use crate::base::entropy::Entropy;

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; \
                   img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; \
                   worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
    (header::PERMISSIONS_POLICY, "camera=(), microphone=(), geolocation=()"),
];

/// The outermost layer.
pub(super) async fn frame(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if !request.app_config().secure() {
        let answer = plain::answer(request.request());
        return Ok(request.into_response(answer));
    }
    let watch = Stopwatch::start();
    let number = format!("{:012x}", u64::from_be_bytes(Entropy::system().bytes()) >> 16);
    let local = is_local(request.headers());
    let response = next.call(request).await?.map_into_boxed_body();
    let mut response = as_problem(response, &number);
    secure(response.headers_mut(), local, &number);
    if response.status() != StatusCode::NOT_FOUND {
        let pattern = response.request().match_pattern().unwrap_or_else(|| "the UI".to_owned());
        let (method, status, millis) = (response.request().method(), response.status(), watch.elapsed().as_millis());
        tracing::debug!(number, "{method} {pattern} was answered with {status} in {millis} ms");
    }
    Ok(response)
}

/// Next to each handler: a panic ends one request, with an answer.
pub(super) async fn contain(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let asked = request.request().clone();
    let done = AssertUnwindSafe(next.call(request)).catch_unwind().await;
    let refused = |problem: Error| ServiceResponse::from_err(problem, asked.clone()).map_into_boxed_body();
    Ok(match done {
        Ok(Ok(response)) => response.map_into_boxed_body(),
        Ok(Err(problem)) => refused(problem),
        Err(_) => refused(Problem::crashed("a handler panicked; the line before says where").into()),
    })
}

/// Gives every error our shape, also those that the framework made, and tells the log of our own faults.
fn as_problem(response: ServiceResponse, number: &str) -> ServiceResponse {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let problem = match response.response().error() {
        Some(error) => match error.as_error::<Problem>() {
            Some(problem) => problem.clone(),
            None => Problem::of_status(status),
        },
        None if response.headers().contains_key(header::CONTENT_TYPE) => return response,
        None => Problem::of_status(status),
    };
    if status.is_server_error()
        && let Some(cause) = &problem.cause
    {
        let pattern = response.request().match_pattern().unwrap_or_default();
        let method = response.request().method();
        tracing::error!(number, "{method} {pattern} failed inside the studio (request {number}): {cause}");
    }
    let kept: Vec<_> = response
        .headers()
        .iter()
        .filter(|(name, _)| **name == header::ALLOW)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut answer = problem.answer(number);
    for (name, value) in kept {
        answer.headers_mut().append(name, value);
    }
    response.into_response(answer)
}

fn secure(headers: &mut HeaderMap, local: bool, number: &str) {
    for (name, value) in ALWAYS {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    // A browser applies it to every port of a host: on localhost it would break other people's work.
    if !local {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if let Ok(value) = HeaderValue::from_str(number) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    // Only a word to our own compression: never sent.
    if headers.get(header::CONTENT_ENCODING).is_some_and(|v| v == "identity") {
        headers.remove(header::CONTENT_ENCODING);
    }
}

fn is_local(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    host.split(':').next().is_some_and(|name| name == "localhost" || name.ends_with(".localhost"))
}

/// Methods that change nothing.
pub(super) fn reads(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}
