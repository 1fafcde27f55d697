//! Renders: look, caption, bin, and their files.

use actix_web::web::{Json, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::caller::Caller;
use super::super::media;
use super::super::problem::Problem;
use super::jobs::{PersonView, RecipeView, ReferenceView};
use super::{FileWish, Paged, Turn};
use crate::base::clock::Moment;
use crate::base::id::{JobId, RenderId, WorkspaceId};
use crate::base::page::Limit;
use crate::base::units::Rate;
use crate::domain::assets::Wanted;
use crate::domain::captions::Change;
use crate::domain::renders::{self, Render, RenderKind};

#[derive(Serialize, ToSchema)]
#[schema(as = Render)]
pub struct RenderView {
    id: RenderId,
    kind: RenderKind,
    job: JobId,
    /// Which variation of the job, from 0.
    variation: u32,
    /// Complete: with it and the model the same picture comes again.
    recipe: RecipeView,
    by: PersonView,
    created: Moment,
    width: u32,
    height: u32,
    frames: Option<u32>,
    rate: Option<Rate>,
    bytes: u64,
    model: MadeWithView,
    caption: Option<String>,
    caption_revision: u64,
    /// Mine, not everybody's.
    favourite: bool,
    /// A blurred picture to show first, base64.
    blur: String,
    deleted: bool,
    unknown_words: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MadeWith)]
pub struct MadeWithView {
    name: String,
    version: String,
    hash: String,
}

impl From<Render> for RenderView {
    fn from(r: Render) -> Self {
        RenderView {
            id: r.id,
            kind: r.kind,
            job: r.job,
            variation: r.variation,
            recipe: r.recipe.into(),
            by: r.by.into(),
            created: r.created,
            width: r.width,
            height: r.height,
            frames: r.frames,
            rate: r.rate,
            bytes: r.bytes,
            model: MadeWithView { name: r.model.name, version: r.model.version, hash: r.model.hash },
            caption: r.caption.text,
            caption_revision: r.caption.revision,
            favourite: r.favourite,
            blur: r.blur,
            deleted: r.deleted,
            unknown_words: r.unknown_words,
        }
    }
}

/// The renders of a workspace, newest first.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/renders", tag = "renders", params(("ws" = WorkspaceId, Path), Turn),
    responses((status = 200, body = Paged<RenderView>)))]
pub async fn list(
    caller: Caller,
    ws: Path<WorkspaceId>,
    turn: Query<Turn>,
) -> Result<Json<Paged<RenderView>>, Problem> {
    let Turn { limit, after, deleted } = turn.into_inner();
    let page = caller.run(move |act| renders::list(act, *ws, deleted, Limit::new(limit), after.as_deref())).await?;
    Ok(Json(Paged::of(page, RenderView::from)))
}

#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/renders/{id}", tag = "renders",
    responses((status = 200, body = RenderView)))]
pub async fn show(caller: Caller, path: Path<(WorkspaceId, RenderId)>) -> Result<Json<RenderView>, Problem> {
    let (ws, id) = path.into_inner();
    let render = caller.run(move |act| renders::get(act, ws, id)).await?;
    Ok(Json(render.into()))
}

/// A change of caption or favourite; what is left out stays.
#[derive(Deserialize, ToSchema)]
pub struct ChangeBody {
    /// Null takes the caption away.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    caption: Told<String>,
    /// The `caption_revision` that was seen; another one meanwhile answers `caption_changed`.
    caption_revision: Option<u64>,
    favourite: Option<bool>,
}

/// Tells "null" from "not told".
#[derive(Default)]
enum Told<T> {
    #[default]
    Not,
    As(Option<T>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Told<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(Told::As)
    }
}

impl From<ChangeBody> for Change {
    fn from(body: ChangeBody) -> Self {
        let caption = match body.caption {
            Told::Not => None,
            Told::As(text) => Some(text.filter(|t| !t.trim().is_empty())),
        };
        Change { caption, caption_revision: body.caption_revision, favourite: body.favourite }
    }
}

/// Changes the caption, or marks a favourite.
#[utoipa::path(patch, path = "/api/v1/workspaces/{ws}/renders/{id}", tag = "renders",
    responses((status = 200, body = RenderView)))]
pub async fn change(
    caller: Caller,
    path: Path<(WorkspaceId, RenderId)>,
    body: Json<ChangeBody>,
) -> Result<Json<RenderView>, Problem> {
    let (ws, id) = path.into_inner();
    let change = Change::from(body.into_inner());
    let render = caller.run(move |act| renders::change(act, ws, id, &change)).await?;
    Ok(Json(render.into()))
}

