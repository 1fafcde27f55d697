//! The scene that travels inside a render: its latents, so that an edit starts from what was drawn.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::notes::{self, Note};

/// Latents and the package that drew them. As a note: base64 of the package's hash (32 bytes), then f32, little end first.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    pub package: [u8; 32],
    pub latents: Vec<f32>,
}

impl Scene {
    pub fn note(&self) -> Note {
        let numbers = self.latents.iter().flat_map(|number| number.to_le_bytes());
        let bytes: Vec<u8> = self.package.into_iter().chain(numbers).collect();
        Note::new(notes::SCENE, STANDARD.encode(bytes))
    }

    /// The scene inside a PNG; none when there is none or it is not whole. It comes from outside: compare the package
    /// and the number of latents before use. Numbers are always finite.
    pub fn read(png: &[u8]) -> Option<Scene> {
        let bytes = STANDARD.decode(notes::read(png, notes::SCENE)?).ok()?;
        let (package, numbers) = bytes.split_first_chunk::<32>()?;
        let (numbers, rest) = numbers.as_chunks::<4>();
        let latents: Vec<f32> = numbers.iter().map(|number| f32::from_le_bytes(*number)).collect();
        let good = rest.is_empty() && latents.iter().all(|number| number.is_finite());
        good.then_some(Scene { package: *package, latents })
    }
}
