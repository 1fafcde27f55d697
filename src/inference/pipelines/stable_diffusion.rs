//! Stable Diffusion 1.x, 2.x and SDXL: words to a picture, a picture with words to a changed one (img2img), and a
//! picture that changes only where a mask is white (inpaint).

use serde::Deserialize;

use crate::inference::error::{Error, Result};
use crate::inference::latents::Latents;
use crate::inference::order::{Made, Order, Role, Task, Watch};
use crate::inference::packages::{Package, PackageInfo};
use crate::inference::pipeline::Pipeline;
use crate::inference::schedulers::{Config, Plan, Scheduler, choose};
use crate::inference::settings::Settings;
use crate::inference::tokenizers::subwords::Subwords;

use super::limits;
use super::mask::{Known, Mask};
use super::sparing::Sparing;
use super::stages;
use super::text::{Encoded, Layer, TextEncoder};
use super::unet::{Branch, Unet, UnetDenoiser};
use super::vae::Vae;

#[expect(clippy::struct_excessive_bools, reason = "four facts that have nothing to do with each other")]
pub(crate) struct StableDiffusion {
    info: PackageInfo,
    xl: bool,
    /// SDXL: no negative prompt is zeros, not the empty prompt.
    zeros_for_none: bool,
    /// SDXL's refiner is told how beautiful the picture is to be, in place of its size.
    scored: bool,
    scheduler: Config,
    /// One for SD; one or two for SDXL, the last one with the summary.
    texts: Vec<TextEncoder>,
    unet: Unet,
    vae: Vae,
    /// Memory was short once: the text encoders are in it only while they are asked.
    short: bool,
}

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    force_zeros_for_empty_prompt: Option<bool>,
    #[serde(default)]
    requires_aesthetics_score: Option<bool>,
}

