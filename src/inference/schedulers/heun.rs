//! Heun: each step is tried once, judged at its end, and taken with the mean of both directions.

use super::config::Config;
use super::euler::{Ladder, scale};
use super::scheduler::{Noise, Prediction, Scheduler, at};

pub(super) struct Heun {
    ladder: Ladder,
    /// Timesteps as the denoiser is asked: all but the first twice.
    timesteps: Vec<f32>,
    clip: Option<f32>,
    /// Where the step began and its first direction, between the two halves.
    tried: Option<(Vec<f32>, Vec<f32>)>,
}

impl Heun {
    pub(super) fn new(config: &Config, steps: usize) -> Result<Self, String> {
        let plain = Config { final_sigmas_type: None, interpolation_type: None, ..config.clone() };
        let ladder = Ladder::new(&plain, steps, (0.00085, 0.012, "linear"))?;
        let again = ladder.timesteps.iter().skip(1).flat_map(|t| [*t, *t]);
        let timesteps = ladder.timesteps.iter().take(1).copied().chain(again).collect();
        Ok(Heun { ladder, timesteps, clip: config.clip(false), tried: None })
    }

    /// The sigma of the sample at call `i`: 0, 1, 1, 2, 2, …
    fn sigma(&self, i: usize) -> f32 {
        at(&self.ladder.sigmas, i.div_ceil(2))
    }
}

impl Scheduler for Heun {
    fn timesteps(&self) -> &[f32] {
        &self.timesteps
    }

    fn initial_sigma(&self) -> f32 {
        self.ladder.initial
    }

    fn input_scale(&self, i: usize) -> f32 {
        scale(self.sigma(i))
    }

    fn mixture(&self, i: usize) -> (f32, f32) {
        (1.0, self.sigma(i))
    }

    fn calls_per_step(&self) -> usize {
        2
    }

    fn prediction(&self) -> Prediction {
        self.ladder.prediction
    }

    fn step(&mut self, i: usize, predicted: &[f32], sample: &mut [f32], _: &mut Noise) {
        let here = self.sigma(i);
        let direction = |x: f32, p: f32| {
            let picture = self.ladder.prediction.unscaled_picture(p, x, here);
            (x - self.clip.map_or(picture, |c| picture.clamp(-c, c))) / here
        };
        let directions: Vec<f32> = sample.iter().zip(predicted).map(|(x, p)| direction(*x, *p)).collect();
        if let Some((start, first)) = self.tried.take() {
            let stride = here - self.sigma(i - 1);
            for ((x, begun), (a, b)) in sample.iter_mut().zip(start).zip(first.iter().zip(&directions)) {
                *x = begun + (a + b) / 2.0 * stride;
            }
        } else {
            let stride = at(&self.ladder.sigmas, i / 2 + 1) - here;
            let start = sample.to_vec();
            for (x, d) in sample.iter_mut().zip(&directions) {
                *x += d * stride;
            }
            self.tried = Some((start, directions));
        }
    }
}
