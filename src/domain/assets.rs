//! Assets: media that people bring in.

use std::io::{Read, Seek};

use super::act::{Act, Person};
use super::captions::{Captioned, Change};
use super::error::Result;
use crate::base::clock::Moment;
use crate::base::id::{AssetId, WorkspaceId};
use crate::base::page::{Limit, Page};

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

/// How large a picture is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Thumb,
    View,
    Original,
}

/// A file to send: decrypted as it is read.
pub struct Media {
    pub reader: Box<dyn Source>,
    pub length: u64,
    /// `image/jpeg`, `image/png`, `image/webp`, `video/mp4`, `application/zip`.
    pub mime: &'static str,
    /// Never changes for the same bytes; good as an `ETag`.
    pub mark: String,
    /// For a download.
    pub file_name: String,
}

pub trait Source: Read + Seek + Send {}
impl<T: Read + Seek + Send> Source for T {}

/// Brings a picture in: decoded within limits, kept as it came, with thumbnail, view and blur.
pub fn bring(_act: &Act, _workspace: WorkspaceId, _name: &str, _bytes: &[u8]) -> Result<Asset> {
    todo!()
}

/// Newest first; what is in the bin only when asked.
pub fn list(
    _act: &Act,
    _workspace: WorkspaceId,
    _deleted: bool,
    _limit: Limit,
    _after: Option<&str>,
) -> Result<Page<Asset>> {
    todo!()
}

pub fn get(_act: &Act, _workspace: WorkspaceId, _asset: AssetId) -> Result<Asset> {
    todo!()
}

/// A caption changed meanwhile answers `caption_changed`.
pub fn change(_act: &Act, _workspace: WorkspaceId, _asset: AssetId, _change: &Change) -> Result<Asset> {
    todo!()
}

/// Into the bin, for 30 days.
pub fn bin(_act: &Act, _workspace: WorkspaceId, _asset: AssetId) -> Result<Asset> {
    todo!()
}

pub fn restore(_act: &Act, _workspace: WorkspaceId, _asset: AssetId) -> Result<Asset> {
    todo!()
}

pub fn picture(_act: &Act, _workspace: WorkspaceId, _asset: AssetId, _wanted: Wanted) -> Result<Media> {
    todo!()
}
