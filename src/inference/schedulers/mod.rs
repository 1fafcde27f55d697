//! Walks a sample from noise to picture. Pure arithmetic: no model, no device, no clock.

mod flow_euler;

pub(crate) use flow_euler::FlowEuler;

/// One way to walk; the numbers are those of diffusers 0.42.
pub(crate) trait Scheduler {
    /// What the denoiser is told at each step, from most noise to least.
    fn timesteps(&self) -> &[f32];
    /// Unit noise is multiplied by this to begin with.
    fn initial_sigma(&self) -> f32 {
        1.0
    }
    /// Factor on the sample before the denoiser sees it at step `i`.
    fn input_scale(&self, _i: usize) -> f32 {
        1.0
    }
    /// Moves `sample` across step `i`, given what the denoiser predicted there. `noise` gives fresh unit noise.
    fn step(&mut self, i: usize, predicted: &[f32], sample: &mut [f32], noise: &mut dyn FnMut() -> Vec<f32>);
}
