//! Invitations: a link for one person, once, within 72 hours.

use actix_web::web::{Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::{Caller, agent, session_cookie, somebody};
use super::super::problem::Problem;
use super::Listed;
use super::me::MeView;
use crate::base::clock::Moment;
use crate::base::id::{InvitationId, WorkspaceId};
use crate::base::secret::Secret;
use crate::domain::access::Role;
use crate::domain::accounts::{self, NewAccount};
use crate::domain::invitations::{self, Invitation};

#[derive(Serialize, ToSchema)]
#[schema(as = Invitation)]
pub struct InvitationView {
    id: InvitationId,
    role: Role,
    email: Option<String>,
    created: Moment,
    expires: Moment,
    /// Only in the answer that made it: the end of the link, `/join/CODE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    link_code: Option<String>,
}

impl From<Invitation> for InvitationView {
    fn from(i: Invitation) -> Self {
        let email = i.email.map(|email| email.to_string());
        InvitationView { id: i.id, role: i.role, email, created: i.created, expires: i.expires, link_code: None }
    }
}

/// Invitations that are still open.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/invitations", tag = "invitations",
    params(("ws" = WorkspaceId, Path)),
    responses((status = 200, body = Listed<InvitationView>)))]
pub async fn list(caller: Caller, ws: Path<WorkspaceId>) -> Result<Json<Listed<InvitationView>>, Problem> {
    let found = caller.run(move |act| invitations::list(act, *ws)).await?;
    Ok(Json(Listed::of(found, InvitationView::from)))
}

#[derive(Deserialize, ToSchema)]
pub struct InvitationBody {
    /// Only this address may accept, where one is given.
    email: Option<String>,
    role: Role,
}

/// Invites one person; the code of the link is told once.
#[utoipa::path(post, path = "/api/v1/workspaces/{ws}/invitations", tag = "invitations",
    params(("ws" = WorkspaceId, Path)),
    responses((status = 201, body = InvitationView)))]
pub async fn create(
    caller: Caller,
    ws: Path<WorkspaceId>,
    body: Json<InvitationBody>,
) -> Result<HttpResponse, Problem> {
    let body = body.into_inner();
    let (made, code) = caller
        .run(move |act| invitations::create(act, *ws, body.email.as_deref().filter(|e| !e.is_empty()), body.role))
        .await?;
    let view = InvitationView { link_code: Some(code.reveal().to_owned()), ..made.into() };
    Ok(HttpResponse::Created().json(view))
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/api/v1/workspaces/{ws}/invitations/{id}", tag = "invitations",
    responses((status = 204)))]
pub async fn revoke(caller: Caller, path: Path<(WorkspaceId, InvitationId)>) -> Result<HttpResponse, Problem> {
    let (ws, id) = path.into_inner();
    caller.run(move |act| invitations::revoke(act, ws, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Serialize, ToSchema)]
pub struct InvitationPreview {
    studio_name: String,
    workspace_name: String,
    role: Role,
    email: Option<String>,
}

/// What the holder of a link is invited to.
#[utoipa::path(get, path = "/api/v1/invitations/{code}", tag = "invitations",
    responses((status = 200, body = InvitationPreview)))]
pub async fn look(caller: Caller, code: Path<String>) -> Result<Json<InvitationPreview>, Problem> {
    let code = Secret::new(code.into_inner());
    let seen = caller.run(move |act| invitations::look(act, &code)).await?;
    Ok(Json(InvitationPreview {
        studio_name: seen.studio_name.to_string(),
        workspace_name: seen.workspace_name.to_string(),
        role: seen.role,
        email: seen.email.map(|email| email.to_string()),
    }))
}

/// A new person's account; empty when somebody who is signed in joins.
#[derive(Deserialize, ToSchema)]
pub struct AcceptBody {
    name: Option<String>,
    email: Option<String>,
    /// At least 12 characters.
    #[schema(value_type = Option<String>)]
    password: Option<Secret>,
}

/// Accepts an invitation: makes an account and signs in, or joins with the session that was sent.
#[utoipa::path(post, path = "/api/v1/invitations/{code}/accept", tag = "invitations",
    responses((status = 201, body = MeView)))]
pub async fn accept(
    request: HttpRequest,
    caller: Caller,
    code: Path<String>,
    body: Json<AcceptBody>,
) -> Result<HttpResponse, Problem> {
    let code = Secret::new(code.into_inner());
    let body = body.into_inner();
    let newcomer = match (body.name, body.email, body.password) {
        (None, None, None) => None,
        (name, email, password) => Some(NewAccount {
            name: name.unwrap_or_default(),
            email: email.unwrap_or_default(),
            password: password.unwrap_or_default(),
        }),
    };
    if let Some(account) = newcomer {
        let agent = agent(&request);
        let (secret, me) = caller
            .run(move |visitor| {
                let signed_in = invitations::accept(visitor, &code, account, &agent)?;
                Ok((signed_in.secret, accounts::me(&signed_in.act)?))
            })
            .await?;
        return Ok(HttpResponse::Created().insert_header(session_cookie(&secret)).json(MeView::from(me)));
    }
    let Some(known) = somebody(&request).await? else {
        return Err(Problem::field("name", "text_empty", "Please tell your name, e-mail address and a password."));
    };
    let me = known
        .run(move |act| {
            invitations::join(act, &code)?;
            accounts::me(act)
        })
        .await?;
    Ok(HttpResponse::Created().json(MeView::from(me)))
}