impl StableDiffusion {
    pub(crate) fn load(package: &Package, settings: &Settings) -> Result<Self> {
        let files = &package.files;
        let xl = package.info.family == "stable_diffusion_xl";
        let index: Index = files.json("model_index.json")?;
        let vae = Vae::open(files, (if xl { 0.13025 } else { 0.18215 }, 0.0, 4), settings)?.without_shift();
        if xl {
            vae.refuse_statistics()?;
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
            scored: index.requires_aesthetics_score.unwrap_or(false),
            scheduler: Config::read(files.json(Config::FILE)?)?,
            texts,
            unet: Unet::open(files, vae.channels, settings)?,
            vae,
            short: false,
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

    /// The negative first, where guidance asks for one.
    fn branches(&mut self, order: &Order) -> Result<Vec<Branch>> {
        let (height, width) = (order.size.height as f32, order.size.width as f32);
        // Original size, no crop, then a score or the target size.
        let scored = self.scored;
        let times = |score: f32| {
            let last = if scored { vec![score] } else { vec![height, width] };
            [vec![height, width, 0.0, 0.0], last].concat()
        };
        let (beautiful, plain) = (times(6.0), times(2.5));
        let words = self.encode(&order.prompt)?;
        let mut branches = Vec::new();
        if self.unet.asks_twice(order.guidance) {
            let negative = match &order.negative {
                None if self.xl && self.zeros_for_none => zeros_like(&words),
                negative => self.encode(negative.as_deref().unwrap_or_default())?,
            };
            branches.push(Branch { words: negative, times: plain });
        }
        branches.push(Branch { words, times: beautiful });
        Ok(branches)
    }

    /// Where to begin: pure noise, or the source with as much noise as the strength says.
    fn begin(&mut self, order: &Order, scheduler: &dyn Scheduler) -> Result<Beginning> {
        let (channels, factor) = (self.vae.channels, self.vae.factor);
        let (height, width) = (order.size.height as usize / factor, order.size.width as usize / factor);
        let noise = stages::first_noise(order, vec![1, channels, height, width])?;
        let pure = |noise: &Latents| {
            let sigma = scheduler.initial_sigma();
            Latents { shape: noise.shape.clone(), values: noise.values.iter().map(|x| x * sigma).collect() }
        };
        let Some(source) = order.references.iter().find(|r| r.role == Role::Source) else {
            return Ok(Beginning { sample: pure(&noise), step: 0, beside: Vec::new(), known: None });
        };
        let mask = Mask::of(order)?;
        // Where nothing is told, as the originals do it: more freedom under a mask.
        let masked = if self.xl { 0.9999 } else { 1.0 };
        let usual = if mask.is_some() { Some(masked) } else { self.info.strength };
        let strength = order.strength.or(usual).unwrap_or(1.0);
        let step = first_call(order.steps, strength, scheduler);
        let planes = stages::fitted(&source.picture, order.size)?;
        let from_noise = mask.is_some() && strength >= 1.0;
        let latents = if from_noise && self.unet.inpaints { None } else { Some(self.vae.encode(&planes)?) };
        let sample = match &latents {
            Some(latents) if !from_noise => mixed(latents, &noise, scheduler.mixture(step)),
            _ => pure(&noise),
        };
        let (mut beside, mut known) = (Vec::new(), None);
        match (mask, latents) {
            (Some(mask), _) if self.unet.inpaints => {
                beside = mask.for_latents(height, width);
                beside.extend(self.vae.encode(&mask.taken_out(&planes))?.values);
            }
            (Some(mask), Some(source)) => known = Some(Known { mask: mask.for_latents(height, width), source, noise }),
            _ => {}
        }
        Ok(Beginning { sample, step, beside, known })
    }

    /// What only this family can say of an order.
    fn check(&self, order: &Order) -> Result<()> {
        let refuse = |sentence: &str| Err(Error::BadOrder(sentence.to_owned()));
        if order.task != Task::Edit && !order.references.is_empty() {
            return refuse("this model uses references only to edit them; choose the task edit, or leave them out");
        }
        if self.unet.inpaints && !order.references.iter().any(|r| r.role == Role::Mask) {
            return refuse("this model changes only what a mask marks; add a reference with the role mask");
        }
        Ok(())
    }
}

/// The sample before the first step, and what is told beside it.
struct Beginning {
    sample: Latents,
    step: usize,
    beside: Vec<f32>,
    known: Option<Known>,
}

impl Pipeline for StableDiffusion {
    fn run(&mut self, order: &Order, watch: &mut dyn Watch) -> Result<Made> {
        self.draw_or_spare(order, watch)
    }
}

impl Sparing for StableDiffusion {
    fn short(&mut self) -> &mut bool {
        &mut self.short
    }

    fn draw(&mut self, order: &Order, watch: &mut dyn Watch) -> Result<Made> {
        limits::check(order, &self.info)?;
        self.check(order)?;
        let branches = self.branches(order)?;
        if self.short {
            self.texts.iter_mut().for_each(TextEncoder::let_go);
        }
        let plan = Plan { steps: order.steps as usize, asked: order.scheduler.as_deref(), tokens: None };
        let masked = order.references.iter().any(|r| r.role == Role::Mask);
        let config = if self.xl {
            self.scheduler.clone()
        } else {
            self.scheduler.brought_up_to_date(masked, order.scheduler.is_some())
        };
        let mut scheduler = choose(&config, &plan)?;
        let Beginning { sample, step, beside, known } = self.begin(order, scheduler.as_ref())?;
        let branches = self.unet.bind(&sample.shape, &beside, &branches, order.guidance)?;
        let mut denoiser = UnetDenoiser { unet: &mut self.unet, vae: &mut self.vae, branches, known };
        let latents = stages::denoise(&mut denoiser, scheduler.as_mut(), sample, step, order.seed, watch)?;
        let planes = self.vae.decode(&latents)?;
        watch.drawn(&planes);
        let picture = stages::picture(&planes, "the decoder")?;
        Ok(Made { picture: Some(picture), scene: None, latents, unknown: Vec::new() })
    }
}

/// Which of a scheduler's calls an edit begins with; the last one is made in any case.
fn first_call(steps: u32, strength: f64, scheduler: &dyn Scheduler) -> usize {
    let taken = (f64::from(steps) * strength) as usize;
    let left_out = (steps as usize).saturating_sub(taken) * scheduler.calls_per_step();
    left_out.min(scheduler.timesteps().len().saturating_sub(1))
}

fn mixed(picture: &Latents, noise: &Latents, (keep, spread): (f32, f32)) -> Latents {
    let values = picture.values.iter().zip(&noise.values).map(|(p, n)| keep * p + spread * n).collect();
    Latents { shape: noise.shape.clone(), values }
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

fn zeros_like(words: &Encoded) -> Encoded {
    let zeros = |of: &Latents| Latents::zeros(of.shape.clone());
    Encoded { hidden: zeros(&words.hidden), pooled: zeros(&words.pooled), ..Encoded::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_too_weak_for_a_step_makes_the_last_call_of_its_scheduler() {
        // As diffusers' get_timesteps cuts its timesteps: PNDM has one more than steps, as it takes its first one twice.
        let cases = [
            ("pndm", 4, 0.2, 4),
            ("pndm", 4, 0.5, 2),
            ("euler", 4, 0.2, 3),
            ("euler", 10, 0.34, 7),
            ("heun", 4, 0.2, 6),
            ("heun", 4, 0.5, 4),
            ("ddim", 3, 1.0, 0),
        ];
        for (asked, steps, strength, wanted) in cases {
            let told = serde_json::json!({"_class_name": "PNDMScheduler", "skip_prk_steps": true});
            let config = Config::read(told.as_object().unwrap().clone()).unwrap();
            let plan = Plan { steps: steps as usize, asked: Some(asked), tokens: None };
            let scheduler = choose(&config, &plan).unwrap();
            assert_eq!(first_call(steps, strength, scheduler.as_ref()), wanted, "{asked} {steps} {strength}");
        }
    }
}
