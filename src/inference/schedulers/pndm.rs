//! PNDM without its Runge-Kutta start (PLMS): the first step is taken twice, the later ones remember up to four.

use std::collections::VecDeque;

use super::config::{Config, Spacing};
use super::scheduler::{Noise, Prediction, Scheduler, at};
use super::spacing;
use super::training::Training;

pub(super) struct Pndm {
    timesteps: Vec<f32>,
    training: Training,
    stride: i64,
    last_alpha: f64,
    velocity: bool,
    /// What was said at the last steps, newest first.
    said: VecDeque<Vec<f32>>,
    /// Where the walk began, until its first step was taken again.
    start: Option<Vec<f32>>,
    calls: usize,
}

impl Pndm {
    pub(super) fn new(config: &Config, steps: usize) -> Result<Self, String> {
        if config.skip_prk_steps != Some(true) {
            return Err("PNDM with skip_prk_steps false".to_owned());
        }
        let velocity = match config.prediction()? {
            Prediction::Epsilon => false,
            Prediction::Velocity => true,
            other => return Err(format!("prediction_type {other:?}")),
        };
        let training = Training::new(config, (0.0001, 0.02, "linear"), false)?;
        let visited = spacing::whole(config, config.spacing(Spacing::Leading)?, steps);
        let second = visited.get(1).copied();
        let twice = visited.iter().take(2).copied().chain(second).chain(visited.iter().skip(2).copied());
        Ok(Pndm {
            timesteps: twice.map(|t| t as f32).collect(),
            stride: (config.train_steps() / steps.max(1)) as i64,
            last_alpha: if config.set_alpha_to_one.unwrap_or(false) { 1.0 } else { training.alpha(0) },
            training,
            velocity,
            said: VecDeque::new(),
            start: None,
            calls: 0,
        })
    }

    /// The direction that the remembered ones add up to.
    fn direction(&self, predicted: &[f32], again: bool) -> Vec<f32> {
        let weights: &[f32] = match (again, self.said.len()) {
            (true, _) => return self.said.front().map_or_else(Vec::new, |s| mean(predicted, s)),
            (_, 0 | 1) => &[1.0],
            (_, 2) => &[1.5, -0.5],
            (_, 3) => &[23.0 / 12.0, -16.0 / 12.0, 5.0 / 12.0],
            _ => &[55.0 / 24.0, -59.0 / 24.0, 37.0 / 24.0, -9.0 / 24.0],
        };
        let mut sum = vec![0.0; predicted.len()];
        for (said, weight) in self.said.iter().zip(weights) {
            for (x, s) in sum.iter_mut().zip(said) {
                *x += weight * s;
            }
        }
        sum
    }
}

impl Scheduler for Pndm {
    fn timesteps(&self) -> &[f32] {
        &self.timesteps
    }

    fn mixture(&self, i: usize) -> (f32, f32) {
        let alpha = self.training.alpha(at(&self.timesteps, i) as i64);
        (alpha.sqrt() as f32, (1.0 - alpha).sqrt() as f32)
    }

    fn prediction(&self) -> Prediction {
        if self.velocity { Prediction::Velocity } else { Prediction::Epsilon }
    }

    fn step(&mut self, i: usize, predicted: &[f32], sample: &mut [f32], _: &mut Noise) {
        let told = at(&self.timesteps, i) as i64;
        let again = self.calls == 1;
        let (from, to) = if again { (told + self.stride, told) } else { (told, told - self.stride) };
        if again {
            if let Some(start) = self.start.take() {
                sample.copy_from_slice(&start);
            }
        } else {
            self.said.push_front(predicted.to_vec());
            self.said.truncate(4);
        }
        if self.calls == 0 {
            self.start = Some(sample.to_vec());
        }
        self.calls += 1;
        let direction = self.direction(predicted, again);
        let here = self.training.alpha(from);
        let next = if to >= 0 { self.training.alpha(to) } else { self.last_alpha };
        let (noise, next_noise) = (1.0 - here, 1.0 - next);
        let keep = (next / here).sqrt() as f32;
        let gain = ((next - here) / (here * next_noise.sqrt() + (here * noise * next).sqrt())) as f32;
        let (root, rest) = (here.sqrt() as f32, noise.sqrt() as f32);
        for (x, d) in sample.iter_mut().zip(direction) {
            let epsilon = if self.velocity { root * d + rest * *x } else { d };
            *x = keep * *x - gain * epsilon;
        }
    }
}

fn mean(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| (a + b) / 2.0).collect()
}
