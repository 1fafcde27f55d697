//! Euler ancestral: a step too far towards the picture, and fresh noise for the rest of the way back.

use super::config::Config;
use super::euler::{Ladder, scale};
use super::scheduler::{Noise, Scheduler, at};

pub(super) struct EulerAncestral(Ladder);

impl EulerAncestral {
    pub(super) fn new(config: &Config, steps: usize) -> Result<Self, String> {
        // This class knows neither Karras' spacing nor another end.
        let plain = Config {
            use_karras_sigmas: None,
            use_exponential_sigmas: None,
            final_sigmas_type: None,
            interpolation_type: None,
            ..config.clone()
        };
        Ladder::new(&plain, steps, (0.0001, 0.02, "linear")).map(EulerAncestral)
    }
}

impl Scheduler for EulerAncestral {
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

    fn step(&mut self, i: usize, predicted: &[f32], sample: &mut [f32], noise: &mut Noise) {
        let (from, to) = (at(&self.0.sigmas, i), at(&self.0.sigmas, i + 1));
        let up = (to * to * (from * from - to * to) / (from * from)).sqrt();
        let down = (to * to - up * up).sqrt();
        let fresh = noise();
        for ((x, p), n) in sample.iter_mut().zip(predicted).zip(fresh) {
            let picture = self.0.prediction.unscaled_picture(*p, *x, from);
            *x += (*x - picture) / from * (down - from) + n * up;
        }
    }
}