/// Into the bin, for 30 days.
#[utoipa::path(delete, path = "/api/v1/workspaces/{ws}/renders/{id}", tag = "renders",
    responses((status = 200, body = RenderView)))]
pub async fn bin(caller: Caller, path: Path<(WorkspaceId, RenderId)>) -> Result<Json<RenderView>, Problem> {
    let (ws, id) = path.into_inner();
    let render = caller.run(move |act| renders::bin(act, ws, id)).await?;
    Ok(Json(render.into()))
}

/// Out of the bin again.
#[utoipa::path(post, path = "/api/v1/workspaces/{ws}/renders/{id}/restore", tag = "renders",
    responses((status = 200, body = RenderView)))]
pub async fn restore(caller: Caller, path: Path<(WorkspaceId, RenderId)>) -> Result<Json<RenderView>, Problem> {
    let (ws, id) = path.into_inner();
    let render = caller.run(move |act| renders::restore(act, ws, id)).await?;
    Ok(Json(render.into()))
}

/// Which file of a picture, and how it is wanted.
#[derive(Deserialize, IntoParams)]
pub struct PictureWish {
    /// `view` when not told. For clips, `thumb` and `view` are the poster.
    size: Option<SizeWord>,
    /// Leaves the recipe inside an original PNG.
    #[serde(default)]
    recipe: bool,
    /// As a file to save.
    #[serde(default)]
    download: bool,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SizeWord {
    Thumb,
    View,
    Original,
}

impl PictureWish {
    pub(super) fn wanted(&self) -> Wanted {
        match self.size {
            Some(SizeWord::Thumb) => Wanted::Thumb,
            Some(SizeWord::View) | None => Wanted::View,
            Some(SizeWord::Original) => Wanted::Original,
        }
    }

    pub(super) fn download(&self) -> bool {
        self.download
    }
}

/// The picture in one of three sizes; for a clip, its poster.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/renders/{id}/picture", tag = "renders", params(PictureWish),
    responses((status = 200, content_type = "image/*", body = String), (status = 206), (status = 304)))]
pub async fn picture(
    request: HttpRequest,
    caller: Caller,
    path: Path<(WorkspaceId, RenderId)>,
    wish: Query<PictureWish>,
) -> Result<HttpResponse, Problem> {
    let (ws, id) = path.into_inner();
    let (wanted, recipe) = (wish.wanted(), wish.recipe);
    let file = caller.run(move |act| renders::picture(act, ws, id, wanted, recipe)).await?;
    media::send(&request, file, wish.download).await
}

/// The clip, by range.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/renders/{id}/clip", tag = "renders", params(FileWish),
    responses((status = 200, content_type = "video/mp4", body = String), (status = 206), (status = 304)))]
pub async fn clip(
    request: HttpRequest,
    caller: Caller,
    path: Path<(WorkspaceId, RenderId)>,
    wish: Query<FileWish>,
) -> Result<HttpResponse, Problem> {
    let (ws, id) = path.into_inner();
    let file = caller.run(move |act| renders::clip(act, ws, id)).await?;
    media::send(&request, file, wish.download).await
}

/// The frames of a clip as PNG files in a zip.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/renders/{id}/frames.zip", tag = "renders",
    responses((status = 200, content_type = "application/zip", body = String)))]
pub async fn frames(caller: Caller, path: Path<(WorkspaceId, RenderId)>) -> Result<HttpResponse, Problem> {
    let (ws, id) = path.into_inner();
    let frames = caller.run(move |act| renders::frames(act, ws, id)).await?;
    media::send_frames(frames)
}

#[derive(Serialize, ToSchema)]
#[schema(as = Lineage)]
pub struct LineageView {
    made_from: Vec<ReferenceView>,
    used_in: Vec<RenderId>,
}

/// What a render was made from, and what was made from it.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/renders/{id}/lineage", tag = "renders",
    responses((status = 200, body = LineageView)))]
pub async fn lineage(caller: Caller, path: Path<(WorkspaceId, RenderId)>) -> Result<Json<LineageView>, Problem> {
    let (ws, id) = path.into_inner();
    let found = caller.run(move |act| renders::lineage(act, ws, id)).await?;
    let made_from = found.made_from.into_iter().map(ReferenceView::from).collect();
    Ok(Json(LineageView { made_from, used_in: found.used_in }))
}
