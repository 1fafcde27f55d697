//! A render: its row, and how people look at it and change it.

use serde::{Deserialize, Serialize};

use crate::base::clock::Moment;
use crate::base::id::{Id, JobId, RenderId, WorkspaceId};
use crate::base::page::{Limit, Page};
use crate::base::units::Rate;
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::{Act, Person};
use crate::domain::captions::{Captioned, Change};
use crate::domain::error::Result;
use crate::domain::recipes::terms::{Picture, Recipe, Reference};
use crate::domain::tile::{Tile, TileKind, is_favourite};
use crate::domain::works::{self, Common, Work};
use crate::store::blobs::BlobRef;
use crate::store::{Direction, Reads, Record, Span, Table, schema};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenderKind {
    Picture,
    Clip,
}

/// Which model made it, exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeWith {
    pub name: String,
    pub version: String,
    pub hash: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RenderRow {
    pub(crate) id: RenderId,
    pub(crate) kind: RenderKind,
    pub(crate) job: JobId,
    pub(crate) variation: u32,
    pub(crate) recipe: Recipe,
    pub(crate) frames: Option<u32>,
    pub(crate) rate: Option<Rate>,
    pub(crate) model: MadeWith,
    pub(crate) unknown_words: Vec<String>,
    pub(crate) common: Common,
    /// A clip's frames without loss.
    pub(crate) all_frames: Option<BlobRef>,
    /// The scene it was drawn from.
    pub(crate) latents: Option<BlobRef>,
}

impl Record for RenderRow {
    const TABLE: Table = schema::RENDERS;
    type Key = RenderId;

    fn key(&self) -> RenderId {
        self.id
    }
}

impl Work for RenderRow {
    const WHAT: &'static str = "render";

    fn picture(&self) -> Picture {
        Picture::Render(self.id)
    }
    fn kind(&self) -> TileKind {
        match self.kind {
            RenderKind::Picture => TileKind::Picture,
            RenderKind::Clip => TileKind::Clip,
        }
    }
    fn common(&self) -> &Common {
        &self.common
    }
    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
    fn blobs(&self) -> Vec<BlobRef> {
        let mut all = vec![self.common.file, self.common.view, self.common.thumb];
        all.extend(self.all_frames.into_iter().chain(self.latents));
        all
    }
}

/// A render as this caller sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Render {
    pub id: RenderId,
    pub workspace: WorkspaceId,
    pub kind: RenderKind,
    pub job: JobId,
    pub variation: u32,
    /// Of this one picture: seed filled, wildcards resolved.
    pub recipe: Recipe,
    pub by: Person,
    pub created: Moment,
    pub width: u32,
    pub height: u32,
    pub frames: Option<u32>,
    pub rate: Option<Rate>,
    pub bytes: u64,
    pub model: MadeWith,
    pub caption: Captioned,
    pub favourite: bool,
    /// 32 characters of base64, see `media::blur`.
    pub blur: String,
    pub deleted: bool,
    pub unknown_words: Vec<String>,
}

fn seen(act: &Act, rows: &impl Reads, workspace: WorkspaceId, row: RenderRow) -> Result<Render> {
    let common = row.common;
    Ok(Render {
        id: row.id,
        workspace,
        kind: row.kind,
        job: row.job,
        variation: row.variation,
        recipe: row.recipe,
        by: act.person(common.by)?,
        created: row.id.made(),
        width: common.size.width,
        height: common.size.height,
        frames: row.frames,
        rate: row.rate,
        bytes: common.file.size,
        model: row.model,
        caption: common.caption,
        favourite: is_favourite(rows, act.account().ok(), Picture::Render(row.id))?,
        blur: common.blur,
        deleted: common.deleted.is_some(),
        unknown_words: row.unknown_words,
    })
}

/// Newest first; what is in the bin only when asked.
pub fn list(
    act: &Act,
    workspace: WorkspaceId,
    deleted: bool,
    limit: Limit,
    after: Option<&str>,
) -> Result<Page<Render>> {
    works::list(act, workspace, deleted, limit, after, |tx, row| seen(act, tx, workspace, row))
}

pub fn get(act: &Act, workspace: WorkspaceId, render: RenderId) -> Result<Render> {
    act.read(Action::SeeWork, Scope::Work(workspace), |tx| seen(act, tx, workspace, works::found(tx, &render)?))
}

/// A caption changed meanwhile answers `caption_changed`.
pub fn change(act: &Act, workspace: WorkspaceId, render: RenderId, change: &Change) -> Result<Render> {
    works::change::<RenderRow>(act, workspace, &render, change)?;
    get(act, workspace, render)
}

/// Into the bin, for 30 days.
pub fn bin(act: &Act, workspace: WorkspaceId, render: RenderId) -> Result<Render> {
    works::bin::<RenderRow>(act, workspace, &render)?;
    get(act, workspace, render)
}

pub fn restore(act: &Act, workspace: WorkspaceId, render: RenderId) -> Result<Render> {
    works::restore::<RenderRow>(act, workspace, &render)?;
    get(act, workspace, render)
}

/// Where a render came from and where it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Lineage {
    pub made_from: Vec<Reference>,
    /// Newest first, at most 200.
    pub used_in: Vec<RenderId>,
}

pub fn lineage(act: &Act, workspace: WorkspaceId, render: RenderId) -> Result<Lineage> {
    act.read(Action::SeeWork, Scope::Work(workspace), |tx| {
        let row = works::found::<RenderRow>(tx, &render)?;
        let under = Span::under(&Tile::key_of(Picture::Render(render)));
        let used_in = tx.find::<RenderId>(schema::RENDERS_BY_REFERENCE, under, Direction::Backward);
        Ok(Lineage {
            made_from: row.recipe.references,
            used_in: used_in.take(Limit::MOST).collect::<std::result::Result<_, _>>()?,
        })
    })
}
