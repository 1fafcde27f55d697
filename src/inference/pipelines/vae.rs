//! The VAE: pictures to latents and back, with the package's own scale and shift.

use serde::Deserialize;

use crate::inference::error::{Error, Result};
use crate::inference::graph::{Feed, Graph, Port};
use crate::inference::latents::Latents;
use crate::inference::names;
use crate::inference::packages::{Files, VAE_CONFIGS};
use crate::inference::settings::Settings;
use crate::media::picture::Picture;

use super::stages;

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
        let found = encoder.run(planes)?;
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
        self.decoder.run(&Latents { shape: latents.shape.clone(), values })
    }
}

impl Half {
    pub(super) fn bind(graph: Graph, enter: names::Spellings, leave: names::Spellings) -> Result<Self> {
        let (enter, leave) = (graph.input(enter)?, graph.output(leave)?);
        graph.expect_no_more_than(&[&enter])?;
        Ok(Half { graph, enter, leave })
    }

    pub(super) fn run(&mut self, from: &Latents) -> Result<Latents> {
        self.graph.run(&[(&self.enter, Feed::Numbers(&from.shape, &from.values))], &self.leave)
    }
}
