//! Reads a picture that somebody brought: refuses before it allocates, and answers upright RGB.

use super::error::Error;
use super::picture::Picture;
use crate::base::units::Size;

/// What a picture may cost to read; checked from the header, before any pixel is allocated.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub bytes: u64,
    pub side: u32,
    pub pixels: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { bytes: 64 << 20, side: 16_384, pixels: 64_000_000 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Png,
    Jpeg,
    Webp,
}

/// What the file was before it became a [`Picture`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub format: Format,
    /// As stored in the file, before a camera's turn was applied.
    pub stored: Size,
    /// The camera's orientation was applied.
    pub turned: bool,
    /// Transparent parts were laid onto white.
    pub alpha: bool,
}

/// Reads PNG, JPEG and WebP. Transparency is laid onto white, orientation is applied, 16 bits become 8.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<(Picture, Facts), Error> {
    let _ = (bytes, limits);
    todo!()
}
