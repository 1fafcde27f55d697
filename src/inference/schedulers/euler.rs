//! Euler: straight steps in sigma, the plainest of the sigma schedulers.

use super::config::{Config, Spacing};
use super::scheduler::{Noise, Prediction, Scheduler, at};
use super::spacing;
use super::training::{self, Training};

/// Steps and sigmas as Euler, Euler ancestral and Heun lay them.
pub(super) struct Ladder {
    pub(super) timesteps: Vec<f32>,
    /// One more than there are steps.
    pub(super) sigmas: Vec<f32>,
    pub(super) initial: f32,
    pub(super) prediction: Prediction,
}

impl Ladder {
    pub(super) fn new(config: &Config, steps: usize, usual: (f64, f64, &str)) -> Result<Self, String> {
        let training = Training::new(config, usual, true)?;
        let spacing = config.spacing(Spacing::Linspace)?;
        let mut timesteps = spacing::fractional(config, spacing, steps);
        let mut sigmas: Vec<f64> = match config.interpolation_type.as_deref().unwrap_or("linear") {
            "linear" => timesteps.iter().map(|t| training.sigma_between(*t)).collect(),
            other => return Err(format!("interpolation_type {other}")),
        };
        let (first, end) = (sigmas.first().copied().unwrap_or(1.0), sigmas.last().copied().unwrap_or(0.0));
        let respaced = if config.use_karras_sigmas == Some(true) {
            Some(training::karras(config, first, end, steps))
        } else if config.use_exponential_sigmas == Some(true) {
            Some(training::exponential(config, first, end, steps))
        } else {
            None
        };
        if let Some(respaced) = respaced {
            timesteps = respaced.iter().map(|s| training.timestep_of(*s)).collect();
            sigmas = respaced;
        }
        sigmas.push(if config.ends_at_sigma_min() { training.sigma(0) } else { 0.0 });
        let sigmas: Vec<f32> = sigmas.into_iter().map(|s| s as f32).collect();
        let most = sigmas.iter().copied().fold(0.0, f32::max);
        let initial = if spacing == Spacing::Leading { (most * most + 1.0).sqrt() } else { most };
        let timesteps = timesteps.into_iter().map(|t| t as f32).collect();
        Ok(Ladder { timesteps, sigmas, initial, prediction: config.prediction()? })
    }
}

pub(super) struct Euler(Ladder);

impl Euler {
    pub(super) fn new(config: &Config, steps: usize) -> Result<Self, String> {
        Ladder::new(config, steps, (0.0001, 0.02, "linear")).map(Euler)
    }
}

impl Scheduler for Euler {
    fn timesteps(&self) -> &[f32] {
        &self.0.timesteps
    }

    fn initial_sigma(&self) -> f32 {
        self.0.initial
    }

    fn input_scale(&self, i: usize) -> f32 {
        scale(at(&self.0.sigmas, i))
    }

    fn mixture(&self, i: usize) -> (f32, f32) {
        (1.0, at(&self.0.sigmas, i))
    }

    fn step(&mut self, i: usize, predicted: &[f32], sample: &mut [f32], _: &mut Noise) {
        let (sigma, next) = (at(&self.0.sigmas, i), at(&self.0.sigmas, i + 1));
        for (x, p) in sample.iter_mut().zip(predicted) {
            let picture = self.0.prediction.unscaled_picture(*p, *x, sigma);
            *x += (*x - picture) / sigma * (next - sigma);
        }
    }
}

pub(super) fn scale(sigma: f32) -> f32 {
    1.0 / (sigma * sigma + 1.0).sqrt()
}
