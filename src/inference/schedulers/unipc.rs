//! `UniPC`: a multistep guess, put right at the next step by what the denoiser says there.

use super::config::Config;
use super::scheduler::{Noise, Prediction, Scheduler};
use super::solver::{Mix, Solver};

pub(super) struct UniPc {
    solver: Solver,
    order: usize,
    bh1: bool,
    /// Works on pictures; else on noise.
    pictures: bool,
    lower_order_final: bool,
    uncorrected: Vec<usize>,
    /// What the denoiser said, newest last, at most `order` of them.
    seen: Vec<Vec<f32>>,
    /// Where the last step began, and of which order it was.
    last: Option<(Vec<f32>, usize)>,
}

impl UniPc {
    pub(super) fn new(config: &Config, steps: usize) -> Result<Self, String> {
        let order = config.solver_order.unwrap_or(2);
        if !(1..=3).contains(&order) {
            return Err(format!("solver_order {order}"));
        }
        Ok(UniPc {
            solver: Solver::new(config, steps, true)?,
            order,
            bh1: config.solver_type.as_deref() == Some("bh1"),
            pictures: config.predict_x0.unwrap_or(true),
            lower_order_final: config.lower_order_final.unwrap_or(true),
            uncorrected: config.disable_corrector.clone().unwrap_or_default(),
            seen: Vec::new(),
            last: None,
        })
    }

    fn converted(&self, i: usize, predicted: &[f32], sample: &[f32]) -> Vec<f32> {
        if self.pictures {
            return self.solver.pictures(i, predicted, sample);
        }
        let (alpha, sigma) = self.solver.mixture(i);
        let noise = |(p, x): (&f32, &f32)| match self.solver.prediction {
            Prediction::Epsilon | Prediction::Flow => *p,
            Prediction::Sample => (x - alpha * p) / sigma,
            Prediction::Velocity => alpha * p + sigma * x,
        };
        predicted.iter().zip(sample).map(noise).collect()
    }

    /// From `start`, left at the mix `from`, to the mix `to`. `newest` is what was seen at `to`, for a correction.
    fn moved(&self, start: &[f32], from: usize, to: usize, order: usize, newest: Option<&[f32]>) -> Vec<f32> {
        let (here, there) = (self.solver.mix(from), self.solver.mix(to));
        let h = there.lambda - here.lambda;
        let hh = if self.pictures { -h } else { h };
        let phi = hh.exp_m1();
        let b = if self.bh1 { hh } else { phi };
        let (Some(base), older) = (self.seen.last(), self.seen.iter().rev().skip(1)) else { return start.to_vec() };

        // Differences to what was seen before, by how far back it lies.
        let back: Vec<(f64, &Vec<f32>)> = older
            .take(order - 1)
            .enumerate()
            .map(|(k, seen)| ((self.solver.mix(from - k - 1).lambda - here.lambda) / h, seen))
            .collect();
        let mut ratios: Vec<f64> = back.iter().map(|(r, _)| *r).collect();
        ratios.push(1.0);
        let corrects = newest.is_some();
        let weights = weights(&ratios, hh, phi, b, corrects);

        let Mix { alpha, sigma, .. } = there;
        let (keep, gain, rest) = if self.pictures {
            (sigma / here.sigma, -alpha * phi, -alpha * b)
        } else {
            (alpha / here.alpha, -sigma * phi, -sigma * b)
        };
        let mut out: Vec<f32> = start.iter().zip(base).map(|(x, m)| keep as f32 * x + gain as f32 * m).collect();
        let differences = back.iter().map(|(r, seen)| (1.0 / r, seen.as_slice())).chain(newest.map(|n| (1.0, n)));
        for ((scale, seen), weight) in differences.zip(weights) {
            let factor = (rest * weight * scale) as f32;
            for ((x, s), m) in out.iter_mut().zip(seen).zip(base) {
                *x += factor * (s - m);
            }
        }
        out
    }
}

/// How the differences are weighed: the solution of a small Vandermonde system.
fn weights(ratios: &[f64], hh: f64, phi: f64, b: f64, corrects: bool) -> Vec<f64> {
    let order = ratios.len();
    let unknown = if corrects { order } else { order - 1 };
    match (order, corrects) {
        (1, true) | (2, false) => return vec![0.5],
        (1, false) => return Vec::new(),
        _ => {}
    }
    let (mut factorial, mut phi_k) = (1.0, phi / hh - 1.0);
    let mut rows = Vec::new();
    for i in 1..=unknown {
        let mut row: Vec<f64> = ratios.iter().take(unknown).map(|r| r.powi(i as i32 - 1)).collect();
        row.push(phi_k * factorial / b);
        rows.push(row);
        factorial *= (i + 1) as f64;
        phi_k = phi_k / hh - 1.0 / factorial;
    }
    solve(rows)
}

/// Gauss' elimination of at most three rows; the last number of each is the right side.
fn solve(mut rows: Vec<Vec<f64>>) -> Vec<f64> {
    let count = rows.len();
    for pivot in 0..count {
        let best =
            (pivot..count).max_by(|a, b| entry(&rows, *a, pivot).abs().total_cmp(&entry(&rows, *b, pivot).abs()));
        rows.swap(pivot, best.unwrap_or(pivot));
        let Some(top) = rows.get(pivot).cloned() else { continue };
        let divisor = top.get(pivot).copied().unwrap_or(1.0);
        for (n, row) in rows.iter_mut().enumerate() {
            let factor = row.get(pivot).copied().unwrap_or(0.0) / divisor;
            for (x, t) in row.iter_mut().zip(&top).filter(|_| n != pivot) {
                *x -= factor * t;
            }
        }
    }
    (0..count).map(|n| entry(&rows, n, count) / entry(&rows, n, n)).collect()
}

fn entry(rows: &[Vec<f64>], row: usize, column: usize) -> f64 {
    rows.get(row).and_then(|r| r.get(column)).copied().unwrap_or(0.0)
}

impl Scheduler for UniPc {
    fn timesteps(&self) -> &[f32] {
        &self.solver.timesteps
    }

    fn mixture(&self, i: usize) -> (f32, f32) {
        self.solver.mixture(i)
    }

    fn prediction(&self) -> Prediction {
        self.solver.prediction
    }

    fn step(&mut self, i: usize, predicted: &[f32], sample: &mut [f32], _: &mut Noise) {
        let converted = self.converted(i, predicted, sample);
        if i > 0
            && !self.uncorrected.contains(&(i - 1))
            && let Some((start, order)) = &self.last
        {
            let corrected = self.moved(start, i - 1, i, *order, Some(&converted));
            sample.copy_from_slice(&corrected);
        }
        self.seen.push(converted);
        if self.seen.len() > self.order {
            self.seen.remove(0);
        }
        let left = self.solver.timesteps.len() - i;
        let order = if self.lower_order_final { self.order.min(left) } else { self.order }.min(self.seen.len());
        let next = self.moved(sample, i, i + 1, order, None);
        self.last = Some((sample.to_vec(), order));
        sample.copy_from_slice(&next);
    }
}
