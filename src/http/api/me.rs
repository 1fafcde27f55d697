//! Oneself: who is signed in, what he chose, his sessions.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::{Caller, address, agent, no_session_cookie, session_cookie};
use super::super::problem::Problem;
use super::Listed;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, SessionId, WorkspaceId};
use crate::base::secret::Secret;
use crate::domain::access::{Role, StudioRole};
use crate::domain::accounts::{self, Me, ProfileChange};
use crate::domain::act::Proof;
use crate::domain::sessions;

#[derive(Serialize, ToSchema)]
#[schema(as = Me)]
pub struct MeView {
    account: MyAccount,
    /// To be sent as `X-CSRF-Token` with every change; null for tokens, which need none.
    csrf: Option<String>,
    studio_role: Option<StudioRole>,
    workspaces: Vec<MyWorkspace>,
}

#[derive(Serialize, ToSchema)]
pub struct MyAccount {
    id: AccountId,
    name: String,
    email: String,
    /// `en` or `de`.
    language: String,
    /// `suite` or `desk`.
    theme: String,
    /// Keys that differ from the page's own, by action; an empty list takes an action's keys away.
    keys: BTreeMap<String, Vec<String>>,
}

#[derive(Serialize, ToSchema)]
pub struct MyWorkspace {
    id: WorkspaceId,
    name: String,
    role: Role,
}

impl From<Me> for MeView {
    fn from(me: Me) -> Self {
        let account = me.account;
        MeView {
            studio_role: account.studio_role,
            account: MyAccount {
                id: account.id,
                name: account.name.to_string(),
                email: account.email.to_string(),
                language: account.language,
                theme: account.theme,
                keys: account.keys,
            },
            csrf: me.csrf,
            workspaces: me
                .workspaces
                .into_iter()
                .map(|w| MyWorkspace { id: w.id, name: w.name.to_string(), role: w.role })
                .collect(),
        }
    }
}

#[derive(Deserialize, ToSchema)]
pub struct SignInBody {
    email: String,
    #[schema(value_type = String)]
    password: Secret,
}

/// Signs in. One answer for every mistake; throttled per address and per account.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "me", responses((status = 201, body = MeView)))]
pub async fn sign_in(request: HttpRequest, caller: Caller, body: Json<SignInBody>) -> Result<HttpResponse, Problem> {
    let agent = agent(&request);
    let (secret, me) = caller
        .run(move |visitor| {
            let signed_in = accounts::sign_in(visitor, &body.email, &body.password, &agent)?;
            Ok((signed_in.secret, accounts::me(&signed_in.act)?))
        })
        .await?;
    tracing::debug!("somebody signed in from {}", address(&request));
    Ok(HttpResponse::Created().insert_header(session_cookie(&secret)).json(MeView::from(me)))
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/sessions/current", tag = "me", responses((status = 204)))]
pub async fn sign_out(caller: Caller) -> Result<HttpResponse, Problem> {
    caller.run(sessions::end_current).await?;
    Ok(HttpResponse::NoContent().insert_header(no_session_cookie()).finish())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/me", tag = "me", responses((status = 200, body = MeView)))]
pub async fn show(caller: Caller) -> Result<Json<MeView>, Problem> {
    let me = caller.run(accounts::me).await?;
    Ok(Json(me.into()))
}

#[derive(Deserialize, ToSchema)]
pub struct ProfileBody {
    name: Option<String>,
    /// `en` or `de`.
    language: Option<String>,
    /// `suite` or `desk`.
    theme: Option<String>,
    /// All keys that differ from the page's own, by action: what is not told again is as it was made.
    keys: Option<BTreeMap<String, Vec<String>>>,
}

/// Changes name, language, theme or keys.
#[utoipa::path(patch, path = "/api/v1/me", tag = "me", responses((status = 200, body = MeView)))]
pub async fn change(caller: Caller, body: Json<ProfileBody>) -> Result<Json<MeView>, Problem> {
    let ProfileBody { name, language, theme, keys } = body.into_inner();
    let change = ProfileChange { name, language, theme, keys };
    let me = caller
        .run(move |act| {
            accounts::change_profile(act, &change)?;
            accounts::me(act)
        })
        .await?;
    Ok(Json(me.into()))
}

#[derive(Deserialize, ToSchema)]
pub struct PasswordBody {
    #[schema(value_type = String)]
    current: Secret,
    /// At least 12 characters.
    #[schema(value_type = String)]
    new: Secret,
}

/// Changes the password and ends every other session.
#[utoipa::path(post, path = "/api/v1/me/password", tag = "me", responses((status = 204)))]
pub async fn change_password(caller: Caller, body: Json<PasswordBody>) -> Result<HttpResponse, Problem> {
    caller.run(move |act| accounts::change_password(act, &body.current, &body.new)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    id: SessionId,
    created: Moment,
    last_seen: Moment,
    /// Shortened.
    address: String,
    /// The browser, as it named itself.
    agent: String,
    /// The one that asks.
    current: bool,
}

/// Where one is signed in.
#[utoipa::path(get, path = "/api/v1/me/sessions", tag = "me", responses((status = 200, body = Listed<SessionView>)))]
pub async fn list_sessions(caller: Caller) -> Result<Json<Listed<SessionView>>, Problem> {
    let own = match &caller.act().stamp().proof {
        Proof::Session { id, .. } => Some(*id),
        Proof::None | Proof::Token(_) => None,
    };
    let found = caller.run(sessions::list).await?;
    let view = |s: sessions::Session| SessionView {
        current: Some(s.id) == own,
        id: s.id,
        created: s.created,
        last_seen: s.last_seen,
        address: s.address,
        agent: s.agent,
    };
    Ok(Json(Listed::of(found, view)))
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/api/v1/me/sessions/{id}", tag = "me", params(("id" = SessionId, Path)),
    responses((status = 204)))]
pub async fn end_session(caller: Caller, id: Path<SessionId>) -> Result<HttpResponse, Problem> {
    caller.run(move |act| sessions::end(act, *id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
