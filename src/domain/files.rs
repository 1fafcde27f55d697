//! Files to send: decrypted as they are read, never whole in memory unless they are small.

use std::io::{Cursor, Read, Seek};

use super::error::Result;
use super::house::Room;
use crate::media::encode;
use crate::media::picture::Picture;
use crate::media::{Error as MediaError, blur};
use crate::store::blobs::BlobRef;

/// How large a picture is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Thumb,
    View,
    Original,
}

/// A file to send.
pub struct Media {
    pub reader: Box<dyn Source>,
    pub length: u64,
    /// `image/jpeg`, `image/png`, `image/webp`, `video/mp4`.
    pub mime: &'static str,
    /// Never changes for the same bytes; good as an `ETag`.
    pub mark: String,
    /// For a download.
    pub file_name: String,
}

pub trait Source: Read + Seek + Send {}
impl<T: Read + Seek + Send> Source for T {}

impl Media {
    pub(crate) fn of(room: &Room, blob: BlobRef, mime: &'static str, file_name: String) -> Result<Media> {
        let reader = Box::new(room.blobs.reader(blob.id)?);
        Ok(Media { reader, length: blob.size, mime, mark: blob.id.to_string(), file_name })
    }

    pub(crate) fn of_bytes(bytes: Vec<u8>, mime: &'static str, mark: String, file_name: String) -> Media {
        Media { length: bytes.len() as u64, reader: Box::new(Cursor::new(bytes)), mime, mark, file_name }
    }
}

/// The small forms in which a picture is shown.
pub(crate) struct Small {
    pub(crate) view: Vec<u8>,
    pub(crate) thumb: Vec<u8>,
    pub(crate) blur: String,
}

const VIEW_SIDE: u32 = 1280;
const THUMB_SIDE: u32 = 384;

/// Slow: before any transaction.
pub(crate) fn small(picture: &Picture) -> Result<Small, MediaError> {
    let view = picture.fit(VIEW_SIDE)?;
    let thumb = view.fit(THUMB_SIDE)?;
    Ok(Small { view: encode::jpeg(&view, 88)?, thumb: encode::jpeg(&thumb, 82)?, blur: blur::blur(&thumb)? })
}
