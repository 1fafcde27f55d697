//! The first run and unlocking: the only changes a studio takes before it is ready.

use actix_web::web::Json;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::{address, agent, off_the_loop, session_cookie};
use super::super::door::Door;
use super::super::problem::Problem;
use super::me::MeView;
use crate::base::secret::Secret;
use crate::domain::accounts::{self, NewAccount};
use crate::domain::{setup, studio};

#[derive(Deserialize, ToSchema)]
pub struct CodeBody {
    /// `ABCD-EFGH`, from the terminal of the server.
    #[schema(value_type = String)]
    code: Secret,
}

/// Whether a set-up code is the right one. Throttled.
#[utoipa::path(post, path = "/api/v1/setup/check", tag = "setup", responses((status = 204)))]
pub async fn check(request: HttpRequest, body: Json<CodeBody>) -> Result<HttpResponse, Problem> {
    let (door, from) = (Door::of(&request)?, address(&request));
    off_the_loop(move || door.studio.check_code(&body.code, &from)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Deserialize, ToSchema)]
pub struct SetupBody {
    #[schema(value_type = String)]
    code: Secret,
    studio_name: String,
    /// How people reach a human.
    contact: String,
    owner: PersonBody,
    unlock: MethodBody,
    workspace_name: String,
}

/// A person who is about to get an account.
#[derive(Deserialize, ToSchema)]
pub struct PersonBody {
    name: String,
    email: String,
    /// At least 12 characters.
    #[schema(value_type = String)]
    password: Secret,
}

impl From<PersonBody> for NewAccount {
    fn from(body: PersonBody) -> Self {
        NewAccount { name: body.name, email: body.email, password: body.password }
    }
}

/// How the studio is opened after a restart.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum MethodBody {
    Passphrase {
        #[schema(value_type = String)]
        passphrase: Secret,
    },
    KeyFile,
}

#[derive(Serialize, ToSchema)]
pub struct SetupDone {
    /// Shown this once; keep it on paper.
    recovery_key: String,
    me: MeView,
}

/// Sets the studio up, once, and signs its owner in.
#[utoipa::path(post, path = "/api/v1/setup", tag = "setup", responses((status = 201, body = SetupDone)))]
pub async fn begin(request: HttpRequest, body: Json<SetupBody>) -> Result<HttpResponse, Problem> {
    let (door, from, agent) = (Door::of(&request)?, address(&request), agent(&request));
    let body = body.into_inner();
    let order = setup::Order {
        code: body.code,
        studio_name: body.studio_name,
        contact: body.contact,
        owner: body.owner.into(),
        unlock: match body.unlock {
            MethodBody::Passphrase { passphrase } => setup::Method::Passphrase(passphrase),
            MethodBody::KeyFile => setup::Method::KeyFile,
        },
        workspace_name: body.workspace_name,
    };
    let (done, me) = off_the_loop(move || {
        let done = door.studio.set_up(order, &from, &agent)?;
        let me = accounts::me(&done.signed_in.act)?;
        Ok((done, me))
    })
    .await?;
    let view = SetupDone { recovery_key: done.recovery_key.reveal().to_owned(), me: me.into() };
    Ok(HttpResponse::Created().insert_header(session_cookie(&done.signed_in.secret)).json(view))
}

/// What opens a locked studio: one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum UnlockBody {
    Passphrase {
        #[schema(value_type = String)]
        passphrase: Secret,
    },
    Recovery {
        #[schema(value_type = String)]
        recovery_key: Secret,
    },
}

/// Unlocks the studio. Throttled.
#[utoipa::path(post, path = "/api/v1/unlock", tag = "setup", responses((status = 204)))]
pub async fn unlock(request: HttpRequest, body: Json<UnlockBody>) -> Result<HttpResponse, Problem> {
    let (door, from) = (Door::of(&request)?, address(&request));
    let with = match body.into_inner() {
        UnlockBody::Passphrase { passphrase } => studio::Unlock::Passphrase(passphrase),
        UnlockBody::Recovery { recovery_key } => studio::Unlock::Recovery(recovery_key),
    };
    off_the_loop(move || door.studio.unlock(&with, &from)).await?;
    Ok(HttpResponse::NoContent().finish())
}
