//! The `UNet` of Stable Diffusion and SDXL, and what it is told at every step.

use serde::Deserialize;

use crate::inference::bound::Bound;
use crate::inference::error::{Error, Result};
use crate::inference::graph::{Feed, Graph, Port};
use crate::inference::latents::Latents;
use crate::inference::names;
use crate::inference::packages::Files;
use crate::inference::settings::Settings;
use crate::media::picture::Picture;

use super::branches::Branches;
use super::mask::Known;
use super::stages::Denoiser;
use super::text::Encoded;
use super::vae::Vae;

/// Published models are told the guidance by 256 numbers.
const MOST_WAVES: usize = 8192;

pub(super) struct Unet {
    graph: Graph,
    sample: Port,
    timestep: Port,
    words: Port,
    text: Option<Port>,
    times: Option<Port>,
    /// Distilled models are told the guidance in place of being asked twice.
    guidance: Option<(Port, usize)>,
    out: Port,
    /// Made for inpainting: takes the mask and the rest of the picture beside the sample.
    pub(super) inpaints: bool,
    /// Its middle sees so many latents of a side as one.
    halved: usize,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    in_channels: Option<usize>,
    time_cond_proj_dim: Option<usize>,
    block_out_channels: Vec<usize>,
}

impl Unet {
    /// `channels`: how many the latents have.
    pub(super) fn open(files: &Files, channels: usize, settings: &Settings) -> Result<Self> {
        let file = "unet/config.json";
        let config: Config = if files.has(file) { files.json(file)? } else { Config::default() };
        let graph = Graph::open_for_steps(files, "unet", settings)?;
        let guidance = match graph.maybe_input(names::TIMESTEP_COND) {
            Some(port) => {
                let width = guidance_width(&port.shape, config.time_cond_proj_dim)?;
                Some((port, width))
            }
            None => None,
        };
        let sample = graph.input(names::SAMPLE)?;
        let declared = sample.shape.get(1).and_then(|n| usize::try_from(*n).ok()).filter(|n| *n > 0);
        let taken = declared.or(config.in_channels).unwrap_or(channels);
        let inpaints = taken == 2 * channels + 1;
        if !inpaints && taken != channels {
            return Err(Error::Unsupported {
                what: "a UNet of another kind, with",
                found: format!("{taken} channels in"),
                supported: format!("{channels} channels in, or {} for inpainting", 2 * channels + 1),
            });
        }
        let bound = Unet {
            sample,
            timestep: graph.input(names::TIMESTEP)?,
            words: graph.input(names::WORDS)?,
            text: graph.maybe_input(names::ADDED_TEXT),
            times: graph.maybe_input(names::ADDED_TIMES),
            guidance,
            out: graph.output(names::OUT_SAMPLE)?,
            inpaints,
            halved: 1 << config.block_out_channels.len().saturating_sub(1).min(8),
            graph,
        };
        let mut fed = vec![&bound.sample, &bound.timestep, &bound.words];
        fed.extend(bound.text.iter().chain(&bound.times).chain(bound.guidance.as_ref().map(|(port, _)| port)));
        bound.graph.expect_no_more_than(&fed)?;
        Ok(bound)
    }

    /// Whether guidance means asking twice.
    pub(super) fn asks_twice(&self, guidance: f32) -> bool {
        guidance > 1.0 && self.guidance.is_none()
    }

    /// Gets ready to be asked about samples of this shape. `beside`: for those made for inpainting, the mask and the rest
    /// of the picture, as further channels.
    pub(super) fn bind(
        &self,
        sample: &[usize],
        beside: &[f32],
        branches: &[Branch],
        guidance: f32,
    ) -> Result<Branches> {
        // A graph that was exported for one picture gets one branch after the other.
        let at_once = if self.sample.shape.first() == Some(&1) { 1 } else { branches.len() };
        let bounds = branches.chunks(at_once.max(1)).map(|some| self.bind_some(sample, beside, some, guidance));
        Ok(Branches { bounds: bounds.collect::<Result<_>>()?, of: branches.len(), guidance, more: false })
    }

    fn bind_some(&self, sample: &[usize], beside: &[f32], branches: &[Branch], guidance: f32) -> Result<Bound> {
        let batch = branches.len();
        let one = with_channels(&Latents::zeros(sample), beside);
        let samples = one.values.repeat(batch);
        let shape: Vec<usize> = std::iter::once(batch).chain(one.shape.iter().skip(1).copied()).collect();
        let (words, words_shape) = stacked(branches.iter().map(|b| &b.words.hidden));
        let (pooled, pooled_shape) = stacked(branches.iter().map(|b| &b.words.pooled));
        let times: Vec<f32> = branches.iter().flat_map(|b| b.times.iter().copied()).collect();
        let times_shape = [batch, times.len() / batch.max(1)];
        let waves = self.guidance.as_ref().map(|(_, width)| waves(guidance, *width).repeat(batch)).unwrap_or_default();
        let waves_shape = [batch, waves.len() / batch.max(1)];
        let mut stay = vec![(&self.words, Feed::Numbers(&words_shape, &words))];
        stay.extend(self.text.iter().map(|port| (port, Feed::Numbers(&pooled_shape, &pooled))));
        stay.extend(self.times.iter().map(|port| (port, Feed::Numbers(&times_shape, &times))));
        stay.extend(self.guidance.iter().map(|(port, _)| (port, Feed::Numbers(&waves_shape, &waves))));
        let change = [(&self.sample, Feed::Numbers(&shape, &samples)), (&self.timestep, Feed::Each(batch, 0.0))];
        Bound::new(&self.graph, &stay, &change, &self.out)
    }
}

