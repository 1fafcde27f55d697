//! Which steps of the training a walk of few steps visits, from most noise to least.

use super::config::{Config, Spacing};

/// As sigma schedulers lay them: fractions are kept.
pub(super) fn fractional(config: &Config, spacing: Spacing, steps: usize) -> Vec<f64> {
    let train = config.train_steps();
    match spacing {
        Spacing::Linspace => {
            let mut even: Vec<f64> = linspace((train - 1) as f64, steps).map(|t| f64::from(t as f32)).collect();
            even.reverse();
            even
        }
        Spacing::Leading => leading(train / steps.max(1), steps, config),
        Spacing::Trailing => trailing(train, train, steps),
    }
}

/// As DDIM lays them: whole numbers.
pub(super) fn whole(config: &Config, spacing: Spacing, steps: usize) -> Vec<f64> {
    match spacing {
        Spacing::Linspace => {
            let mut even: Vec<f64> =
                linspace((config.train_steps() - 1) as f64, steps).map(f64::round_ties_even).collect();
            even.reverse();
            even
        }
        _ => fractional(config, spacing, steps),
    }
}

/// As multistep solvers lay them: one step more, and the last left out.
pub(super) fn multistep(config: &Config, spacing: Spacing, steps: usize, last: usize) -> Vec<f64> {
    match spacing {
        Spacing::Linspace => {
            let mut even: Vec<f64> =
                linspace((last.max(1) - 1) as f64, steps + 1).map(f64::round_ties_even).skip(1).collect();
            even.reverse();
            even
        }
        Spacing::Leading => {
            let ratio = last / (steps + 1);
            let offset = config.steps_offset.unwrap_or(0) as f64;
            (1..=steps).rev().map(|i| (i * ratio) as f64 + offset).collect()
        }
        Spacing::Trailing => trailing(config.train_steps(), last, steps),
    }
}

fn leading(ratio: usize, steps: usize, config: &Config) -> Vec<f64> {
    let offset = config.steps_offset.unwrap_or(0) as f64;
    (0..steps).rev().map(|i| (i * ratio) as f64 + offset).collect()
}

/// `numpy.arange(last, 0, -ratio).round() - 1`, its rounding of the length included.
fn trailing(train: usize, last: usize, steps: usize) -> Vec<f64> {
    let (ratio, last) = (train as f64 / steps.max(1) as f64, last as f64);
    let length = (last / ratio).ceil() as usize;
    let stride = (last - ratio) - last;
    (0..length).map(|i| (last + i as f64 * stride).round_ties_even() - 1.0).collect()
}

fn linspace(end: f64, count: usize) -> impl Iterator<Item = f64> {
    let step = end / (count.max(2) - 1) as f64;
    (0..count).map(move |i| if i > 0 && i + 1 == count { end } else { i as f64 * step })
}
