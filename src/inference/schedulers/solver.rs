//! What the multistep solvers share: sigmas, and logarithms of signal over noise.

use super::config::{Config, Spacing};
use super::scheduler::{Prediction, at};
use super::spacing;
use super::training::{self, Training};

pub(super) struct Solver {
    pub(super) timesteps: Vec<f32>,
    pub(super) sigmas: Vec<f32>,
    pub(super) prediction: Prediction,
    /// Sigma is a share of noise between 0 and 1, as flow models have it.
    flow: bool,
}

/// How a sample at one sigma is mixed.
#[derive(Clone, Copy)]
pub(super) struct Mix {
    pub(super) alpha: f64,
    pub(super) sigma: f64,
    pub(super) lambda: f64,
}

impl Solver {
    /// `rounds`: Karras' timesteps are rounded unless the betas are a cosine.
    pub(super) fn new(config: &Config, steps: usize, unipc: bool) -> Result<Self, String> {
        let training = Training::new(config, (0.0001, 0.02, "linear"), true)?;
        let spacing = config.spacing(Spacing::Linspace)?;
        let last = if unipc { training.len() } else { clipped(config, &training) };
        let mut timesteps = spacing::multistep(config, spacing, steps, last);
        let (largest, smallest) = (training.sigma(training.len() as i64 - 1), training.sigma(0));
        let flow = config.use_flow_sigmas == Some(true);
        let rounded = unipc || config.beta_schedule.as_deref() != Some("squaredcos_cap_v2");
        let found = |sigmas: &[f64]| sigmas.iter().map(|s| training.timestep_of(*s)).collect::<Vec<_>>();
        let mut sigmas = if config.use_karras_sigmas == Some(true) {
            let sigmas = training::karras(config, largest, smallest, steps);
            timesteps = found(&sigmas);
            if rounded {
                for t in &mut timesteps {
                    *t = t.round_ties_even();
                }
            }
            sigmas
        } else if config.use_exponential_sigmas == Some(true) {
            let sigmas = training::exponential(config, largest, smallest, steps);
            timesteps = found(&sigmas);
            sigmas
        } else if flow {
            let shift = config.flow_shift.unwrap_or(1.0);
            let end = 1.0 / config.train_steps() as f64;
            let share = |i: usize| i as f64 / steps as f64;
            // UniPC begins at pure noise, DPM++ one step of the training below it.
            let even = |i| if unipc { 1.0 - share(i) * (1.0 - end) } else { (1.0 - end) * (1.0 - share(i)) };
            let mut sigmas: Vec<f64> = (0..steps).map(even).map(|s| shift * s / (1.0 + (shift - 1.0) * s)).collect();
            if unipc && let Some(first) = sigmas.first_mut().filter(|s| (**s - 1.0).abs() < 1e-6) {
                *first -= 1e-6;
            }
            timesteps = sigmas.iter().map(|s| s * config.train_steps() as f64).collect();
            sigmas
        } else {
            timesteps.iter().map(|t| training.sigma_between(*t)).collect()
        };
        let end = match (config.ends_at_sigma_min(), unipc, sigmas.last()) {
            (false, ..) => 0.0,
            // UniPC ends where its own spacing ended.
            (true, true, Some(own)) if config.use_karras_sigmas == Some(true) => *own,
            (true, ..) => smallest,
        };
        sigmas.push(end);
        // These classes tell the denoiser whole numbers.
        let timesteps = timesteps.into_iter().map(|t| t.trunc() as f32).collect();
        let sigmas = sigmas.into_iter().map(|s| s as f32).collect();
        Ok(Solver { timesteps, sigmas, prediction: config.prediction()?, flow })
    }

    pub(super) fn mix(&self, i: usize) -> Mix {
        let sigma = f64::from(at(&self.sigmas, i));
        let (alpha, sigma) = if self.flow {
            (1.0 - sigma, sigma)
        } else {
            let alpha = 1.0 / (sigma * sigma + 1.0).sqrt();
            (alpha, sigma * alpha)
        };
        Mix { alpha, sigma, lambda: alpha.ln() - sigma.ln() }
    }

    /// The pictures behind a sample at step `i`.
    pub(super) fn pictures(&self, i: usize, predicted: &[f32], sample: &[f32]) -> Vec<f32> {
        let Mix { alpha, sigma, .. } = self.mix(i);
        let one = |(p, x): (&f32, &f32)| self.prediction.picture(*p, *x, alpha as f32, sigma as f32);
        predicted.iter().zip(sample).map(one).collect()
    }

    /// Factors for beginning in the middle.
    pub(super) fn mixture(&self, i: usize) -> (f32, f32) {
        let Mix { alpha, sigma, .. } = self.mix(i);
        (alpha as f32, sigma as f32)
    }
}

/// How many steps of the training are used, where the smallest lambda is bounded.
fn clipped(config: &Config, training: &Training) -> usize {
    let Some(bound) = config.lambda_min_clipped.as_ref().and_then(serde_json::Value::as_f64) else {
        return training.len();
    };
    let lambda = |t: usize| {
        let alpha = training.alpha(t as i64);
        0.5 * (alpha.ln() - (1.0 - alpha).ln())
    };
    (0..training.len()).rposition(|t| lambda(t) >= bound).map_or(training.len(), |last| last + 1)
}
