//! The tiny placeholder of a picture that is shown until the picture itself is there.

use super::error::Error;
use super::picture::Picture;

/// 32 characters of base64: 24 bytes, a grid of 4 x 3 colours from the top left, row by row, each colour 16 bits
/// (5 red, 6 green, 5 blue, big end first).
pub fn blur(picture: &Picture) -> Result<String, Error> {
    let _ = picture;
    todo!()
}
