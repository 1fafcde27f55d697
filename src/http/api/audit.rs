//! The audit log, of a workspace and of the studio.

use actix_web::web::{Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::caller::Caller;
use super::super::problem::Problem;
use super::Paged;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, WorkspaceId};
use crate::base::page::Limit;
use crate::domain::audit::{self, Filter, Line, Log, Verified};

#[derive(Deserialize, IntoParams)]
pub struct AuditTurn {
    /// Exactly this action, or every action below it when it ends with a dot (`member.`).
    action: Option<String>,
    by: Option<AccountId>,
    /// 1 to 200; 50 when not told.
    limit: Option<usize>,
    /// The `next` of the page before.
    after: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditLine)]
pub struct LineView {
    number: u64,
    at: Moment,
    actor: ActorView,
    action: String,
    subject: String,
    detail: String,
    /// Of this record and all before it.
    hash: String,
}

/// Who did it; without an id it was the studio itself, or somebody who was not signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = Actor)]
pub struct ActorView {
    id: Option<AccountId>,
    name: String,
}

impl From<Line> for LineView {
    fn from(l: Line) -> Self {
        LineView {
            number: l.number,
            at: l.at,
            actor: ActorView { id: l.actor_id, name: l.actor_name },
            action: l.action,
            subject: l.subject,
            detail: l.detail,
            hash: l.hash,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Verified)]
pub struct VerifiedView {
    records: u64,
    ok: bool,
    first_bad: Option<u64>,
    /// What is wrong there.
    reason: Option<String>,
}

impl From<Verified> for VerifiedView {
    fn from(v: Verified) -> Self {
        VerifiedView { records: v.records, ok: v.first_bad.is_none(), first_bad: v.first_bad, reason: v.reason }
    }
}

/// What was done in a workspace, newest first.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/audit", tag = "audit",
    params(("ws" = WorkspaceId, Path), AuditTurn),
    responses((status = 200, body = Paged<LineView>)))]
pub async fn list(
    caller: Caller,
    ws: Path<WorkspaceId>,
    turn: Query<AuditTurn>,
) -> Result<Json<Paged<LineView>>, Problem> {
    page(caller, Log::Workspace(*ws), turn.into_inner()).await
}

/// Walks a workspace's whole chain.
#[utoipa::path(post, path = "/api/v1/workspaces/{ws}/audit/verify", tag = "audit",
    params(("ws" = WorkspaceId, Path)),
    responses((status = 200, body = VerifiedView)))]
pub async fn verify(caller: Caller, ws: Path<WorkspaceId>) -> Result<Json<VerifiedView>, Problem> {
    let found = caller.run(move |act| audit::verify(act, Log::Workspace(*ws))).await?;
    Ok(Json(found.into()))
}

/// What was done in the studio, newest first; no content in it.
#[utoipa::path(get, path = "/api/v1/studio/audit", tag = "audit", params(AuditTurn),
    responses((status = 200, body = Paged<LineView>)))]
pub async fn list_studio(caller: Caller, turn: Query<AuditTurn>) -> Result<Json<Paged<LineView>>, Problem> {
    page(caller, Log::Studio, turn.into_inner()).await
}

/// Walks the studio's whole chain.
#[utoipa::path(post, path = "/api/v1/studio/audit/verify", tag = "audit", responses((status = 200, body = VerifiedView)))]
pub async fn verify_studio(caller: Caller) -> Result<Json<VerifiedView>, Problem> {
    let found = caller.run(|act| audit::verify(act, Log::Studio)).await?;
    Ok(Json(found.into()))
}

async fn page(caller: Caller, log: Log, turn: AuditTurn) -> Result<Json<Paged<LineView>>, Problem> {
    let AuditTurn { action, by, limit, after } = turn;
    let filter = Filter { action: action.filter(|a| !a.is_empty()), by };
    let page = caller.run(move |act| audit::list(act, log, &filter, Limit::new(limit), after.as_deref())).await?;
    Ok(Json(Paged::of(page, LineView::from)))
}
