//! An asset: its row, and how people look at it and change it.

use serde::{Deserialize, Serialize};

use crate::base::clock::Moment;
use crate::base::id::{AssetId, Id, WorkspaceId};
use crate::base::page::{Limit, Page};
use crate::base::text::Name;
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::{Act, Person};
use crate::domain::captions::{Captioned, Change};
use crate::domain::error::Result;
use crate::domain::files::{Media, Wanted};
use crate::domain::recipes::terms::Picture;
use crate::domain::tile::{TileKind, is_favourite};
use crate::domain::works::{self, Common, Work};
use crate::store::blobs::BlobRef;
use crate::store::{Reads, Record, Table, schema};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AssetRow {
    pub(crate) id: AssetId,
    pub(crate) name: Name,
    pub(crate) mime: String,
    pub(crate) common: Common,
}

impl Record for AssetRow {
    const TABLE: Table = schema::ASSETS;
    type Key = AssetId;

    fn key(&self) -> AssetId {
        self.id
    }
}

impl Work for AssetRow {
    const WHAT: &'static str = "asset";

    fn picture(&self) -> Picture {
        Picture::Asset(self.id)
    }
    fn kind(&self) -> TileKind {
        TileKind::Asset
    }
    fn common(&self) -> &Common {
        &self.common
    }
    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
    fn blobs(&self) -> Vec<BlobRef> {
        vec![self.common.file, self.common.view, self.common.thumb]
    }
}

/// An asset as this caller sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    pub id: AssetId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
    pub by: Person,
    pub created: Moment,
    pub caption: Captioned,
    pub favourite: bool,
    /// 32 characters of base64, see `media::blur`.
    pub blur: String,
    pub deleted: bool,
}

pub(crate) fn seen(act: &Act, rows: &impl Reads, workspace: WorkspaceId, row: AssetRow) -> Result<Asset> {
    let common = row.common;
    Ok(Asset {
        id: row.id,
        workspace,
        name: row.name.to_string(),
        width: common.size.width,
        height: common.size.height,
        bytes: common.file.size,
        by: act.person(common.by)?,
        created: row.id.made(),
        caption: common.caption,
        favourite: is_favourite(rows, act.account().ok(), Picture::Asset(row.id))?,
        blur: common.blur,
        deleted: common.deleted.is_some(),
    })
}

/// Newest first; what is in the bin only when asked.
pub fn list(
    act: &Act,
    workspace: WorkspaceId,
    deleted: bool,
    limit: Limit,
    after: Option<&str>,
) -> Result<Page<Asset>> {
    works::list(act, workspace, deleted, limit, after, |tx, row| seen(act, tx, workspace, row))
}

pub fn get(act: &Act, workspace: WorkspaceId, asset: AssetId) -> Result<Asset> {
    act.read(Action::SeeWork, Scope::Work(workspace), |tx| seen(act, tx, workspace, works::found(tx, &asset)?))
}

/// A caption changed meanwhile answers `caption_changed`.
pub fn change(act: &Act, workspace: WorkspaceId, asset: AssetId, change: &Change) -> Result<Asset> {
    works::change::<AssetRow>(act, workspace, &asset, change)?;
    get(act, workspace, asset)
}

/// Into the bin, for 30 days.
pub fn bin(act: &Act, workspace: WorkspaceId, asset: AssetId) -> Result<Asset> {
    works::bin::<AssetRow>(act, workspace, &asset)?;
    get(act, workspace, asset)
}

pub fn restore(act: &Act, workspace: WorkspaceId, asset: AssetId) -> Result<Asset> {
    works::restore::<AssetRow>(act, workspace, &asset)?;
    get(act, workspace, asset)
}

pub fn picture(act: &Act, workspace: WorkspaceId, asset: AssetId, wanted: Wanted) -> Result<Media> {
    let action = if wanted == Wanted::Original { Action::Download } else { Action::SeeWork };
    let row = act.read(action, Scope::Work(workspace), |tx| works::found::<AssetRow>(tx, &asset))?;
    let room = act.room(workspace)?;
    match wanted {
        Wanted::Thumb => Media::of(&room, row.common.thumb, "image/jpeg", format!("{asset}-thumb.jpg")),
        Wanted::View => Media::of(&room, row.common.view, "image/jpeg", format!("{asset}.jpg")),
        Wanted::Original => {
            let mime = match row.mime.as_str() {
                "image/jpeg" => "image/jpeg",
                "image/webp" => "image/webp",
                _ => "image/png",
            };
            Media::of(&room, row.common.file, mime, row.name.to_string())
        }
    }
}
