//! Workspaces and the people in them.

use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::problem::Problem;
use super::Listed;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, WorkspaceId};
use crate::domain::access::{self, Role};
use crate::domain::members::{self, Member};
use crate::domain::workspaces::{self, Overview, Workspace};

#[derive(Serialize, ToSchema)]
#[schema(as = Workspace)]
pub struct WorkspaceView {
    id: WorkspaceId,
    name: String,
    created: Moment,
}

impl From<Workspace> for WorkspaceView {
    fn from(w: Workspace) -> Self {
        WorkspaceView { id: w.id, name: w.name.to_string(), created: w.created }
    }
}

/// A workspace at a glance.
#[derive(Serialize, ToSchema)]
#[schema(as = WorkspaceOverview)]
pub struct OverviewView {
    id: WorkspaceId,
    name: String,
    created: Moment,
    /// How many people belong to it.
    members: usize,
    /// What its files take on the disk.
    bytes: u64,
}

impl From<Overview> for OverviewView {
    fn from(o: Overview) -> Self {
        let Overview { workspace: w, members, bytes } = o;
        OverviewView { id: w.id, name: w.name.to_string(), created: w.created, members, bytes }
    }
}

#[derive(Deserialize, ToSchema)]
pub struct NameBody {
    name: String,
}

/// One's own workspaces, by name.
#[utoipa::path(get, path = "/api/v1/workspaces", tag = "workspaces",
    responses((status = 200, body = Listed<WorkspaceView>)))]
pub async fn list(caller: Caller) -> Result<Json<Listed<WorkspaceView>>, Problem> {
    let found = caller.run(workspaces::list).await?;
    Ok(Json(Listed::of(found, WorkspaceView::from)))
}

/// Makes a sealed workspace; its maker becomes the owner.
#[utoipa::path(post, path = "/api/v1/workspaces", tag = "workspaces", responses((status = 201, body = WorkspaceView)))]
pub async fn create(caller: Caller, body: Json<NameBody>) -> Result<HttpResponse, Problem> {
    let made = caller.run(move |act| workspaces::create(act, &body.name)).await?;
    Ok(HttpResponse::Created().json(WorkspaceView::from(made)))
}

/// A workspace with what it holds.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}", tag = "workspaces", params(("ws" = WorkspaceId, Path)),
    responses((status = 200, body = OverviewView)))]
pub async fn show(caller: Caller, ws: Path<WorkspaceId>) -> Result<Json<OverviewView>, Problem> {
    let found = caller.run(move |act| workspaces::get(act, *ws)).await?;
    Ok(Json(found.into()))
}

/// Renames a workspace.
#[utoipa::path(patch, path = "/api/v1/workspaces/{ws}", tag = "workspaces",
    params(("ws" = WorkspaceId, Path)),
    responses((status = 200, body = WorkspaceView)))]
pub async fn rename(
    caller: Caller,
    ws: Path<WorkspaceId>,
    body: Json<NameBody>,
) -> Result<Json<WorkspaceView>, Problem> {
    let renamed = caller.run(move |act| workspaces::rename(act, *ws, &body.name)).await?;
    Ok(Json(renamed.into()))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Member)]
pub struct MemberView {
    account: Colleague,
    role: Role,
    since: Moment,
}

/// A person as the others in his workspace see him.
#[derive(Serialize, ToSchema)]
pub struct Colleague {
    id: AccountId,
    name: String,
    email: String,
}

impl From<Member> for MemberView {
    fn from(m: Member) -> Self {
        let account =
            Colleague { id: m.account.id, name: m.account.name.to_string(), email: m.account.email.to_string() };
        MemberView { account, role: m.role, since: m.since }
    }
}

/// Who belongs to a workspace.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/members", tag = "workspaces",
    params(("ws" = WorkspaceId, Path)),
    responses((status = 200, body = Listed<MemberView>)))]
pub async fn list_members(caller: Caller, ws: Path<WorkspaceId>) -> Result<Json<Listed<MemberView>>, Problem> {
    let found = caller.run(move |act| members::list(act, *ws)).await?;
    Ok(Json(Listed::of(found, MemberView::from)))
}

#[derive(Deserialize, ToSchema)]
pub struct RoleBody {
    role: Role,
}

/// Gives a member another role; there is always an owner.
#[utoipa::path(patch, path = "/api/v1/workspaces/{ws}/members/{account}", tag = "workspaces",
    responses((status = 200, body = MemberView)))]
pub async fn change_role(
    caller: Caller,
    path: Path<(WorkspaceId, AccountId)>,
    body: Json<RoleBody>,
) -> Result<Json<MemberView>, Problem> {
    let (ws, account) = path.into_inner();
    let member = caller.run(move |act| members::change_role(act, ws, account, body.role)).await?;
    Ok(Json(member.into()))
}

/// Takes somebody out of a workspace, or leaves it.
#[utoipa::path(delete, path = "/api/v1/workspaces/{ws}/members/{account}", tag = "workspaces",
    responses((status = 204)))]
pub async fn remove_member(caller: Caller, path: Path<(WorkspaceId, AccountId)>) -> Result<HttpResponse, Problem> {
    let (ws, account) = path.into_inner();
    caller.run(move |act| members::remove(act, ws, account)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Serialize, ToSchema)]
pub struct RoleLine {
    #[schema(value_type = Role)]
    role: &'static str,
    /// The words of the access table.
    may: Vec<&'static str>,
}

/// What each role may do, from the access table.
#[utoipa::path(get, path = "/api/v1/roles", tag = "workspaces", responses((status = 200, body = Listed<RoleLine>)))]
pub async fn list_roles(_caller: Caller) -> Json<Listed<RoleLine>> {
    Json(Listed::of(access::roles(), |line| RoleLine { role: line.role, may: line.may }))
}
