//! The VAE: pictures to latents and back, with the package's own scale and shift.

use std::ops::RangeInclusive;

use serde::Deserialize;

use crate::inference::error::{Error, Result};
use crate::inference::graph::{Feed, Graph, Port};
use crate::inference::latents::Latents;
use crate::inference::names;
use crate::inference::packages::{Files, VAE_CONFIGS};
use crate::inference::settings::Settings;
use crate::media::picture::Picture;

use super::stages;
use super::tiles::{self, Band};

/// How long the side of a tile may be, in latents; 64 is what the originals take.
const TILE: RangeInclusive<usize> = 16..=64;

/// The longest side of a preview, in latents.
const MOST_PREVIEW: usize = 24;

pub(crate) struct Vae {
    encoder: Option<Half>,
    decoder: Half,
    scaling: f32,
    shift: f32,
    /// The package brings mean and spread of every channel.
    statistics: bool,
    /// Pixels to one latent.
    pub(crate) factor: usize,
    pub(crate) channels: usize,
}

pub(super) struct Half {
    pub(super) graph: Graph,
    enter: Port,
    leave: Port,
    /// The longest side that there was memory for, in latents.
    at_once: usize,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    scaling_factor: Option<f32>,
    shift_factor: Option<f32>,
    latent_channels: Option<usize>,
    block_out_channels: Option<Vec<usize>>,
    latents_mean: Option<Vec<f32>>,
    latents_std: Option<Vec<f32>>,
}

impl Vae {
    /// `usual`: scale, shift and channels of the family where the package does not say.
    pub(crate) fn open(files: &Files, usual: (f32, f32, usize), settings: &Settings) -> Result<Self> {
        let config: Config = match VAE_CONFIGS.iter().find(|f| files.has(f)) {
            Some(file) => files.json(file)?,
            None => Config::default(),
        };
        let decoder = Graph::open(files, "vae_decoder", settings)?;
        let encoder = if files.has("vae_encoder/model.onnx") {
            let graph = Graph::open(files, "vae_encoder", settings)?;
            Some(Half::bind(graph, names::PIXELS, names::LATENT_FROM_PIXELS)?)
        } else {
            None
        };
        let blocks = config.block_out_channels.map_or(4, |b| b.len().clamp(1, 8));
        Ok(Vae {
            encoder,
            decoder: Half::bind(decoder, names::LATENT, names::PIXELS)?,
            scaling: config.scaling_factor.unwrap_or(usual.0),
            statistics: config.latents_mean.is_some() && config.latents_std.is_some(),
            shift: config.shift_factor.unwrap_or(usual.1),
            factor: 1 << (blocks - 1),
            channels: config.latent_channels.unwrap_or(usual.2),
        })
    }

    /// As the originals of Stable Diffusion have it, which pass over a shift in the VAE's config.
    pub(crate) fn without_shift(self) -> Self {
        Vae { shift: 0.0, ..self }
    }

    /// For families whose originals would use mean and spread of every channel: nobody does here.
    pub(crate) fn refuse_statistics(&self) -> Result<()> {
        if !self.statistics {
            return Ok(());
        }
        let (found, supported) = ("latents_mean and latents_std".to_owned(), "a scaling_factor alone".to_owned());
        Err(Error::Unsupported { what: "in its VAE", found, supported })
    }

    /// Latents of the most likely kind, of planes from -1 to 1.
    pub(crate) fn encode(&mut self, planes: &Latents) -> Result<Latents> {
        let (channels, scaling, shift) = (self.channels, self.scaling, self.shift);
        let encoder =
            self.encoder.as_mut().ok_or_else(|| Error::FileMissing { file: "vae_encoder/model.onnx".to_owned() })?;
        let found = encoder.run_within_memory(planes, (self.factor, 1))?;
        let [batch, given, height, width] = *found.shape.as_slice() else {
            return Err(encoder.graph.failed(&format!("it gave the shape {:?}", found.shape)));
        };
        // Twice the channels are means and variances: the means are the most likely latents.
        if given != channels && given != 2 * channels {
            return Err(encoder.graph.failed(&format!("it gave {given} channels in place of {channels}")));
        }
        let plane = channels * height * width;
        let values = found.values.iter().take(plane).map(|z| (z - shift) * scaling).collect();
        let latents = Latents { shape: vec![batch, channels, height, width], values };
        if latents.all_finite() { Ok(latents) } else { Err(Error::NotANumber { stage: "the encoder".to_owned() }) }
    }

    /// A small picture of latents: averaged down, so that it costs little beside a step. None from a decoder that was
    /// exported for one size.
    pub(crate) fn preview(&mut self, latents: &Latents) -> Result<Option<Picture>> {
        if self.decoder.enter.shape.iter().skip(2).any(|side| *side > 0) {
            return Ok(None);
        }
        let planes = self.decode(&stages::averaged(latents, MOST_PREVIEW))?;
        // A preview that cannot be shown is no reason to stop.
        Ok(stages::picture(&planes, "the decoder").ok())
    }

