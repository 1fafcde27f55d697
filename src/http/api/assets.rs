//! Assets: bring a picture in, look, caption, bin.

use actix_web::http::StatusCode;
use actix_web::web::{Json, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};

use super::super::body;
use super::super::caller::Caller;
use super::super::media;
use super::super::problem::Problem;
use super::jobs::PersonView;
use super::renders::{ChangeBody, PictureWish};
use super::{Paged, Turn};
use crate::base::clock::Moment;
use crate::base::id::{AssetId, WorkspaceId};
use crate::base::page::Limit;
use crate::domain::assets::{self, Asset};
use crate::domain::captions::Change;

/// The largest file that is taken.
const MOST: usize = 64 << 20;

/// Pictures are held in memory while they are checked: no more than these at once.
static UPLOADS: Semaphore = Semaphore::const_new(4);

#[derive(Serialize, ToSchema)]
#[schema(as = Asset)]
pub struct AssetView {
    id: AssetId,
    name: String,
    width: u32,
    height: u32,
    bytes: u64,
    by: PersonView,
    created: Moment,
    caption: Option<String>,
    caption_revision: u64,
    /// Mine, not everybody's.
    favourite: bool,
    /// A blurred picture to show first, base64.
    blur: String,
    deleted: bool,
}

impl From<Asset> for AssetView {
    fn from(a: Asset) -> Self {
        AssetView {
            id: a.id,
            name: a.name,
            width: a.width,
            height: a.height,
            bytes: a.bytes,
            by: a.by.into(),
            created: a.created,
            caption: a.caption.text,
            caption_revision: a.caption.revision,
            favourite: a.favourite,
            blur: a.blur,
            deleted: a.deleted,
        }
    }
}

/// The assets of a workspace, newest first.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/assets", tag = "assets", params(("ws" = WorkspaceId, Path), Turn),
    responses((status = 200, body = Paged<AssetView>)))]
pub async fn list(caller: Caller, ws: Path<WorkspaceId>, turn: Query<Turn>) -> Result<Json<Paged<AssetView>>, Problem> {
    let Turn { limit, after, deleted } = turn.into_inner();
    let page = caller.run(move |act| assets::list(act, *ws, deleted, Limit::new(limit), after.as_deref())).await?;
    Ok(Json(Paged::of(page, AssetView::from)))
}

#[derive(Deserialize, IntoParams)]
pub struct UploadWish {
    /// The file's name.
    name: Option<String>,
}

/// Brings a picture in: PNG, JPEG or WebP, as the whole body, at most 64 MiB.
#[utoipa::path(post, path = "/api/v1/workspaces/{ws}/assets", tag = "assets",
    params(("ws" = WorkspaceId, Path), UploadWish),
    request_body(content = String, content_type = "image/*"), responses((status = 201, body = AssetView)))]
pub async fn bring(
    request: HttpRequest,
    caller: Caller,
    ws: Path<WorkspaceId>,
    wish: Query<UploadWish>,
    sent: Payload,
) -> Result<HttpResponse, Problem> {
    let _turn = UPLOADS.acquire().await.map_err(Problem::crashed)?;
    let bytes = body::whole(&request, sent, MOST, too_large).await?;
    let name = wish.into_inner().name.unwrap_or_default();
    let asset = caller.run(move |act| assets::bring(act, *ws, &name, &bytes)).await?;
    Ok(HttpResponse::Created().json(AssetView::from(asset)))
}

fn too_large() -> Problem {
    let detail =
        "This file is larger than 64 MiB, the most that can be brought in. Please make it smaller and try again.";
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
}

#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/assets/{id}", tag = "assets",
    responses((status = 200, body = AssetView)))]
pub async fn show(caller: Caller, path: Path<(WorkspaceId, AssetId)>) -> Result<Json<AssetView>, Problem> {
    let (ws, id) = path.into_inner();
    let asset = caller.run(move |act| assets::get(act, ws, id)).await?;
    Ok(Json(asset.into()))
}

/// Changes the caption, or marks a favourite.
#[utoipa::path(patch, path = "/api/v1/workspaces/{ws}/assets/{id}", tag = "assets",
    responses((status = 200, body = AssetView)))]
pub async fn change(
    caller: Caller,
    path: Path<(WorkspaceId, AssetId)>,
    body: Json<ChangeBody>,
) -> Result<Json<AssetView>, Problem> {
    let (ws, id) = path.into_inner();
    let change = Change::from(body.into_inner());
    let asset = caller.run(move |act| assets::change(act, ws, id, &change)).await?;
    Ok(Json(asset.into()))
}

/// Into the bin, for 30 days.
#[utoipa::path(delete, path = "/api/v1/workspaces/{ws}/assets/{id}", tag = "assets",
    responses((status = 200, body = AssetView)))]
pub async fn bin(caller: Caller, path: Path<(WorkspaceId, AssetId)>) -> Result<Json<AssetView>, Problem> {
    let (ws, id) = path.into_inner();
    let asset = caller.run(move |act| assets::bin(act, ws, id)).await?;
    Ok(Json(asset.into()))
}

/// Out of the bin again.
#[utoipa::path(post, path = "/api/v1/workspaces/{ws}/assets/{id}/restore", tag = "assets",
    responses((status = 200, body = AssetView)))]
pub async fn restore(caller: Caller, path: Path<(WorkspaceId, AssetId)>) -> Result<Json<AssetView>, Problem> {
    let (ws, id) = path.into_inner();
    let asset = caller.run(move |act| assets::restore(act, ws, id)).await?;
    Ok(Json(asset.into()))
}

/// The picture in one of three sizes; the original is the file as it came.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/assets/{id}/picture", tag = "assets", params(PictureWish),
    responses((status = 200, content_type = "image/*", body = String), (status = 206), (status = 304)))]
pub async fn picture(
    request: HttpRequest,
    caller: Caller,
    path: Path<(WorkspaceId, AssetId)>,
    wish: Query<PictureWish>,
) -> Result<HttpResponse, Problem> {
    let (ws, id) = path.into_inner();
    let wanted = wish.wanted();
    let file = caller.run(move |act| assets::picture(act, ws, id, wanted)).await?;
    media::send(&request, file, wish.download()).await
}
