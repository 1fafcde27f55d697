//! The gallery: the whole result of a search at once, compact.

use actix_web::web::{Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::caller::Caller;
use super::super::problem::Problem;
use super::super::schemas::tile_row;
use crate::base::id::{AccountId, WorkspaceId};
use crate::domain::gallery::{self, Shelf, Tile, TileKind, Wish};

#[derive(Deserialize, IntoParams)]
pub struct GalleryWish {
    /// Words, "phrases", pre*, by:, model:, is:clip, after:, before:, -not.
    q: Option<String>,
    kind: Option<KindWord>,
    /// Only mine.
    #[serde(default)]
    favourite: bool,
    by: Option<AccountId>,
    /// Only what is in the bin.
    #[serde(default)]
    deleted: bool,
    /// Send only so many of the first; the total still counts all.
    most: Option<usize>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KindWord {
    All,
    Renders,
    Assets,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Gallery)]
pub struct GalleryView {
    /// Equal means nothing moved.
    revision: u64,
    /// At most 20,000, each `[id, kind, ratio, blur, favourite, created_ms]`.
    #[schema(schema_with = rows)]
    items: Vec<Row>,
    /// Also counts those that are not sent.
    total: usize,
}

type Row = (String, TileKind, f32, String, bool, i64);

fn rows() -> utoipa::openapi::schema::Array {
    utoipa::openapi::schema::Array::new(tile_row())
}

fn row(t: Tile) -> Row {
    let ratio = (t.ratio * 1000.0).round() / 1000.0;
    (t.id, t.kind, ratio, t.blur, t.favourite, t.created.0)
}

/// Everything that is found, newest first, or by how well it fits when words are asked.
#[utoipa::path(get, path = "/api/v1/workspaces/{ws}/gallery", tag = "gallery",
    params(("ws" = WorkspaceId, Path), GalleryWish),
    responses((status = 200, body = GalleryView)))]
pub async fn whole(
    caller: Caller,
    ws: Path<WorkspaceId>,
    wish: Query<GalleryWish>,
) -> Result<Json<GalleryView>, Problem> {
    let wish = wish.into_inner();
    let shelf = match wish.kind {
        Some(KindWord::Renders) => Shelf::Renders,
        Some(KindWord::Assets) => Shelf::Assets,
        Some(KindWord::All) | None => Shelf::All,
    };
    let q = wish.q.clone().unwrap_or_default();
    let GalleryWish { favourite, by, deleted, most, .. } = wish;
    let wish = Wish { q, shelf, favourite, by, deleted, most };
    let found = caller.run(move |act| gallery::whole(act, *ws, &wish)).await?;
    let items = found.items.into_iter().map(row).collect();
    Ok(Json(GalleryView { revision: found.revision, items, total: found.total }))
}
