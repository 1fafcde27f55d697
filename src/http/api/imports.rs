//! Bringing a model in: announce or take a file, send its parts, accept the licence, follow the rest.

use actix_web::http::StatusCode;
use actix_web::web::{Json, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};

use super::super::body;
use super::super::caller::Caller;
use super::super::problem::Problem;
use super::Listed;
use super::jobs::{PersonView, TroubleView};
use crate::base::clock::Moment;
use crate::base::id::ImportId;
use crate::domain::models::receiving::{self, MOST_PART};
use crate::domain::models::{Import, ImportState, Offer, imports};

/// Parts are held in memory until they are written: no more than these at once.
static PARTS: Semaphore = Semaphore::const_new(4);

#[derive(Serialize, ToSchema)]
#[schema(as = Import)]
pub struct ImportView {
    id: ImportId,
    /// What the file is called where it came from.
    file: String,
    state: ImportState,
    /// Received or copied so far.
    done: u64,
    bytes: u64,
    /// What the package says of itself, once it was read.
    offer: Option<OfferView>,
    /// The name it gets.
    model: Option<String>,
    /// Its weights are to be sealed.
    seal: bool,
    problem: Option<TroubleView>,
    by: PersonView,
    created: Moment,
}

/// What a package says of itself before it is brought in.
#[derive(Serialize, ToSchema)]
#[schema(as = Offer)]
pub struct OfferView {
    name: String,
    version: String,
    family: String,
    licence: String,
    /// Null where the package brings no file with the text.
    licence_text: Option<String>,
    files: u64,
    bytes: u64,
}

impl From<Offer> for OfferView {
    fn from(o: Offer) -> Self {
        OfferView {
            name: o.name,
            version: o.version,
            family: o.family,
            licence: o.licence,
            licence_text: o.licence_text,
            files: o.files,
            bytes: o.bytes,
        }
    }
}

impl From<Import> for ImportView {
    fn from(i: Import) -> Self {
        ImportView {
            id: i.id,
            file: i.file,
            state: i.state,
            done: i.done,
            bytes: i.bytes,
            offer: i.offer.map(OfferView::from),
            model: i.model,
            seal: i.seal,
            problem: i.trouble.map(TroubleView::from),
            by: i.by.into(),
            created: i.created,
        }
    }
}

/// Imports that are under way, and those that ended within a day; newest first.
#[utoipa::path(get, path = "/api/v1/studio/imports", tag = "imports",
    responses((status = 200, body = Listed<ImportView>)))]
pub async fn list(caller: Caller) -> Result<Json<Listed<ImportView>>, Problem> {
    let found = caller.run(imports::list).await?;
    Ok(Json(Listed::of(found, ImportView::from)))
}

#[utoipa::path(get, path = "/api/v1/studio/imports/{id}", tag = "imports", params(("id" = ImportId, Path)),
    responses((status = 200, body = ImportView)))]
pub async fn show(caller: Caller, id: Path<ImportId>) -> Result<Json<ImportView>, Problem> {
    let found = caller.run(move |act| imports::get(act, *id)).await?;
    Ok(Json(found.into()))
}

#[derive(Serialize, ToSchema)]
pub struct IncomingView {
    /// Null where the operator of the server named none.
    folder: Option<String>,
    names: Vec<String>,
}

/// What lies in the one folder of the server from which packages may be taken.
#[utoipa::path(get, path = "/api/v1/studio/incoming", tag = "imports", responses((status = 200, body = IncomingView)))]
pub async fn incoming(caller: Caller) -> Result<Json<IncomingView>, Problem> {
    let found = caller.run(imports::incoming).await?;
    let (folder, names) = found.map_or((None, Vec::new()), |(folder, names)| (Some(folder), names));
    Ok(Json(IncomingView { folder: folder.map(|f| f.display().to_string()), names }))
}

/// A file that will be sent in parts, or one that lies in the incoming folder, by its name there.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ImportBody {
    Upload {
        file: String,
        bytes: u64,
        /// When the file was changed, in milliseconds since 1970. With it the same file, sent again by the same person
        /// after a broken line or a stop, goes on where it was.
        modified: Option<i64>,
    },
    Incoming {
        incoming: String,
    },
}

/// Begins an import.
#[utoipa::path(post, path = "/api/v1/studio/imports", tag = "imports", responses((status = 201, body = ImportView)))]
pub async fn begin(caller: Caller, body: Json<ImportBody>) -> Result<HttpResponse, Problem> {
    let begun = caller
        .run(move |act| match body.into_inner() {
            ImportBody::Upload { file, bytes, modified } => receiving::upload(act, &file, bytes, modified),
            ImportBody::Incoming { incoming } => imports::take(act, &incoming),
        })
        .await?;
    Ok(HttpResponse::Created().json(ImportView::from(begun)))
}

#[derive(Deserialize, IntoParams)]
pub struct PartWish {
    /// How many bytes were received before; after a broken line, the `done` of the import.
    offset: u64,
}

/// Receives the next part of a file, at most 16 MiB.
#[utoipa::path(post, path = "/api/v1/studio/imports/{id}/part", tag = "imports",
    params(("id" = ImportId, Path), PartWish),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 200, body = ImportView)))]
pub async fn receive(
    request: HttpRequest,
    caller: Caller,
    id: Path<ImportId>,
    wish: Query<PartWish>,
    sent: Payload,
) -> Result<Json<ImportView>, Problem> {
    let _turn = PARTS.acquire().await.map_err(Problem::crashed)?;
    let bytes = body::whole(&request, sent, MOST_PART as usize, too_large).await?;
    let import = caller.run(move |act| receiving::receive(act, *id, wish.offset, &bytes)).await?;
    Ok(Json(import.into()))
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        "A part may have at most 16 MiB. Please send less at once.",
    )
}

#[derive(Deserialize, ToSchema)]
pub struct AcceptBody {
    /// Another name than the package's own.
    name: Option<String>,
    /// Seal the weights: on the disk only the studio's keys open them.
    #[serde(default)]
    seal: bool,
}

/// Accepts the licence; the studio then copies and checks the package.
#[utoipa::path(post, path = "/api/v1/studio/imports/{id}/accept", tag = "imports", params(("id" = ImportId, Path)),
    responses((status = 200, body = ImportView)))]
pub async fn accept(caller: Caller, id: Path<ImportId>, body: Json<AcceptBody>) -> Result<Json<ImportView>, Problem> {
    let import = caller.run(move |act| imports::accept(act, *id, body.name.as_deref(), body.seal)).await?;
    Ok(Json(import.into()))
}

/// Cancels an import that is under way, with what was received of it; takes one that is over off the list.
#[utoipa::path(delete, path = "/api/v1/studio/imports/{id}", tag = "imports", params(("id" = ImportId, Path)),
    responses((status = 204)))]
pub async fn discard(caller: Caller, id: Path<ImportId>) -> Result<HttpResponse, Problem> {
    caller.run(move |act| imports::discard(act, *id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
