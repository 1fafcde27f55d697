//! What every way of walking from noise to picture offers.

/// Gives fresh unit noise, as long as the sample.
pub(crate) type Noise<'a> = dyn FnMut() -> Vec<f32> + 'a;

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

    /// Factors of picture and noise for beginning at step `i` from a picture.
    fn mixture(&self, i: usize) -> (f32, f32);

    /// What the denoiser's numbers mean.
    fn prediction(&self) -> Prediction;

    /// The picture that the denoiser sees behind the sample at step `i`: for looking at, not for walking on.
    fn foreseen(&self, i: usize, predicted: &[f32], sample: &[f32]) -> Vec<f32> {
        let (prediction, (picture, noise)) = (self.prediction(), self.mixture(i));
        // Sigma schedulers do not scale their samples to a spread of one; flow models never do.
        let spread = if prediction == Prediction::Flow { 1.0 } else { picture.hypot(noise) };
        let one = |(p, x): (&f32, &f32)| prediction.picture(*p, x / spread, picture / spread, noise / spread);
        predicted.iter().zip(sample).map(one).collect()
    }

    /// How often the denoiser is asked for what people call one step.
    fn calls_per_step(&self) -> usize {
        1
    }

    /// Moves `sample` across step `i`, given what the denoiser predicted there.
    fn step(&mut self, i: usize, predicted: &[f32], sample: &mut [f32], noise: &mut Noise);
}

/// What a denoiser's numbers mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prediction {
    /// The noise in the sample.
    Epsilon,
    /// Velocity of the variance-preserving kind.
    Velocity,
    /// The picture itself.
    Sample,
    /// Noise minus picture.
    Flow,
}

impl Prediction {
    /// The picture behind one number of a sample that is `alpha` picture and `sigma` noise.
    pub(super) fn picture(self, predicted: f32, sample: f32, alpha: f32, sigma: f32) -> f32 {
        match self {
            Prediction::Epsilon => (sample - sigma * predicted) / alpha,
            Prediction::Velocity => alpha * sample - sigma * predicted,
            Prediction::Sample => predicted,
            Prediction::Flow => sample - sigma * predicted,
        }
    }

    /// The same for samples that were not scaled: picture plus `sigma` noise.
    pub(super) fn unscaled_picture(self, predicted: f32, sample: f32, sigma: f32) -> f32 {
        let spread = sigma * sigma + 1.0;
        match self {
            Prediction::Epsilon | Prediction::Flow => sample - sigma * predicted,
            Prediction::Velocity => predicted * (-sigma / spread.sqrt()) + sample / spread,
            Prediction::Sample => predicted,
        }
    }
}

/// The number at a place; nothing outside.
pub(super) fn at(values: &[f32], i: usize) -> f32 {
    values.get(i).copied().unwrap_or_default()
}
