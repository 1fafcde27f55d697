//! A request's body, whole in memory and never more than is allowed.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::Payload;
use futures_util::StreamExt;

use super::problem::Problem;

/// Nothing that is too large is kept: refused at once where the sender told its length, else as soon as it shows.
pub(super) async fn whole(
    request: &HttpRequest,
    mut body: Payload,
    most: usize,
    too_large: fn() -> Problem,
) -> Result<Vec<u8>, Problem> {
    let told = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if told.is_some_and(|told| told > most) {
        drain(body).await;
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(told.unwrap_or(64 * 1024));
    while let Some(part) = body.next().await {
        let part =
            part.map_err(|_| Problem::bad_request("upload_ended", "The upload ended early. Please try again."))?;
        if bytes.len() + part.len() > most {
            drop(bytes);
            drain(body).await;
            return Err(too_large());
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

/// Most clients hear the refusal only when they have sent all: what comes is thrown away, up to a point.
async fn drain(mut body: Payload) {
    let mut left = 256 << 20;
    while let Some(Ok(part)) = body.next().await
        && part.len() < left
    {
        left -= part.len();
    }
}
