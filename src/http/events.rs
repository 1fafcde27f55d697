//! The live stream (SSE): what the caller may hear, resumed where he was, ended with his session.

use std::collections::VecDeque;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Bytes, Query};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::{Interval, MissedTickBehavior};
use utoipa::IntoParams;

use super::api::imports::ImportView;
use super::api::jobs::JobView;
use super::caller::Caller;
use super::door::Door;
use super::problem::Problem;
use crate::base::id::WorkspaceId;
use crate::domain::feed::{Audience, News, Told};
use crate::domain::listening::{self, Heard, Listening};

/// Proxies and browsers drop a silent connection; a comment line keeps it.
const BEAT: Duration = Duration::from_secs(15);

#[derive(Deserialize, IntoParams)]
pub(super) struct Resume {
    /// The same as the `Last-Event-ID` header, for clients that cannot set one.
    last_event_id: Option<u64>,
}

/// Everything the caller may hear, as it happens.
///
/// `event:` is `hello` (first, `{resumed}`), `job`, `render`, `asset`, `caption`, `workspace` (it has another name),
/// `member`, `model` (ask for the models again), `import`, `notice`, `session`, or `reset` (messages were lost: ask for
/// everything again). A `job` message is a whole Job, or only the fields that a step changed:
/// `{workspace, id, step, steps_total, variation, preview}`.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(Resume),
    responses((status = 200, description = "a stream of events", content_type = "text/event-stream", body = String)))]
pub(super) async fn listen(
    request: HttpRequest,
    caller: Caller,
    resume: Query<Resume>,
) -> Result<HttpResponse, Problem> {
    let door = Door::of(&request)?;
    let sent = request.headers().get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let after = sent.or(resume.last_event_id);
    let ear = caller.run(move |act| listening::listen(act, after)).await?;
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.reset();
    let hello = format!("retry: 2000\n{}", message(None, "hello", &json!({ "resumed": ear.resumed() })));
    let line = Line { ear, beat, ending: door.ending.clone(), ready: VecDeque::from([hello]), ended: false };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Compression would hold lines back.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::unfold(line, Line::next)))
}

/// One open stream.
struct Line {
    ear: Listening,
    beat: Interval,
    ending: tokio::sync::watch::Receiver<bool>,
    ready: VecDeque<String>,
    ended: bool,
}

impl Line {
    async fn next(mut self) -> Option<(Result<Bytes, std::convert::Infallible>, Line)> {
        if let Some(text) = self.ready.pop_front() {
            return Some((Ok(text.into()), self));
        }
        if self.ended {
            return None;
        }
        let text = tokio::select! {
            heard = self.ear.next() => match heard {
                Heard::Told(told) => tell(&told),
                Heard::Reset => message(None, "reset", &json!({})),
                Heard::Ended => {
                    self.ended = true;
                    message(None, "session", &json!({ "ended": true }))
                }
            },
            _ = self.beat.tick() => ": still here\n\n".to_owned(),
            _ = self.ending.changed() => return None,
        };
        Some((Ok(text.into()), self))
    }
}

fn tell(told: &Told) -> String {
    let workspace = match told.audience {
        Audience::Workspace(workspace) => Some(workspace),
        Audience::Account(_) | Audience::Operators | Audience::Everyone => None,
    };
    let data = match &told.news {
        News::Job(job) => json!(JobView::from((**job).clone())),
        News::Step { job, step, of, variation, preview } => json!({
            "id": job, "step": step, "steps_total": of, "variation": variation, "preview": preview,
        }),
        News::Render(render) => json!({ "id": render }),
        News::Asset(asset) => json!({ "id": asset }),
        News::CaptionOfRender { render, caption, revision, by } => {
            json!({ "id": render, "caption": caption, "caption_revision": revision, "by": by })
        }
        News::CaptionOfAsset { asset, caption, revision, by } => {
            json!({ "id": asset, "caption": caption, "caption_revision": revision, "by": by })
        }
        News::Workspace(id) => json!({ "id": id }),
        News::Member(account) => json!({ "account": account }),
        News::SessionEnded(session) => json!({ "id": session }),
        News::Models => json!({}),
        News::Import(import) => json!(ImportView::from((**import).clone())),
        News::Notice(text) => json!({ "text": text }),
    };
    message(Some(told.number), told.news.topic(), &Sent { workspace, data })
}

#[derive(Serialize)]
struct Sent {
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace: Option<WorkspaceId>,
    #[serde(flatten)]
    data: Value,
}

/// JSON has no raw line breaks, so one `data:` line always holds it.
fn message(number: Option<u64>, topic: &str, data: &impl Serialize) -> String {
    let id = number.map(|n| format!("id: {n}\n")).unwrap_or_default();
    let data = serde_json::to_string(data).unwrap_or_else(|_| "{}".to_owned());
    format!("{id}event: {topic}\ndata: {data}\n\n")
}
