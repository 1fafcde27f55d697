//! Writes pictures: PNG without loss and always the same bytes, JPEG for thumbnails and previews.

use super::error::Error;
use super::picture::Picture;

/// How long the PNG writer looks for a smaller file; the pixels are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// For frames: little time, files a third larger.
    Quick,
    /// For what people keep.
    Small,
}

/// The same picture gives the same bytes. Text chunks are added by [`super::notes::write`].
pub fn png(picture: &Picture, effort: Effort) -> Result<Vec<u8>, Error> {
    let _ = (picture, effort);
    todo!()
}

/// `quality` from 1 to 100; 82 is good for thumbnails, 70 for previews.
pub fn jpeg(picture: &Picture, quality: u8) -> Result<Vec<u8>, Error> {
    let _ = (picture, quality);
    todo!()
}
