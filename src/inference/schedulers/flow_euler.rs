//! Flow-match Euler: straight steps along the predicted velocity (noise minus picture).

use super::Scheduler;

pub(crate) struct FlowEuler {
    timesteps: Vec<f32>,
    /// One more than there are steps; the last is zero.
    sigmas: Vec<f32>,
}

impl FlowEuler {
    /// Sigmas from 1 to 1/steps, evenly; the denoiser is told sigma times `scale`.
    pub(crate) fn even(steps: usize, shift: impl Fn(f64) -> f64, scale: f32) -> Self {
        let count = steps.max(1);
        let even = |i: usize| 1.0 - i as f64 * (1.0 - 1.0 / count as f64) / (count.max(2) - 1) as f64;
        FlowEuler::with((0..count).map(|i| shift(even(i)) as f32).collect(), scale)
    }

    pub(crate) fn with(mut sigmas: Vec<f32>, scale: f32) -> Self {
        let timesteps = sigmas.iter().map(|s| s * scale).collect();
        sigmas.push(0.0);
        FlowEuler { timesteps, sigmas }
    }
}

impl Scheduler for FlowEuler {
    fn timesteps(&self) -> &[f32] {
        &self.timesteps
    }

    fn step(&mut self, i: usize, predicted: &[f32], sample: &mut [f32], _noise: &mut dyn FnMut() -> Vec<f32>) {
        let Some([here, next]) = self.sigmas.get(i..i + 2) else { return };
        let stride = next - here;
        for (x, v) in sample.iter_mut().zip(predicted) {
            *x += stride * v;
        }
    }
}
