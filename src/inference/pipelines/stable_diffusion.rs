//! Stable Diffusion 1.x, 2.x and SDXL: words to a picture, and a picture with words to a changed one (img2img).

use serde::Deserialize;

use crate::inference::error::{Error, Result};
use crate::inference::graph::{Feed, Graph, Port};
use crate::inference::latents::Latents;
use crate::inference::names;
use crate::inference::order::{Made, Order, Role, Task, Watch};
use crate::inference::packages::{Package, PackageInfo};
use crate::inference::pipeline::Pipeline;
use crate::inference::schedulers::{Config, Plan, Scheduler, choose};
use crate::inference::settings::Settings;
use crate::inference::tokenizers::subwords::Subwords;
use crate::media::picture::Picture;

use super::limits;
use super::stages::{self, Denoiser};
use super::text::{Encoded, Layer, TextEncoder};
use super::vae::Vae;

pub(crate) struct StableDiffusion {
    info: PackageInfo,
    xl: bool,
    /// SDXL: no negative prompt is zeros, not the empty prompt.
    zeros_for_none: bool,
    scheduler: Config,
    /// One for SD; one or two for SDXL, the last one with the summary.
    texts: Vec<TextEncoder>,
    unet: Unet,
    vae: Vae,
}

struct Unet {
    graph: Graph,
    sample: Port,
    timestep: Port,
    words: Port,
    text: Option<Port>,
    times: Option<Port>,
    out: Port,
}

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    force_zeros_for_empty_prompt: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct UnetConfig {
    in_channels: Option<usize>,
    time_cond_proj_dim: Option<usize>,
}

impl StableDiffusion {
    pub(crate) fn load(package: &Package, settings: &Settings) -> Result<Self> {
        let files = &package.files;
        let xl = package.info.family == "stable_diffusion_xl";
        let index: Index = files.json("model_index.json")?;
        let unet: UnetConfig =
            if files.has("unet/config.json") { files.json("unet/config.json")? } else { UnetConfig::default() };
        let vae = Vae::open(files, (if xl { 0.13025 } else { 0.18215 }, 0.0, 4), settings)?;
        if unet.in_channels.is_some_and(|n| n != vae.channels) || unet.time_cond_proj_dim.is_some() {
            return Err(Error::Unsupported {
                what: "a UNet of another kind, with",
                found: format!("{} channels in", unet.in_channels.unwrap_or(vae.channels)),
                supported: format!("{} channels in and no guidance embedding", vae.channels),
            });
        }
        let mut texts = Vec::new();
        for (folder, tokenizer) in [("text_encoder", "tokenizer"), ("text_encoder_2", "tokenizer_2")] {
            if files.has(&format!("{folder}/model.onnx")) {
                let layer = if xl { Layer::Penultimate } else { Layer::Last };
                let words = Subwords::clip(files, tokenizer)?;
                let text = TextEncoder::open(files, folder, words, layer, settings)?.with_hidden()?;
                texts.push(if folder == "text_encoder_2" { text.with_pooled()? } else { text });
            }
        }
        Ok(StableDiffusion {
            info: package.info.clone(),
            xl,
            zeros_for_none: index.force_zeros_for_empty_prompt.unwrap_or(xl),
            scheduler: files.json("scheduler/scheduler_config.json")?,
            texts,
            unet: Unet::bind(Graph::open(files, "unet", settings)?)?,
            vae,
        })
    }

    /// All encoders' hidden states side by side, and the last one's summary.
    fn encode(&mut self, prompt: &str) -> Result<Encoded> {
        let mut all = Vec::new();
        for text in &mut self.texts {
            all.push(text.encode(prompt)?);
        }
        let pooled = all.last().map(|e| e.pooled.clone()).unwrap_or_default();
        let hidden = match all.as_slice() {
            [only] => only.hidden.clone(),
            several => side_by_side(several)?,
        };
        Ok(Encoded { hidden, pooled, ..Encoded::default() })
    }

    /// Where to begin: pure noise, or the source with as much noise as the strength says.
    fn begin(&mut self, order: &Order, scheduler: &dyn Scheduler) -> Result<(Latents, usize)> {
        let factor = self.vae.factor;
        let (height, width) = (order.size.height as usize / factor, order.size.width as usize / factor);
        let mut sample = stages::first_noise(order, vec![1, self.vae.channels, height, width])?;
        let Some(source) =
            order.references.iter().find(|r| r.role == Role::Source).filter(|_| order.task == Task::Edit)
        else {
            let sigma = scheduler.initial_sigma();
            sample.values.iter_mut().for_each(|x| *x *= sigma);
            return Ok((sample, 0));
        };
        let strength = order.strength.or(self.info.strength).unwrap_or(1.0);
        let calls = scheduler.calls_per_step();
        let steps = (f64::from(order.steps) * strength) as usize;
        let begin = (order.steps as usize - steps.clamp(1, order.steps as usize)) * calls;
        let source = self.vae.encode(&source.picture, order.size)?;
        let (keep, noise) = scheduler.mixture(begin);
        for (x, picture) in sample.values.iter_mut().zip(&source.values) {
            *x = keep * picture + noise * *x;
        }
        Ok((sample, begin))
    }
}

