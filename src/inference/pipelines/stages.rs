//! The stages that pipelines share: walking the steps, guidance, and numbers to pixels and back.

use std::ops::ControlFlow;

use crate::base::units::Size;
use crate::inference::error::{Error, Result};
use crate::inference::latents::Latents;
use crate::inference::noise;
use crate::inference::order::{Order, Step, Watch};
use crate::inference::schedulers::Scheduler;
use crate::media::picture::{Filter, Picture};

/// What a model says at one step; ONNX Runtime stands behind it, tests put a formula there.
pub(crate) trait Denoiser {
    /// As many numbers as the sample has; they hold until the next step.
    fn predict(&mut self, sample: &Latents, timestep: f32) -> Result<&[f32]>;
    /// A small picture of a sample without its noise; none where that costs too much.
    fn preview(&mut self, sample: &Latents) -> Result<Option<Picture>>;
    /// Puts back what a step may not change. `next`: how picture and noise are mixed at the next step; none after the
    /// last.
    fn hold(&self, _sample: &mut Latents, _next: Option<(f32, f32)>) {}
}

/// From noise (or, at step `begin`, from a picture with noise) to the last latents. Stops between steps when the
/// watcher says so.
pub(crate) fn denoise(
    model: &mut dyn Denoiser,
    scheduler: &mut dyn Scheduler,
    mut sample: Latents,
    begin: usize,
    seed: u64,
    watch: &mut dyn Watch,
) -> Result<Latents> {
    let timesteps = scheduler.timesteps().to_vec();
    let of = timesteps.len().saturating_sub(begin) as u32;
    let mut scaled = sample.clone();
    for (i, &timestep) in timesteps.iter().enumerate().skip(begin) {
        let step = (i - begin) as u32 + 1;
        let scale = scheduler.input_scale(i);
        let shown = if (scale - 1.0).abs() > f32::EPSILON {
            scaled.values.iter_mut().zip(&sample.values).for_each(|(to, x)| *to = x * scale);
            &scaled
        } else {
            &sample
        };
        let predicted = model.predict(shown, timestep)?;
        let every = watch.preview_every();
        let shown = every > 0 && step.is_multiple_of(every) && step < of;
        let foreseen = if shown { Some(scheduler.foreseen(i, predicted, &sample.values)) } else { None };
        let mut fresh = || noise::normal(seed, step, sample.shape.clone()).values;
        scheduler.step(i, predicted, &mut sample.values, &mut fresh);
        model.hold(&mut sample, (i + 1 < timesteps.len()).then(|| scheduler.mixture(i + 1)));
        if !sample.all_finite() {
            return Err(Error::NotANumber { stage: format!("step {step} of {of}") });
        }
        let preview = match foreseen {
            Some(values) => model.preview(&Latents { shape: sample.shape.clone(), values })?,
            None => None,
        };
        if watch.step(Step { step, of, preview }).is_break() {
            return Err(Error::Cancelled { step });
        }
    }
    Ok(sample)
}

/// What the order begins from: the noise that it brings, or its seed's.
pub(crate) fn first_noise(order: &Order, shape: Vec<usize>) -> Result<Latents> {
    match &order.init_latents {
        None => Ok(noise::normal(order.seed, 0, shape)),
        Some(given) if given.shape == shape => Ok(given.clone()),
        Some(given) => Err(Error::BadOrder(format!(
            "the initial latents have the shape {:?}, but this order needs {shape:?}; give latents made for this size",
            given.shape
        ))),
    }
}

/// Planes of numbers from -1 to 1 (`[1, 3, height, width]`) as a picture.
pub(crate) fn picture(sample: &Latents, stage: &str) -> Result<Picture> {
    let [1, 3, height, width] = *sample.shape.as_slice() else {
        return Err(Error::GraphFailed {
            graph: stage.to_owned(),
            detail: format!("it gave the shape {:?} in place of [1, 3, height, width]", sample.shape),
        });
    };
    if !sample.all_finite() {
        return Err(Error::NotANumber { stage: stage.to_owned() });
    }
    let plane = height * width;
    let mut rgb = vec![0; plane * 3];
    for (channel, values) in sample.values.chunks_exact(plane.max(1)).enumerate() {
        for (pixel, value) in rgb.chunks_exact_mut(3).zip(values) {
            if let Some(byte) = pixel.get_mut(channel) {
                *byte = ((value * 0.5 + 0.5).clamp(0.0, 1.0) * 255.0).round_ties_even() as u8;
            }
        }
    }
    Picture::new(Size::new(width as u32, height as u32), rgb).map_err(|e| Error::BadOrder(e.to_string()))
}

/// A reference as planes, stretched to `size`.
pub(crate) fn fitted(picture: &Picture, size: Size) -> Result<Latents> {
    let picture = picture.resize(size, Filter::Lanczos).map_err(|e| Error::BadOrder(e.to_string()))?;
    Ok(planes(&picture))
}

/// Latents whose longest side is at most `most`: squares of them become their mean.
pub(crate) fn averaged(latents: &Latents, most: usize) -> Latents {
    let [1, channels, height, width] = *latents.shape.as_slice() else { return latents.clone() };
    let square = height.max(width).div_ceil(most.max(1)).max(1);
    let (rows, columns) = ((height / square).max(1), (width / square).max(1));
    let mut values = Vec::with_capacity(channels * rows * columns);
    for plane in latents.values.chunks_exact((height * width).max(1)) {
        for (row, column) in (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c))) {
            let lines = plane.chunks_exact(width).skip(row * square).take(square);
            let inside = lines.flat_map(|line| line.iter().skip(column * square).take(square));
            let (sum, count) = inside.fold((0.0, 0.0), |(sum, count), x| (sum + x, count + 1.0));
            values.push(sum / f32::max(count, 1.0));
        }
    }
    Latents { shape: vec![1, channels, rows, columns], values }
}

/// The reverse of [`picture`].
pub(crate) fn planes(picture: &Picture) -> Latents {
    let Size { width, height } = picture.size();
    let shape = vec![1, 3, height as usize, width as usize];
    let channel = |c: usize| picture.rgb().iter().skip(c).step_by(3).map(|b| f32::from(*b) / 127.5 - 1.0);
    Latents { shape, values: (0..3).flat_map(channel).collect() }
}

/// Turns a watcher's wish to stop into an error.
pub(crate) fn go_on(flow: ControlFlow<()>, step: u32) -> Result<()> {
    if flow.is_break() { Err(Error::Cancelled { step }) } else { Ok(()) }
}
