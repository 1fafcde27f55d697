//! DDIM: the sample is split into picture and noise, and mixed again with less noise (eta 0).

use super::config::{Config, Spacing};
use super::scheduler::{Noise, Prediction, Scheduler, at};
use super::spacing;
use super::training::Training;

pub(super) struct Ddim {
    timesteps: Vec<f32>,
    training: Training,
    /// Steps of the training between two of ours.
    stride: i64,
    last_alpha: f64,
    prediction: Prediction,
    clip: Option<f32>,
}

impl Ddim {
    pub(super) fn new(config: &Config, steps: usize) -> Result<Self, String> {
        let training = Training::new(config, (0.0001, 0.02, "linear"), false)?;
        let spacing = config.spacing(Spacing::Leading)?;
        let last_alpha = if config.set_alpha_to_one.unwrap_or(true) { 1.0 } else { training.alpha(0) };
        Ok(Ddim {
            timesteps: spacing::whole(config, spacing, steps).into_iter().map(|t| t as f32).collect(),
            stride: (config.train_steps() / steps.max(1)) as i64,
            last_alpha,
            training,
            prediction: config.prediction()?,
            clip: config.clip(true),
        })
    }

    fn timestep(&self, i: usize) -> i64 {
        at(&self.timesteps, i) as i64
    }
}

impl Scheduler for Ddim {
    fn timesteps(&self) -> &[f32] {
        &self.timesteps
    }

    fn mixture(&self, i: usize) -> (f32, f32) {
        let alpha = self.training.alpha(self.timestep(i));
        (alpha.sqrt() as f32, (1.0 - alpha).sqrt() as f32)
    }

    fn prediction(&self) -> Prediction {
        self.prediction
    }

    fn step(&mut self, i: usize, predicted: &[f32], sample: &mut [f32], _: &mut Noise) {
        let here = self.timestep(i);
        let there = here - self.stride;
        let alpha = self.training.alpha(here);
        let next = if there >= 0 { self.training.alpha(there) } else { self.last_alpha };
        let (keep, noise) = (alpha.sqrt() as f32, (1.0 - alpha).sqrt() as f32);
        let (next_keep, next_noise) = (next.sqrt() as f32, (1.0 - next).sqrt() as f32);
        for (x, p) in sample.iter_mut().zip(predicted) {
            let picture = self.prediction.picture(*p, *x, keep, noise);
            let epsilon = match self.prediction {
                Prediction::Velocity => keep * *p + noise * *x,
                Prediction::Sample => (*x - keep * *p) / noise,
                Prediction::Epsilon | Prediction::Flow => *p,
            };
            let picture = self.clip.map_or(picture, |c| picture.clamp(-c, c));
            *x = next_keep * picture + next_noise * epsilon;
        }
    }
}
