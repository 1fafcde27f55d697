//! The VAE: pictures to latents and back, with the package's own scale and shift.

use serde::Deserialize;

use crate::base::units::Size;
use crate::inference::error::{Error, Result};
use crate::inference::graph::{Feed, Graph, Port};
use crate::inference::latents::Latents;
use crate::inference::names;
use crate::inference::packages::{Files, VAE_CONFIGS};
use crate::inference::settings::Settings;
use crate::media::picture::{Filter, Picture};

use super::stages;

pub(crate) struct Vae {
    encoder: Option<Half>,
    decoder: Half,
    scaling: f32,
    shift: f32,
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
            shift: config.shift_factor.unwrap_or(usual.1),
            factor: 1 << (blocks - 1),
            channels: config.latent_channels.unwrap_or(usual.2),
        })
    }

    /// Latents of the most likely kind, stretched to `size` first.
    pub(crate) fn encode(&mut self, picture: &Picture, size: Size) -> Result<Latents> {
        let (channels, scaling, shift) = (self.channels, self.scaling, self.shift);
        let encoder =
            self.encoder.as_mut().ok_or_else(|| Error::FileMissing { file: "vae_encoder/model.onnx".to_owned() })?;
        let picture = picture.resize(size, Filter::Lanczos).map_err(|e| Error::BadOrder(e.to_string()))?;
        let pixels = stages::planes(&picture);
        let found = encoder.run(&pixels)?;
        let [batch, given, height, width] = *found.shape.as_slice() else {
            return Err(encoder.graph.failed(&format!("it gave the shape {:?}", found.shape)));
        };
        // Twice the channels are means and variances: the means are the most likely latents.
        if given != channels && given != 2 * channels {
            return Err(encoder.graph.failed(&format!("it gave {given} channels in place of {channels}")));
        }
        let plane = channels * height * width;
        let values = found.values.iter().take(plane).map(|z| (z - shift) * scaling).collect();
        Ok(Latents { shape: vec![batch, channels, height, width], values })
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
