//! Rewrites: a prompt as the model was trained to read it. Asked for, followed, and taken into a recipe by a person.

use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::problem::Problem;
use super::jobs::{ReferenceView, TroubleView};
use crate::base::clock::Moment;
use crate::base::id::{RewriteId, WorkspaceId};
use crate::domain::recipes::Task;
use crate::domain::rewrites::{self, Rewrite, RewriteState, Wish};

/// What is to be rewritten, and by the rewriter of which model.
#[derive(Deserialize, ToSchema)]
pub struct RewriteBody {
    task: Task,
    prompt: String,
    #[serde(default)]
    references: Vec<ReferenceView>,
    model: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Rewrite)]
pub struct RewriteView {
    id: RewriteId,
    state: RewriteState,
    model: String,
    /// How many pieces of words the answer has so far.
    tokens: u32,
    /// What the model would be told: for a recipe's `rewritten`, as it is or changed.
    text: Option<String>,
    /// Why there is no text; the prompt can be ordered as it is.
    problem: Option<TroubleView>,
    created: Moment,
}

impl From<Rewrite> for RewriteView {
    fn from(r: Rewrite) -> Self {
        RewriteView {
            id: r.id,
            state: r.state,
            model: r.model,
            tokens: r.tokens,
            text: r.text,
            problem: r.trouble.map(TroubleView::from),
            created: r.created,
        }
    }
}

/// Has a prompt rewritten as soon as a worker is free. Kept in memory: one that was asked for before the studio was
/// started again answers 410 with the code `rewrite_forgotten`.
#[utoipa::path(post, path = "/api/v1/workspaces/{ws}/rewrites", tag = "rewrites", params(("ws" = WorkspaceId, Path)),
    responses((status = 201, body = RewriteView)))]
pub async fn ask(caller: Caller, ws: Path<WorkspaceId>, body: Json<RewriteBody>) -> Result<HttpResponse, Problem> {
    let RewriteBody { task, prompt, references, model } = body.into_inner();
    let references = references.into_iter().map(ReferenceView::reference).collect::<Result<_, _>>()?;
    let wish = Wish { task, prompt, references, model };
    let rewrite = caller.run(move |act| rewrites::ask(act, *ws, &wish)).await?;
    Ok(HttpResponse::Created().json(RewriteView::from(rewrite)))
}

/// How far one's own rewrite is, and what came of it.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/rewrites/{id}", tag = "rewrites",
    responses((status = 200, body = RewriteView)))]
pub async fn show(caller: Caller, path: Path<(WorkspaceId, RewriteId)>) -> Result<Json<RewriteView>, Problem> {
    let (ws, id) = path.into_inner();
    let rewrite = caller.run(move |act| rewrites::get(act, ws, id)).await?;
    Ok(Json(rewrite.into()))
}

/// Cancels a rewrite between two words.
#[utoipa::path(post, path = "/api/v1/workspaces/{ws}/rewrites/{id}/cancel", tag = "rewrites",
    responses((status = 200, body = RewriteView)))]
pub async fn cancel(caller: Caller, path: Path<(WorkspaceId, RewriteId)>) -> Result<Json<RewriteView>, Problem> {
    let (ws, id) = path.into_inner();
    let rewrite = caller.run(move |act| rewrites::cancel(act, ws, id)).await?;
    Ok(Json(rewrite.into()))
}
