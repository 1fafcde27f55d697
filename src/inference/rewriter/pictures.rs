//! Pictures as Qwen2.5-VL looks at them: whole patches, centred numbers, neighbours that become one together.

use serde::Deserialize;

use crate::base::units::Size;
use crate::inference::error::{Error, Result};
use crate::media::picture::{Filter, Picture};

/// Longer than so many times its width, a picture is refused by the original too.
const LONGEST: f64 = 200.0;

/// `preprocessor_config.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub(super) struct Optics {
    min_pixels: Option<u64>,
    max_pixels: Option<u64>,
    /// How newer versions write the two.
    size: Edges,
    patch_size: u32,
    temporal_patch_size: usize,
    merge_size: u32,
    rescale_factor: f64,
    image_mean: [f32; 3],
    image_std: [f32; 3],
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Edges {
    shortest_edge: Option<u64>,
    longest_edge: Option<u64>,
}

impl Default for Optics {
    fn default() -> Self {
        Optics {
            min_pixels: None,
            max_pixels: None,
            size: Edges::default(),
            patch_size: 14,
            temporal_patch_size: 2,
            merge_size: 2,
            rescale_factor: 1.0 / 255.0,
            image_mean: [0.481_454_66, 0.457_827_5, 0.408_210_73],
            image_std: [0.268_629_54, 0.261_302_6, 0.275_777_1],
        }
    }
}

/// A picture in patches.
pub(super) struct View {
    /// Row after row of squares, in each the patches that become one, in each a plane per colour and moment.
    pub(super) patches: Vec<f32>,
    /// Patches from top to bottom and from left to right.
    pub(super) grid: (usize, usize),
    /// The same in squares: what the decoder reads.
    pub(super) squares: (usize, usize),
}

impl Optics {
    /// Refuses numbers that would divide by nothing.
    pub(super) fn checked(self, file: &str) -> Result<Self> {
        let sane = (1..=64).contains(&self.patch_size)
            && (1..=8).contains(&self.merge_size)
            && (1..=8).contains(&self.temporal_patch_size)
            && self.image_std.iter().all(|s| *s > 0.0)
            && self.bounds().0 <= self.bounds().1;
        let detail = "its sizes of patches, spreads or bounds of pixels are none that a picture can have".to_owned();
        if sane { Ok(self) } else { Err(Error::FileMalformed { file: file.to_owned(), detail }) }
    }

    pub(super) fn view(&self, picture: &Picture) -> Result<View> {
        let size = self.fit(picture.size())?;
        let picture = picture.resize(size, Filter::Cubic).map_err(|e| Error::BadOrder(e.to_string()))?;
        let (patch, merge) = (self.patch_size as usize, self.merge_size as usize);
        let (rows, columns) = (size.height as usize / patch, size.width as usize / patch);
        let squares = (rows / merge, columns / merge);
        let colours = self.colours();
        let mut patches = Vec::with_capacity(picture.rgb().len() * self.temporal_patch_size);
        for (row, column) in (0..squares.0).flat_map(|r| (0..squares.1).map(move |c| (r, c))) {
            for (inner, beside) in (0..merge).flat_map(|r| (0..merge).map(move |c| (r, c))) {
                let (top, left) = ((row * merge + inner) * patch, (column * merge + beside) * patch);
                for (channel, colour) in colours.iter().enumerate() {
                    let begin = patches.len();
                    for line in picture.rows().skip(top).take(patch) {
                        let bytes = line.iter().skip(left * 3 + channel).step_by(3).take(patch);
                        patches.extend(bytes.filter_map(|byte| colour.get(usize::from(*byte))));
                    }
                    // A still picture is the same at every moment.
                    for _ in 1..self.temporal_patch_size {
                        patches.extend_from_within(begin..begin + patch * patch);
                    }
                }
            }
        }
        Ok(View { patches, grid: (rows, columns), squares })
    }

    /// Whole squares, near the picture's own size and shape, and within the bounds.
    fn fit(&self, size: Size) -> Result<Size> {
        let (width, height) = (f64::from(size.width), f64::from(size.height));
        if width.max(height) / width.min(height) > LONGEST {
            let told =
                format!("a picture of {size} is too long to be looked at; cut it to less than 200 times its width");
            return Err(Error::BadOrder(told));
        }
        let square = f64::from(self.patch_size * self.merge_size);
        let ((least, most), pixels) = (self.bounds(), width * height);
        // Halves go to the even side, as in Python.
        let near = |side: f64| (side / square).round_ties_even() * square;
        let (mut high, mut wide) = (near(height), near(width));
        if high * wide > most {
            let beta = (pixels / most).sqrt();
            (high, wide) = (
                square.max((height / beta / square).floor() * square),
                square.max((width / beta / square).floor() * square),
            );
        } else if high * wide < least {
            let beta = (least / pixels).sqrt();
            (high, wide) = ((height * beta / square).ceil() * square, (width * beta / square).ceil() * square);
        }
        Ok(Size::new(wide as u32, high as u32))
    }

    fn bounds(&self) -> (f64, f64) {
        let least = self.min_pixels.or(self.size.shortest_edge).unwrap_or(56 * 56);
        let most = self.max_pixels.or(self.size.longest_edge).unwrap_or(28 * 28 * 1280);
        (least as f64, most as f64)
    }

    /// What each of the 256 bytes becomes, for each colour.
    fn colours(&self) -> [Vec<f32>; 3] {
        let [red, green, blue] = self.image_mean;
        let [wide, middle, narrow] = self.image_std;
        let of = |mean: f32, spread: f32| {
            (0..=u8::MAX).map(|byte| ((f64::from(byte) * self.rescale_factor) as f32 - mean) / spread).collect()
        };
        [of(red, wide), of(green, middle), of(blue, narrow)]
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::media::decode::{Limits, decode};

    use super::*;

    /// Of tests/oracle/rewriter.py.
    #[derive(Deserialize)]
    struct Case {
        file: String,
        config: Optics,
        /// Patches from top to bottom and from left to right.
        grid: (usize, usize),
        /// BLAKE3 of all numbers as the original writes them, and its first ones.
        hash: String,
        first: Vec<f32>,
    }

    #[test]
    fn every_number_of_a_picture_is_the_original_s_to_the_last_bit() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/rewriter"));
        let cases: Vec<Case> = serde_json::from_slice(&std::fs::read(folder.join("pictures.json")).unwrap()).unwrap();
        assert!(cases.len() >= 6);
        for case in cases {
            let (picture, _) = decode(&std::fs::read(folder.join(&case.file)).unwrap(), &Limits::default()).unwrap();
            let view = case.config.checked("").unwrap().view(&picture).unwrap();
            assert_eq!(view.grid, case.grid, "{}", case.file);
            assert_eq!(view.patches.get(..case.first.len()), Some(case.first.as_slice()), "{}", case.file);
            let bytes: Vec<u8> = view.patches.iter().flat_map(|v| v.to_le_bytes()).collect();
            assert_eq!(blake3::hash(&bytes).to_hex().to_string(), case.hash, "{}", case.file);
        }
    }
}
