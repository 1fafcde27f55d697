//! The scene that travels inside a render: its latents, so that an edit starts from what was drawn.

use super::notes::Note;

/// Latents and the package that drew them. As a note: base64 of the package's hash (32 bytes), then f32, little end first.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    pub package: [u8; 32],
    pub latents: Vec<f32>,
}

impl Scene {
    pub fn note(&self) -> Note {
        todo!()
    }

    /// The scene inside a PNG; none when there is none or it is not whole. It comes from outside: check the package and the length.
    pub fn read(png: &[u8]) -> Option<Scene> {
        let _ = png;
        todo!()
    }
}
