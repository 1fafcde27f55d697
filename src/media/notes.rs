//! Words inside a PNG: our text chunks are read, added and taken out without touching the pixels.

use super::error::Error;

/// The whole recipe of a render, as JSON.
pub const RECIPE: &str = "studio-recipe";
/// The latents a render was drawn from; see [`super::scene`].
pub const SCENE: &str = "studio-scene";

/// One text chunk of a PNG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub keyword: String,
    pub text: String,
}

/// A copy of `png` that carries `notes`; a note of the same keyword is replaced.
pub fn write(png: &[u8], notes: &[Note]) -> Result<Vec<u8>, Error> {
    let _ = (png, notes);
    todo!()
}

/// The text under `keyword`; none when the file is no PNG, is damaged or does not have it.
pub fn read(png: &[u8], keyword: &str) -> Option<String> {
    let _ = (png, keyword);
    todo!()
}

/// A copy without any text: what somebody downloads who does not want the recipe to travel.
pub fn strip(png: &[u8]) -> Result<Vec<u8>, Error> {
    let _ = png;
    todo!()
}
