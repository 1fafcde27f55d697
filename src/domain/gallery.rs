//! The whole result at once, so small that layout and scroll bar are exact from the first frame.

use serde::Serialize;

use super::act::Act;
use super::error::Result;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, WorkspaceId};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shelf {
    #[default]
    All,
    Renders,
    Assets,
}

/// What to show.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// A search in the words of `search`; empty shows everything, newest first.
    pub q: String,
    pub shelf: Shelf,
    pub favourite: bool,
    pub by: Option<AccountId>,
    pub deleted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TileKind {
    Picture,
    Clip,
    Asset,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// A render's or an asset's id, as text.
    pub id: String,
    pub kind: TileKind,
    /// Width by height.
    pub ratio: f32,
    /// 32 characters of base64, see `media::blur`.
    pub blur: String,
    pub favourite: bool,
    pub created: Moment,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Gallery {
    /// Grows with every change of the workspace's work; equal means nothing moved.
    pub revision: u64,
    pub items: Vec<Tile>,
    /// Also counts those beyond the 20,000 that are sent.
    pub total: usize,
}

pub fn whole(_act: &Act, _workspace: WorkspaceId, _wish: &Wish) -> Result<Gallery> {
    todo!()
}
