//! Euler: straight steps in sigma, the plainest of the sigma schedulers; and its ancestral kind.

use super::config::{Config, Spacing};
use super::scheduler::{Noise, Prediction, Scheduler, at};
use super::spacing;
use super::training::{self, Training};

/// First and last beta, and how the betas lie between them, where the package does not say.
const USUAL: (f64, f64, &str) = (0.0001, 0.02, "linear");

/// Steps and sigmas as Euler and Heun lay them.
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

/// Plain, or ancestral: a step too far towards the picture, and fresh noise for the rest of the way back.
pub(super) struct Euler {
    ladder: Ladder,
    ancestral: bool,
}

impl Euler {
    pub(super) fn new(config: &Config, steps: usize) -> Result<Self, String> {
        Ok(Euler { ladder: Ladder::new(config, steps, USUAL)?, ancestral: false })
    }

    pub(super) fn ancestral(config: &Config, steps: usize) -> Result<Self, String> {
        // This class knows neither Karras' spacing nor another end.
        let plain = Config {
            use_karras_sigmas: None,
            use_exponential_sigmas: None,
            final_sigmas_type: None,
            interpolation_type: None,
            ..config.clone()
        };
        Ok(Euler { ladder: Ladder::new(&plain, steps, USUAL)?, ancestral: true })
    }
}

impl Scheduler for Euler {
    fn timesteps(&self) -> &[f32] {
        &self.ladder.timesteps
    }

    fn initial_sigma(&self) -> f32 {
        self.ladder.initial
    }

    fn input_scale(&self, i: usize) -> f32 {
        scale(at(&self.ladder.sigmas, i))
    }

    fn mixture(&self, i: usize) -> (f32, f32) {
        (1.0, at(&self.ladder.sigmas, i))
    }

    fn prediction(&self) -> Prediction {
        self.ladder.prediction
    }

    fn step(&mut self, i: usize, predicted: &[f32], sample: &mut [f32], noise: &mut Noise) {
        let (from, to) = (at(&self.ladder.sigmas, i), at(&self.ladder.sigmas, i + 1));
        let up = if self.ancestral { (to * to * (from * from - to * to) / (from * from)).sqrt() } else { 0.0 };
        let down = if self.ancestral { (to * to - up * up).sqrt() } else { to };
        for (x, p) in sample.iter_mut().zip(predicted) {
            let picture = self.ladder.prediction.unscaled_picture(*p, *x, from);
            *x += (*x - picture) / from * (down - from);
        }
        if self.ancestral {
            for (x, n) in sample.iter_mut().zip(noise()) {
                *x += n * up;
            }
        }
    }
}

pub(super) fn scale(sigma: f32) -> f32 {
    1.0 / (sigma * sigma + 1.0).sqrt()
}
