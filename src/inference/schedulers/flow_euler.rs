//! Flow-match Euler: straight steps along the predicted velocity (noise minus picture).

use super::config::Config;
use super::scheduler::{Noise, Prediction, Scheduler, at};

pub(crate) struct FlowEuler {
    timesteps: Vec<f32>,
    /// One more than there are steps; the last is zero.
    sigmas: Vec<f32>,
}

impl FlowEuler {
    /// Sigmas from 1 to 1/steps, evenly; the denoiser is told sigma times `scale`.
    pub(crate) fn even(steps: usize, scale: f32) -> Self {
        FlowEuler::with(even(steps, 1.0, 1.0 / steps.max(1) as f64).map(|s| s as f32).collect(), scale)
    }

    /// `tokens`: how many the picture has, where the shift depends on it.
    pub(super) fn new(config: &Config, steps: usize, tokens: Option<usize>) -> Result<Self, String> {
        let train = config.train_steps() as f64;
        let shift = config.shift.unwrap_or(1.0);
        let shifted = |s: f64| shift * s / (1.0 + (shift - 1.0) * s);
        let dynamic = config.use_dynamic_shifting == Some(true);
        let mut sigmas: Vec<f64> = match (dynamic, tokens) {
            // FLUX pipelines bring their own sigmas and are shifted by their size.
            (true, Some(tokens)) => {
                let mu = mu(config, tokens as f64).exp();
                let linear = match config.time_shift_type.as_deref().unwrap_or("exponential") {
                    "exponential" => false,
                    "linear" => true,
                    other => return Err(format!("time_shift_type {other}")),
                };
                let mu = if linear { mu.ln() } else { mu };
                let even = even(steps, 1.0, 1.0 / steps.max(1) as f64).map(|s| f64::from(s as f32));
                even.map(|s| mu / (mu + (1.0 / s - 1.0))).collect()
            }
            (false, Some(_)) => even(steps, 1.0, 1.0 / steps.max(1) as f64).map(shifted).collect(),
            (true, None) => return Err("use_dynamic_shifting, in a family without it".to_owned()),
            // The ends of the training are shifted themselves, and the steps between them once more.
            (false, None) => even(steps, shifted(1.0), shifted(1.0 / train)).map(shifted).collect(),
        };
        if let (Some(terminal), Some(last)) = (config.shift_terminal, sigmas.last().copied()) {
            let scale = (1.0 - last) / (1.0 - terminal);
            for s in &mut sigmas {
                *s = 1.0 - (1.0 - *s) / scale;
            }
        }
        if config.use_karras_sigmas == Some(true) || config.use_exponential_sigmas == Some(true) {
            return Err("another spacing of sigmas".to_owned());
        }
        Ok(FlowEuler::with(sigmas.into_iter().map(|s| s as f32).collect(), train as f32))
    }

    fn with(mut sigmas: Vec<f32>, scale: f32) -> Self {
        let timesteps = sigmas.iter().map(|s| s * scale).collect();
        sigmas.push(0.0);
        FlowEuler { timesteps, sigmas }
    }
}

/// The shift of FLUX: a line through (256 tokens, 0.5) and (4096 tokens, 1.15).
fn mu(config: &Config, tokens: f64) -> f64 {
    let (low, high) = (config.base_image_seq_len.unwrap_or(256.0), config.max_image_seq_len.unwrap_or(4096.0));
    let (least, most) = (config.base_shift.unwrap_or(0.5), config.max_shift.unwrap_or(1.15));
    let slope = (most - least) / (high - low);
    tokens * slope + (least - slope * low)
}

fn even(steps: usize, from: f64, to: f64) -> impl Iterator<Item = f64> {
    let last = steps.max(2) - 1;
    (0..steps).map(move |i| from + (to - from) * i as f64 / last as f64)
}

impl Scheduler for FlowEuler {
    fn timesteps(&self) -> &[f32] {
        &self.timesteps
    }

    fn mixture(&self, i: usize) -> (f32, f32) {
        let sigma = at(&self.sigmas, i);
        (1.0 - sigma, sigma)
    }

    fn prediction(&self) -> Prediction {
        Prediction::Flow
    }

    fn step(&mut self, i: usize, predicted: &[f32], sample: &mut [f32], _: &mut Noise) {
        let stride = at(&self.sigmas, i + 1) - at(&self.sigmas, i);
        for (x, v) in sample.iter_mut().zip(predicted) {
            *x += stride * v;
        }
    }
}
