//! DPM-Solver++ (2M): the last two pictures foretell the next; deterministic, or with fresh noise (SDE).

use super::config::Config;
use super::scheduler::{Noise, Prediction, Scheduler};
use super::solver::Solver;

pub(super) struct Dpm {
    solver: Solver,
    order: usize,
    sde: bool,
    heun: bool,
    /// The last step is a plain one.
    plain_end: bool,
    /// The picture seen one step before; none at the beginning.
    before: Option<Vec<f32>>,
}

impl Dpm {
    pub(super) fn new(config: &Config, steps: usize) -> Result<Self, String> {
        let sde = match config.algorithm_type.as_deref().unwrap_or("dpmsolver++") {
            "dpmsolver++" | "deis" => false,
            "sde-dpmsolver++" => true,
            other => return Err(format!("algorithm_type {other}")),
        };
        let order = config.solver_order.unwrap_or(2);
        if !(1..=2).contains(&order) {
            return Err(format!("solver_order {order}"));
        }
        if config.variance_type.is_some() {
            return Err("a learned variance".to_owned());
        }
        let heun = match config.solver_type.as_deref().unwrap_or("midpoint") {
            "heun" => true,
            "midpoint" | "logrho" | "bh1" | "bh2" => false,
            other => return Err(format!("solver_type {other}")),
        };
        let solver = Solver::new(config, steps, false)?;
        let few = config.lower_order_final.unwrap_or(true) && solver.timesteps.len() < 15;
        let plain_end = config.euler_at_final == Some(true) || few || !config.ends_at_sigma_min();
        Ok(Dpm { solver, order, sde, heun, plain_end, before: None })
    }
}

impl Scheduler for Dpm {
    fn timesteps(&self) -> &[f32] {
        &self.solver.timesteps
    }

    fn mixture(&self, i: usize) -> (f32, f32) {
        self.solver.mixture(i)
    }

    fn prediction(&self) -> Prediction {
        self.solver.prediction
    }

    fn step(&mut self, i: usize, predicted: &[f32], sample: &mut [f32], noise: &mut Noise) {
        let pictures = self.solver.pictures(i, predicted, sample);
        let (here, next) = (self.solver.mix(i), self.solver.mix(i + 1));
        let h = next.lambda - here.lambda;
        let last = i + 1 == self.solver.timesteps.len();
        let before = self.before.take().filter(|_| self.order == 2 && !(last && self.plain_end));

        let (keep, gain, noisy) = if self.sde {
            let keep = next.sigma / here.sigma * (-h).exp();
            (keep, next.alpha * (1.0 - (-2.0 * h).exp()), next.sigma * (1.0 - (-2.0 * h).exp()).sqrt())
        } else {
            (next.sigma / here.sigma, -next.alpha * (-h).exp_m1(), 0.0)
        };
        // How much the change from the picture before counts; 0 at the beginning and at a plain end.
        let slope = if before.is_some() && i > 0 {
            let r = (here.lambda - self.solver.mix(i - 1).lambda) / h;
            let weight = match (self.heun, self.sde) {
                (false, _) => 0.5 * gain,
                (true, false) => next.alpha * ((-h).exp_m1() / h + 1.0),
                (true, true) => next.alpha * ((1.0 - (-2.0 * h).exp()) / (-2.0 * h) + 1.0),
            };
            weight / r
        } else {
            0.0
        };
        let fresh = if self.sde { noise() } else { Vec::new() };
        let (keep, gain, slope, noisy) = (keep as f32, gain as f32, slope as f32, noisy as f32);
        for (n, (x, picture)) in sample.iter_mut().zip(&pictures).enumerate() {
            let change = before.as_ref().and_then(|b| b.get(n)).map_or(0.0, |b| picture - b);
            *x = keep * *x + gain * picture + slope * change + noisy * fresh.get(n).copied().unwrap_or(0.0);
        }
        self.before = Some(pictures);
    }
}