/// What one half of the guidance is told beside the sample.
pub(super) struct Branch {
    pub(super) words: Encoded,
    /// SDXL: original size, crop, and target size or score.
    pub(super) times: Vec<f32>,
}

pub(super) struct UnetDenoiser<'a> {
    pub(super) unet: &'a mut Unet,
    pub(super) vae: &'a mut Vae,
    pub(super) branches: Branches,
    /// For those that are not made for inpainting and inpaint nevertheless.
    pub(super) known: Option<Known>,
}

impl Denoiser for UnetDenoiser<'_> {
    fn predict(&mut self, sample: &Latents, timestep: f32) -> Result<&[f32]> {
        let factor = self.vae.factor;
        let Unet { graph, sample: shown, timestep: time, halved, .. } = &mut *self.unet;
        let said = self.branches.ask(graph, sample.values.len(), &[(shown, &sample.values), (time, &[timestep])]);
        let said = said.map_err(|e| uneven(e, sample, factor, *halved))?;
        Ok(said)
    }

    fn preview(&mut self, sample: &Latents) -> Result<Option<Picture>> {
        self.vae.preview(sample)
    }

    fn hold(&self, sample: &mut Latents, next: Option<(f32, f32)>) {
        if let Some(known) = &self.known {
            known.hold(sample, next);
        }
    }
}

/// Most exports halve sides that can be halved only: their own words for another size name a node of the graph.
fn uneven(error: Error, sample: &Latents, factor: usize, halved: usize) -> Error {
    let [_, _, height, width] = *sample.shape.as_slice() else { return error };
    if !matches!(error, Error::GraphFailed { .. }) || (height.is_multiple_of(halved) && width.is_multiple_of(halved)) {
        return error;
    }
    let (width, height, multiple) = (width * factor, height * factor, factor * halved);
    Error::BadOrder(format!(
        "this model's graph was exported for sides that are multiples of {multiple}, and {width}x{height} has one that \
         is not; choose another size"
    ))
}

/// A sample of one picture with more channels behind its own.
fn with_channels(sample: &Latents, beside: &[f32]) -> Latents {
    let plane: usize = sample.shape.iter().skip(2).product();
    let mut shape = sample.shape.clone();
    if let Some(channels) = shape.get_mut(1) {
        *channels += beside.len() / plane.max(1);
    }
    Latents { shape, values: [sample.values.as_slice(), beside].concat() }
}

/// One batch of what several branches have.
fn stacked<'a>(parts: impl Iterator<Item = &'a Latents>) -> (Vec<f32>, Vec<usize>) {
    let (mut values, mut shape) = (Vec::new(), Vec::new());
    for part in parts {
        values.extend_from_slice(&part.values);
        match shape.first_mut() {
            None => shape.clone_from(&part.shape),
            Some(batch) => *batch += 1,
        }
    }
    (values, shape)
}

/// How many numbers tell a distilled model the guidance: the graph's own word, else the config's.
fn guidance_width(declared: &[i64], config: Option<usize>) -> Result<usize> {
    let declared = declared.get(1).and_then(|n| usize::try_from(*n).ok()).filter(|n| *n > 0);
    let width = declared.or(config).unwrap_or(256);
    if (1..=MOST_WAVES).contains(&width) {
        return Ok(width);
    }
    Err(Error::Unsupported {
        what: "a guidance of so many numbers (time_cond_proj_dim), with",
        found: width.to_string(),
        supported: format!("1 to {MOST_WAVES}"),
    })
}

/// The guidance as sines and cosines, as distilled models are told it.
fn waves(guidance: f32, width: usize) -> Vec<f32> {
    let half = width / 2;
    let slope = 10_000f32.ln() / (half.max(2) - 1) as f32;
    let angles = (0..half).map(|i| (guidance - 1.0) * 1000.0 * (i as f32 * -slope).exp());
    let mut waves: Vec<f32> = angles.clone().map(f32::sin).chain(angles.map(f32::cos)).collect();
    waves.resize(width, 0.0);
    waves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_cannot_have_the_memory_filled_with_the_guidance() {
        assert_eq!(guidance_width(&[-1, 256], Some(1 << 40)).unwrap(), 256);
        assert_eq!(guidance_width(&[-1, -1], Some(512)).unwrap(), 512);
        assert_eq!(guidance_width(&[-1, -1], None).unwrap(), 256);
        assert!(guidance_width(&[-1, -1], Some(1 << 40)).unwrap_err().to_string().contains("1 to 8192"));
        assert!(guidance_width(&[], Some(0)).is_err());
    }
}
