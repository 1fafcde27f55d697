//! What an upscaler's own config and graph say: how much larger, in which tiles, and which numbers a pixel is.

use std::ops::RangeInclusive;

use serde::Deserialize;

use crate::inference::error::{Error, Result};

use super::files::Files;
use super::onnx::Facts;

pub(crate) const GRAPH: &str = "upscaler";
const CONFIG: &str = "upscaler/config.json";

/// Side of a tile where neither graph nor config says one, and how much two of them share.
const TILE: u32 = 256;
const OVERLAP: u32 = 32;
const SCALES: RangeInclusive<u32> = 1..=8;
const MOST_TILE: u32 = 4096;

/// `upscaler/config.json`.
#[derive(Debug, Deserialize)]
struct Config {
    scale: u32,
    #[serde(default)]
    tile: Option<u32>,
    #[serde(default)]
    overlap: Option<u32>,
    #[serde(default)]
    multiple: Option<u32>,
    #[serde(default)]
    range: Option<[f32; 2]>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UpscalerFacts {
    /// Pixels to one, on each side.
    pub(crate) scale: u32,
    /// Height and width of a tile, before it is enlarged.
    pub(crate) tile: (u32, u32),
    /// Pixels that two tiles share, at most half of a tile.
    pub(crate) overlap: u32,
    /// Sides of what the graph is fed are multiples of it: a window's side.
    pub(crate) multiple: u32,
    /// Black and white, as the graph counts them.
    pub(crate) range: (f32, f32),
}

impl UpscalerFacts {
    /// With the tile that the config asks for; a graph of fixed sizes has its own, see [`Self::fixed`].
    pub(crate) fn of(files: &Files) -> Result<Self> {
        let config: Config = files.json(CONFIG)?;
        let multiple = config.multiple.unwrap_or(1);
        let tile = config.tile.unwrap_or_else(|| TILE.next_multiple_of(multiple.clamp(1, MOST_TILE)));
        let overlap = config.overlap.unwrap_or(OVERLAP.min(tile / 4));
        let [black, white] = config.range.unwrap_or([0.0, 1.0]);
        if !SCALES.contains(&config.scale) {
            return Err(malformed(&format!("its scale must be a whole number from 1 to {}", SCALES.end())));
        }
        if !(1..=MOST_TILE).contains(&tile) || !(1..=tile).contains(&multiple) || !tile.is_multiple_of(multiple) {
            return Err(malformed(&format!("its tile must be a multiple of its multiple, from 1 to {MOST_TILE}")));
        }
        if overlap > tile / 2 {
            return Err(malformed("its overlap must be at most half of a tile"));
        }
        if !(black.is_finite() && white.is_finite() && black < white) {
            return Err(malformed(
                "its range must be black and white as the graph counts them, like [0, 1] or [-1, 1]",
            ));
        }
        Ok(UpscalerFacts { scale: config.scale, tile: (tile, tile), overlap, multiple, range: (black, white) })
    }

    /// For a graph that takes one size only.
    pub(crate) fn fixed(self, height: u32, width: u32) -> Self {
        let overlap = self.overlap.min(height.min(width) / 2);
        UpscalerFacts { tile: (height, width), overlap, multiple: 1, ..self }
    }
}

/// One picture of three colours in, a larger one out; and where both tell their sizes, as much larger as promised.
pub(super) fn fits(files: &Files, graph: &Facts) -> Result<()> {
    let scale = u64::from(UpscalerFacts::of(files)?.scale);
    let ([input], [output]) = (graph.inputs.as_slice(), graph.outputs.as_slice()) else {
        let found = format!("{} inputs and {} outputs", graph.inputs.len(), graph.outputs.len());
        return Err(differs("one input and one output", found));
    };
    let (into, out) = (graph.shapes.get(input), graph.shapes.get(output));
    for shape in [into, out].into_iter().flatten() {
        let batch = |side: &Option<u64>| side.is_none_or(|n| n == 1);
        let colours = |side: &Option<u64>| side.is_none_or(|n| n == 3);
        if !matches!(shape.as_slice(), [first, second, _, _] if batch(first) && colours(second)) {
            return Err(differs("pictures of the shape [1, 3, height, width]", written(shape)));
        }
    }
    let (Some([.., height, width]), Some([.., tall, wide])) = (into.map(Vec::as_slice), out.map(Vec::as_slice)) else {
        return Ok(());
    };
    if height.is_some() != width.is_some() {
        return Err(differs("both sides fixed, or both free", written(into.map(Vec::as_slice).unwrap_or_default())));
    }
    for (small, large) in [(height, tall), (width, wide)] {
        if let (Some(small), Some(large)) = (small, large)
            && small.checked_mul(scale) != Some(*large)
        {
            return Err(differs(
                &format!("sides {scale} times as long, as {CONFIG} says"),
                format!("{small} to {large}"),
            ));
        }
    }
    Ok(())
}

fn written(shape: &[Option<u64>]) -> String {
    let sides: Vec<_> = shape.iter().map(|side| side.map_or_else(|| "any".to_owned(), |n| n.to_string())).collect();
    format!("[{}]", sides.join(", "))
}

fn differs(expected: &str, found: String) -> Error {
    Error::GraphDiffers { graph: GRAPH.to_owned(), expected: expected.to_owned(), found }
}

fn malformed(detail: &str) -> Error {
    Error::FileMalformed { file: CONFIG.to_owned(), detail: detail.to_owned() }
}