    /// Planes from -1 to 1.
    pub(crate) fn decode(&mut self, latents: &Latents) -> Result<Latents> {
        let values = latents.values.iter().map(|z| z / self.scaling + self.shift).collect();
        self.decoder.run_within_memory(&Latents { shape: latents.shape.clone(), values }, (1, self.factor))
    }
}

impl Half {
    pub(super) fn bind(graph: Graph, enter: names::Spellings, leave: names::Spellings) -> Result<Self> {
        let (enter, leave) = (graph.input(enter)?, graph.output(leave)?);
        graph.expect_no_more_than(&[&enter])?;
        Ok(Half { graph, enter, leave, at_once: usize::MAX })
    }

    pub(super) fn run(&mut self, from: &Latents) -> Result<Latents> {
        self.graph.run(&[(&self.enter, Feed::Numbers(&from.shape, &from.values))], &self.leave)
    }
    /// All at once, or in tiles where there is not the memory for that. What there was none for is not tried again, so
    /// that all pictures of a size come about in one way. `unit`: how much of what enters and leaves is one latent.
    fn run_within_memory(&mut self, from: &Latents, unit: (usize, usize)) -> Result<Latents> {
        let longest = from.shape.iter().skip(2).max().copied().unwrap_or(0) / unit.0.max(1);
        let free = self.enter.shape.iter().skip(2).all(|side| *side <= 0);
        loop {
            let side = longest.min(self.at_once);
            let made = if side < longest { self.run_in_tiles(from, unit, side) } else { self.run(from) };
            match made {
                Err(Error::OutOfMemory { .. }) if free && side > *TILE.start() => {
                    self.at_once = (side / 2).clamp(*TILE.start(), *TILE.end());
                }
                made => return made,
            }
        }
    }

    fn run_in_tiles(&mut self, from: &Latents, (enter, leave): (usize, usize), tile: usize) -> Result<Latents> {
        let side = |axis: usize| from.shape.get(axis).copied().unwrap_or(0) / enter.max(1);
        let (height, width) = (side(2), side(3));
        let spans = |side: usize| tiles::spans(side, tile, tile / 4, leave);
        let (down, across) = (spans(height), spans(width));
        let mut whole: Option<Band> = None;
        for (row, column) in down.iter().flat_map(|row| across.iter().map(move |column| (row, column))) {
            let made = self.run(&tiles::cut(from, (row, column), enter))?;
            let channels = match *made.shape.as_slice() {
                [1, channels, tall, wide] if (tall, wide) == (row.length * leave, column.length * leave) => channels,
                _ => return Err(self.graph.failed(&format!("it made {:?} of one tile", made.shape))),
            };
            let whole = whole.get_or_insert_with(|| {
                let mut band = Band::new(channels, width * leave);
                band.reach(height * leave);
                band
            });
            whole.add(&made, (row, column), leave);
        }
        whole.map(|mut whole| whole.finish(height * leave)).ok_or_else(|| self.graph.failed("it was given nothing"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::inference::noise;

    fn vae(package: &str) -> Vae {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages").join(package);
        let settings = Settings { threads: 1, ..Settings::default() };
        Vae::open(&Files::Folder(folder), (0.18215, 0.0, 4), &settings).unwrap()
    }

    /// The mean difference, in shares of how far the numbers lie from their mean.
    fn apart(a: &Latents, b: &Latents) -> f32 {
        assert_eq!(a.shape, b.shape);
        let mean = a.values.iter().sum::<f32>() / a.values.len() as f32;
        let spread: f32 = a.values.iter().map(|a| (a - mean).abs()).sum();
        a.values.iter().zip(&b.values).map(|(a, b)| (a - b).abs()).sum::<f32>() / spread
    }

    #[test]
    fn what_is_made_in_tiles_is_nearly_what_is_made_at_once() {
        for package in ["sd", "kontext"] {
            let mut vae = vae(package);
            let latents = noise::normal(3, 0, vec![1, 4, 56, 40]);
            let whole = vae.decode(&latents).unwrap();
            let seen = vae.encode(&whole).unwrap();
            vae.decoder.at_once = 32;
            vae.encoder.as_mut().unwrap().at_once = 32;
            let drawn = apart(&whole, &vae.decode(&latents).unwrap());
            let read = apart(&seen, &vae.encode(&whole).unwrap());
            eprintln!("{package}: drawn {drawn}, read {read}");
            // Of noise, by random weights that look at all of it: more than a picture would show.
            assert!(drawn > 0.0 && drawn < 0.1, "{package} draws {drawn}");
            assert!(read > 0.0 && read < 0.1, "{package} reads {read}");
        }
    }
}