impl Pipeline for StableDiffusion {
    fn run(&mut self, order: &Order, watch: &mut dyn Watch) -> Result<Made> {
        limits::check(order, &self.info)?;
        let mut branches = vec![self.encode(&order.prompt)?];
        if order.guidance > 1.0 {
            let negative = match &order.negative {
                None if self.xl && self.zeros_for_none => zeros_like(&branches),
                negative => self.encode(negative.as_deref().unwrap_or_default())?,
            };
            branches.insert(0, negative);
        }
        let plan = Plan { steps: order.steps as usize, asked: order.scheduler.as_deref(), tokens: None };
        let mut scheduler = choose(&self.scheduler, &plan)?;
        let (sample, begin) = self.begin(order, scheduler.as_ref())?;
        let size = [order.size.height as f32, order.size.width as f32];
        let mut denoiser = UnetDenoiser {
            unet: &mut self.unet,
            branches,
            // Original size, no crop, target size.
            times: [size[0], size[1], 0.0, 0.0, size[0], size[1]],
            guidance: order.guidance,
        };
        let latents = stages::denoise(&mut denoiser, scheduler.as_mut(), sample, begin, order.seed, watch)?;
        let planes = self.vae.decode(&latents)?;
        watch.drawn(&planes);
        let picture = stages::picture(&planes, "the decoder")?;
        Ok(Made { picture: Some(picture), scene: None, latents, unknown: Vec::new() })
    }
}

struct UnetDenoiser<'a> {
    unet: &'a mut Unet,
    /// The negative first, where there is one.
    branches: Vec<Encoded>,
    times: [f32; 6],
    guidance: f32,
}

impl Denoiser for UnetDenoiser<'_> {
    fn predict(&mut self, sample: &Latents, timestep: f32) -> Result<Latents> {
        // A graph that was exported for one picture gets one branch after the other.
        let at_once = if self.unet.sample.shape.first() == Some(&1) { 1 } else { self.branches.len() };
        let mut said = Vec::new();
        for branches in self.branches.chunks(at_once) {
            said.extend(self.unet.run(sample, branches, &self.times, timestep)?.values);
        }
        let values = if self.branches.len() == 2 { stages::guided(&said, self.guidance) } else { said };
        Ok(Latents { shape: sample.shape.clone(), values })
    }

    fn preview(&mut self, _: &Latents) -> Result<Option<Picture>> {
        Ok(None)
    }
}

impl Unet {
    fn bind(graph: Graph) -> Result<Self> {
        let bound = Unet {
            sample: graph.input(names::SAMPLE)?,
            timestep: graph.input(names::TIMESTEP)?,
            words: graph.input(names::WORDS)?,
            text: graph.maybe_input(names::ADDED_TEXT),
            times: graph.maybe_input(names::ADDED_TIMES),
            out: graph.output(names::OUT_SAMPLE)?,
            graph,
        };
        let mut fed = vec![&bound.sample, &bound.timestep, &bound.words];
        fed.extend(bound.text.iter().chain(&bound.times));
        bound.graph.expect_no_more_than(&fed)?;
        Ok(bound)
    }

    fn run(&mut self, sample: &Latents, branches: &[Encoded], times: &[f32; 6], timestep: f32) -> Result<Latents> {
        let batch = branches.len();
        let samples = sample.values.repeat(batch);
        let shape: Vec<usize> = std::iter::once(batch).chain(sample.shape.iter().skip(1).copied()).collect();
        let (words, words_shape) = stacked(branches.iter().map(|b| &b.hidden));
        let (pooled, pooled_shape) = stacked(branches.iter().map(|b| &b.pooled));
        let (times, times_shape) = (times.repeat(batch), [batch, times.len()]);
        let mut feeds = vec![
            (&self.sample, Feed::Numbers(&shape, &samples)),
            (&self.timestep, Feed::Each(batch, timestep)),
            (&self.words, Feed::Numbers(&words_shape, &words)),
        ];
        feeds.extend(self.text.iter().map(|port| (port, Feed::Numbers(&pooled_shape, &pooled))));
        feeds.extend(self.times.iter().map(|port| (port, Feed::Numbers(&times_shape, &times))));
        self.graph.run(&feeds, &self.out)
    }
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

/// Hidden states joined word by word.
fn side_by_side(parts: &[Encoded]) -> Result<Latents> {
    let widths: Vec<usize> = parts.iter().map(|p| p.hidden.shape.last().copied().unwrap_or(0)).collect();
    let lengths: Vec<usize> = parts.iter().map(|p| p.hidden.shape.get(1).copied().unwrap_or(0)).collect();
    let (Some(length), true) = (lengths.first().copied(), lengths.windows(2).all(|w| w.first() == w.last())) else {
        return Err(Error::GraphFailed {
            graph: "text_encoder".to_owned(),
            detail: "the two text encoders read prompts of different lengths".to_owned(),
        });
    };
    let mut rows: Vec<_> = parts.iter().zip(&widths).map(|(p, w)| p.hidden.values.chunks(*w.max(&1))).collect();
    let mut values = Vec::new();
    for _ in 0..length {
        for row in &mut rows {
            values.extend_from_slice(row.next().unwrap_or_default());
        }
    }
    Ok(Latents { shape: vec![1, length, widths.iter().sum()], values })
}

fn zeros_like(branches: &[Encoded]) -> Encoded {
    let zeros = |of: &Latents| Latents::zeros(of.shape.clone());
    let none = |b: &Encoded| Encoded { hidden: zeros(&b.hidden), pooled: zeros(&b.pooled), ..Encoded::default() };
    branches.first().map(none).unwrap_or_default()
}
