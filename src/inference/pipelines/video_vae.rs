//! The VAE of videos: a first frame to latents, and latents to the frames of a clip.

use crate::base::units::Size;
use crate::inference::error::{Error, Result};
use crate::inference::graph::{Feed, Graph, Port};
use crate::inference::latents::Latents;
use crate::inference::names;
use crate::inference::noise;
use crate::inference::packages::{Package, VideoVaeFacts};
use crate::inference::settings::Settings;
use crate::media::picture::{Filter, Picture};

use super::stages;
use super::vae::Half;

/// The seed's stream for the decoder's noise: the steps use the low numbers.
const DECODER_STREAM: u32 = u32::MAX;

pub(super) struct VideoVae {
    pub(super) facts: VideoVaeFacts,
    encoder: Option<Half>,
    decoder: Decoder,
}

struct Decoder {
    graph: Graph,
    latent: Port,
    timestep: Option<Port>,
    sample: Port,
    /// What a timed decoder is told, and how much noise is mixed in for it.
    told: f32,
    noise: f32,
}

impl VideoVae {
    pub(super) fn open(package: &Package, settings: &Settings) -> Result<Self> {
        let files = &package.files;
        let facts = VideoVaeFacts::of(files)?;
        let encoder = if files.has("vae_encoder/model.onnx") {
            let graph = Graph::open(files, "vae_encoder", settings)?;
            Some(Half::bind(graph, names::PIXELS, names::LATENT_FROM_PIXELS)?)
        } else {
            None
        };
        let usual = &package.manifest.defaults;
        let told = usual.decode_timestep.unwrap_or(0.0);
        let noise = if facts.timed { usual.decode_noise_scale.unwrap_or(told) } else { 0.0 };
        let decoder = Decoder::bind(Graph::open(files, "vae_decoder", settings)?, facts.timed, told, noise)?;
        Ok(VideoVae { facts, encoder, decoder })
    }

    /// The latents of a clip that is this one frame, stretched to `size`: `[1, C, 1, h, w]`, of unit spread.
    pub(super) fn encode(&mut self, picture: &Picture, size: Size) -> Result<Latents> {
        let missing = || Error::FileMissing { file: "vae_encoder/model.onnx".to_owned() };
        let encoder = self.encoder.as_mut().ok_or_else(missing)?;
        let picture = picture.resize(size, Filter::Lanczos).map_err(|e| Error::BadOrder(e.to_string()))?;
        let Latents { mut shape, values } = stages::planes(&picture);
        shape.insert(2, 1);
        let found = encoder.run(&Latents { shape, values })?;
        let channels = self.facts.channels;
        let [1, given, 1, height, width] = *found.shape.as_slice() else {
            return Err(encoder.graph.failed(&format!("it gave the shape {:?} for one frame", found.shape)));
        };
        // The means come first; variances, one for all or one for each, follow.
        if ![channels, channels + 1, channels * 2].contains(&given) {
            return Err(encoder.graph.failed(&format!("it gave {given} channels in place of {channels}")));
        }
        let plane = height * width;
        let spread = self.facts.mean.iter().zip(&self.facts.deviation);
        let planes = found.values.chunks_exact(plane.max(1)).zip(spread);
        let values = planes.flat_map(|(plane, (mean, deviation))| plane.iter().map(move |z| (z - mean) / deviation));
        Ok(Latents { shape: vec![1, channels, 1, height, width], values: values.collect() })
    }

    /// Each frame's planes `[1, 3, height, width]` from -1 to 1.
    pub(super) fn decode(&mut self, latents: &Latents, seed: u64) -> Result<Vec<Latents>> {
        let VideoVaeFacts { channels, scaling, mean, deviation, .. } = &self.facts;
        let plane = (latents.values.len() / channels).max(1);
        let spread = mean.iter().zip(deviation);
        let planes = latents.values.chunks_exact(plane).zip(spread);
        let mut values: Vec<f32> =
            planes.flat_map(|(plane, (mean, d))| plane.iter().map(move |z| z * d / scaling + mean)).collect();
        let share = self.decoder.noise;
        if share > 0.0 {
            let noise = noise::normal(seed, DECODER_STREAM, latents.shape.clone());
            for (z, n) in values.iter_mut().zip(noise.values) {
                *z = (1.0 - share) * *z + share * n;
            }
        }
        self.decoder.run(&Latents { shape: latents.shape.clone(), values })
    }
}

impl Decoder {
    fn bind(graph: Graph, timed: bool, told: f32, noise: f32) -> Result<Self> {
        let timestep =
            if timed { Some(graph.input(names::DECODE_TIMESTEP)?) } else { graph.maybe_input(names::DECODE_TIMESTEP) };
        let (latent, sample) = (graph.input(names::LATENT)?, graph.output(names::PIXELS)?);
        let mut fed = vec![&latent];
        fed.extend(&timestep);
        graph.expect_no_more_than(&fed)?;
        Ok(Decoder { graph, latent, timestep, sample, told, noise })
    }

    fn run(&mut self, latents: &Latents) -> Result<Vec<Latents>> {
        let mut feeds = vec![(&self.latent, Feed::Numbers(&latents.shape, &latents.values))];
        feeds.extend(self.timestep.iter().map(|port| (port, Feed::Each(1, self.told))));
        let found = self.graph.run(&feeds, &self.sample)?;
        let [1, 3, frames, height, width] = *found.shape.as_slice() else {
            let detail = format!("it gave the shape {:?} in place of [1, 3, frames, height, width]", found.shape);
            return Err(self.graph.failed(&detail));
        };
        let plane = height * width;
        let frame = |index: usize| {
            let channel = |c: usize| found.values.iter().skip((c * frames + index) * plane).take(plane).copied();
            Latents { shape: vec![1, 3, height, width], values: (0..3).flat_map(channel).collect() }
        };
        Ok((0..frames).map(frame).collect())
    }
}
