//! LCM: a few jumps to the picture, each followed by fresh noise but the last.

use super::config::Config;
use super::scheduler::{Noise, Prediction, Scheduler, at};
use super::training::Training;

pub(super) struct Lcm {
    timesteps: Vec<f32>,
    training: Training,
    prediction: Prediction,
    clip: Option<f32>,
    scaling: f64,
}

impl Lcm {
    pub(super) fn new(config: &Config, steps: usize) -> Result<Self, String> {
        let training = Training::new(config, (0.00085, 0.012, "scaled_linear"), false)?;
        let original = config.original_inference_steps.unwrap_or(50).clamp(1, config.train_steps());
        if steps > original {
            return Err(format!("more than {original} steps; this model was made for at most so many"));
        }
        let stride = config.train_steps() / original;
        // Floor of an even spacing over the steps that the model was distilled for, from the last one down.
        let visited = (0..steps).map(|i| (i as f64 * (original as f64 / steps as f64)).floor() as usize);
        let timesteps = visited.map(|i| ((original - i) * stride - 1) as f32).collect();
        Ok(Lcm {
            timesteps,
            training,
            prediction: config.prediction()?,
            clip: config.clip(false),
            scaling: config.timestep_scaling.unwrap_or(10.0),
        })
    }
}

impl Scheduler for Lcm {
    fn timesteps(&self) -> &[f32] {
        &self.timesteps
    }

    fn mixture(&self, i: usize) -> (f32, f32) {
        let alpha = self.training.alpha(at(&self.timesteps, i) as i64);
        (alpha.sqrt() as f32, (1.0 - alpha).sqrt() as f32)
    }

    fn prediction(&self) -> Prediction {
        self.prediction
    }

    fn step(&mut self, i: usize, predicted: &[f32], sample: &mut [f32], noise: &mut Noise) {
        const DATA: f64 = 0.5;
        let here = at(&self.timesteps, i);
        let (keep, spoil) = self.mixture(i);
        let scaled = f64::from(here) * self.scaling;
        let spread = scaled * scaled + DATA * DATA;
        let (skip, out) = ((DATA * DATA / spread) as f32, (scaled / spread.sqrt()) as f32);
        let last = i + 1 >= self.timesteps.len();
        let (next_keep, next_noise) = if last { (1.0, 0.0) } else { self.mixture(i + 1) };
        let fresh = if last { vec![0.0; sample.len()] } else { noise() };
        for ((x, p), n) in sample.iter_mut().zip(predicted).zip(fresh) {
            let picture = self.prediction.picture(*p, *x, keep, spoil);
            let picture = self.clip.map_or(picture, |c| picture.clamp(-c, c));
            *x = next_keep * (out * picture + skip * *x) + next_noise * n;
        }
    }
}
