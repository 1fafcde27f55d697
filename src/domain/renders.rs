//! Renders: what jobs made, with all that is needed to make them again.

use serde::{Deserialize, Serialize};

use super::act::{Act, Person};
use super::assets::{Media, Wanted};
use super::captions::{Captioned, Change};
use super::error::Result;
use super::recipes::{Recipe, Reference};
use crate::base::clock::Moment;
use crate::base::id::{JobId, RenderId, WorkspaceId};
use crate::base::page::{Limit, Page};
use crate::base::units::Rate;

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

/// Where a render came from and where it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Lineage {
    pub made_from: Vec<Reference>,
    pub used_in: Vec<RenderId>,
}

/// Newest first; what is in the bin only when asked.
pub fn list(
    _act: &Act,
    _workspace: WorkspaceId,
    _deleted: bool,
    _limit: Limit,
    _after: Option<&str>,
) -> Result<Page<Render>> {
    todo!()
}

pub fn get(_act: &Act, _workspace: WorkspaceId, _render: RenderId) -> Result<Render> {
    todo!()
}

/// A caption changed meanwhile answers `caption_changed`.
pub fn change(_act: &Act, _workspace: WorkspaceId, _render: RenderId, _change: &Change) -> Result<Render> {
    todo!()
}

/// Into the bin, for 30 days.
pub fn bin(_act: &Act, _workspace: WorkspaceId, _render: RenderId) -> Result<Render> {
    todo!()
}

pub fn restore(_act: &Act, _workspace: WorkspaceId, _render: RenderId) -> Result<Render> {
    todo!()
}

/// The picture, or a clip's poster. `recipe` leaves the recipe inside an original PNG.
pub fn picture(
    _act: &Act,
    _workspace: WorkspaceId,
    _render: RenderId,
    _wanted: Wanted,
    _recipe: bool,
) -> Result<Media> {
    todo!()
}

/// The MP4 of a clip.
pub fn clip(_act: &Act, _workspace: WorkspaceId, _render: RenderId) -> Result<Media> {
    todo!()
}

/// The frames of a clip as a zip of PNG files.
pub fn frames(_act: &Act, _workspace: WorkspaceId, _render: RenderId) -> Result<Frames> {
    todo!()
}

/// All frames of a clip, zipped while they are sent.
pub struct Frames {}

impl Frames {
    /// How many bytes will be written.
    pub fn length(&self) -> u64 {
        todo!()
    }

    pub fn file_name(&self) -> &str {
        todo!()
    }

    /// Blocks; give it a pipe.
    pub fn send(self, _to: impl std::io::Write) -> Result<()> {
        todo!()
    }
}

pub fn lineage(_act: &Act, _workspace: WorkspaceId, _render: RenderId) -> Result<Lineage> {
    todo!()
}
