//! How much noise each step of the training had, and the sigmas that schedulers make of it.

use super::config::Config;

/// Cumulative products of the alphas, rounded to f32 as the originals keep them.
pub(super) struct Training {
    alphas: Vec<f64>,
}

impl Training {
    pub(super) fn new(config: &Config, usual: (f64, f64, &str), floor_at_zero_snr: bool) -> Result<Self, String> {
        let count = config.train_steps();
        let (start, end) = (config.beta_start.unwrap_or(usual.0), config.beta_end.unwrap_or(usual.1));
        let mut betas: Vec<f32> = match (&config.trained_betas, config.beta_schedule.as_deref().unwrap_or(usual.2)) {
            (Some(betas), _) => betas.iter().map(|b| *b as f32).collect(),
            (None, "linear") => line(start, end, count),
            (None, "scaled_linear") => line(start.sqrt(), end.sqrt(), count).into_iter().map(|b| b * b).collect(),
            (None, "squaredcos_cap_v2") => cosine(count),
            (None, other) => return Err(format!("beta_schedule {other}")),
        };
        let zero_snr = config.rescale_betas_zero_snr == Some(true);
        if zero_snr {
            betas = without_signal_at_the_end(&betas);
        }
        let mut product = 1.0;
        let mut alphas: Vec<f64> = betas
            .iter()
            .map(|beta| {
                product *= f64::from(1.0 - beta);
                f64::from(product as f32)
            })
            .collect();
        // Not quite zero, so that the first sigma is a number.
        if zero_snr
            && floor_at_zero_snr
            && let Some(last) = alphas.last_mut()
        {
            *last = 2f64.powi(-24);
        }
        Ok(Training { alphas })
    }

    pub(super) fn len(&self) -> usize {
        self.alphas.len()
    }

    pub(super) fn alpha(&self, timestep: i64) -> f64 {
        let last = self.alphas.len().saturating_sub(1);
        let at = usize::try_from(timestep).unwrap_or(0).min(last);
        self.alphas.get(at).copied().unwrap_or(1.0)
    }

    /// Rounded to f32, as the originals keep it.
    pub(super) fn sigma(&self, timestep: i64) -> f64 {
        let alpha = self.alpha(timestep) as f32;
        f64::from(((1.0 - alpha) / alpha).sqrt())
    }

    /// The sigma at a timestep between two of the training.
    pub(super) fn sigma_between(&self, timestep: f64) -> f64 {
        let low = timestep.floor().clamp(0.0, self.alphas.len().saturating_sub(1) as f64);
        let share = timestep - low;
        let (here, next) = (self.sigma(low as i64), self.sigma(low as i64 + 1));
        if share <= 0.0 { here } else { here + share * (next - here) }
    }

    /// The reverse: where the training had this sigma, by its logarithm. Logarithms are rounded as the sigmas are: some
    /// schedulers cut what comes out to a whole number, and the largest sigma is the last step or the one before.
    pub(super) fn timestep_of(&self, sigma: f64) -> f64 {
        let wanted = sigma.max(1e-10).ln();
        let log = |timestep: usize| f64::from(self.sigma(timestep as i64).ln() as f32);
        let logs = || (0..self.alphas.len()).map(log);
        let low = logs().rposition(|log| log <= wanted).unwrap_or(0).min(self.alphas.len().saturating_sub(2));
        let (here, next) = (log(low), log(low + 1));
        let share = ((here - wanted) / (here - next)).clamp(0.0, 1.0);
        (1.0 - share) * low as f64 + share * (low + 1) as f64
    }
}

/// Karras' spacing between the largest and the smallest sigma.
pub(super) fn karras(config: &Config, largest: f64, smallest: f64, steps: usize) -> Vec<f64> {
    const RHO: f64 = 7.0;
    let (largest, smallest) = (config.sigma_max.unwrap_or(largest), config.sigma_min.unwrap_or(smallest));
    let (from, to) = (largest.powf(1.0 / RHO), smallest.powf(1.0 / RHO));
    shares(steps).map(|share| (from + share * (to - from)).powf(RHO)).collect()
}

/// Even spacing of the logarithms.
pub(super) fn exponential(config: &Config, largest: f64, smallest: f64, steps: usize) -> Vec<f64> {
    let from = config.sigma_max.unwrap_or(largest).ln();
    let to = config.sigma_min.unwrap_or(smallest).ln();
    shares(steps).map(|share| (from + share * (to - from)).exp()).collect()
}

/// 0 to 1, evenly.
pub(super) fn shares(steps: usize) -> impl Iterator<Item = f64> {
    let last = steps.max(2) - 1;
    (0..steps).map(move |i| i as f64 / last as f64)
}

fn line(start: f64, end: f64, count: usize) -> Vec<f32> {
    let (start, end) = (start as f32, end as f32);
    let step = (end - start) / (count - 1) as f32;
    // From both ends, as torch does.
    let value = |i: usize| if i < count / 2 { start + step * i as f32 } else { end - step * (count - i - 1) as f32 };
    (0..count).map(value).collect()
}

fn cosine(count: usize) -> Vec<f32> {
    let bar = |t: f64| ((t + 0.008) / 1.008 * std::f64::consts::FRAC_PI_2).cos().powi(2);
    let beta = |i: usize| (1.0 - bar((i + 1) as f64 / count as f64) / bar(i as f64 / count as f64)).min(0.999);
    (0..count).map(|i| beta(i) as f32).collect()
}

/// Betas whose last step is pure noise.
fn without_signal_at_the_end(betas: &[f32]) -> Vec<f32> {
    let mut product = 1.0f64;
    let roots: Vec<f32> = betas
        .iter()
        .map(|b| {
            product *= f64::from(1.0 - b);
            (product as f32).sqrt()
        })
        .collect();
    let (Some(first), Some(last)) = (roots.first().copied(), roots.last().copied()) else { return Vec::new() };
    let bars: Vec<f32> = roots.iter().map(|r| ((r - last) * (first / (first - last))).powi(2)).collect();
    let before = std::iter::once(1.0).chain(bars.iter().copied());
    bars.iter().zip(before).map(|(bar, before)| 1.0 - bar / before).collect()
}
