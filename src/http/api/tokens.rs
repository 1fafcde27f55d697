//! Personal API tokens: for programs that act for a person.

use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::problem::Problem;
use super::Listed;
use crate::base::clock::Moment;
use crate::base::id::TokenId;
use crate::domain::tokens::{self, Token};

#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenView {
    id: TokenId,
    name: String,
    created: Moment,
    expires: Moment,
    last_used: Option<Moment>,
    /// Only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<Token> for TokenView {
    fn from(t: Token) -> Self {
        let name = t.name.to_string();
        TokenView { id: t.id, name, created: t.created, expires: t.expires, last_used: t.last_used, secret: None }
    }
}

/// One's tokens, without their secrets.
#[utoipa::path(get, path = "/api/v1/me/tokens", tag = "tokens", responses((status = 200, body = Listed<TokenView>)))]
pub async fn list(caller: Caller) -> Result<Json<Listed<TokenView>>, Problem> {
    let found = caller.run(tokens::list).await?;
    Ok(Json(Listed::of(found, TokenView::from)))
}

#[derive(Deserialize, ToSchema)]
pub struct TokenBody {
    name: String,
    /// 1 to 365; 90 when not told.
    days: Option<u32>,
}

/// Makes a token; its secret is told once.
#[utoipa::path(post, path = "/api/v1/me/tokens", tag = "tokens", responses((status = 201, body = TokenView)))]
pub async fn create(caller: Caller, body: Json<TokenBody>) -> Result<HttpResponse, Problem> {
    let (token, secret) = caller.run(move |act| tokens::create(act, &body.name, body.days)).await?;
    let view = TokenView { secret: Some(secret.reveal().to_owned()), ..token.into() };
    Ok(HttpResponse::Created().json(view))
}

/// Takes a token back; it works no more.
#[utoipa::path(delete, path = "/api/v1/me/tokens/{id}", tag = "tokens", params(("id" = TokenId, Path)),
    responses((status = 204)))]
pub async fn revoke(caller: Caller, id: Path<TokenId>) -> Result<HttpResponse, Problem> {
    caller.run(move |act| tokens::revoke(act, *id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
