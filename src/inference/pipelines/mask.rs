//! Inpainting: what of a source may change, as pixels and as latents, and how the rest is held while a picture forms.

use crate::base::units::Size;
use crate::inference::error::{Error, Result};
use crate::inference::latents::Latents;
use crate::inference::order::{Order, Role};
use crate::media::picture::Filter;

/// From this grey on a pixel of a mask is white.
const WHITE: u32 = 128;

/// One number a pixel: 1 where the picture may change, 0 where it stays.
pub(super) struct Mask {
    size: Size,
    white: Vec<f32>,
}

impl Mask {
    /// The order's mask, stretched to the order's size as the source is; none where there is none.
    pub(super) fn of(order: &Order) -> Result<Option<Self>> {
        let Some(given) = order.references.iter().find(|r| r.role == Role::Mask) else { return Ok(None) };
        let fitted = given.picture.resize(order.size, Filter::Lanczos).map_err(|e| Error::BadOrder(e.to_string()))?;
        // Pillow's grey, which the originals go by.
        let grey = |[r, g, b]: &[u8; 3]| {
            (u32::from(*r) * 19_595 + u32::from(*g) * 38_470 + u32::from(*b) * 7_471 + 0x8000) >> 16
        };
        let white = |pixel| if grey(pixel) < WHITE { 0.0 } else { 1.0 };
        let white = fitted.rgb().as_chunks::<3>().0.iter().map(white).collect();
        Ok(Some(Mask { size: order.size, white }))
    }

    /// Planes of pixels with grey in place of all that may change.
    pub(super) fn taken_out(&self, planes: &Latents) -> Latents {
        let stays = self.white.iter().cycle().zip(&planes.values);
        let values = stays.map(|(white, value)| if *white < 0.5 { *value } else { 0.0 }).collect();
        Latents { shape: planes.shape.clone(), values }
    }

    /// One number a latent: that of the nearest pixel.
    pub(super) fn for_latents(&self, height: usize, width: usize) -> Vec<f32> {
        let (tall, wide) = (self.size.height as usize, self.size.width as usize);
        let nearest = |place: usize, from: usize, to: usize| {
            ((place as f32 * (from as f32 / to as f32)) as usize).min(from.saturating_sub(1))
        };
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (y, x)));
        let pixel = |(y, x)| nearest(y, tall, height) * wide + nearest(x, wide, width);
        places.map(|place| self.white.get(pixel(place)).copied().unwrap_or(0.0)).collect()
    }
}

/// The part of a picture that stays, for models that were not made for inpainting: it is put back after every step,
/// with as much noise as the next one expects.
pub(super) struct Known {
    pub(super) mask: Vec<f32>,
    pub(super) source: Latents,
    pub(super) noise: Latents,
}

impl Known {
    /// `next`: how picture and noise are mixed at the next step; none after the last.
    pub(super) fn hold(&self, sample: &mut Latents, next: Option<(f32, f32)>) {
        let known = self.source.values.iter().zip(&self.noise.values);
        for ((x, (picture, noise)), mask) in sample.values.iter_mut().zip(known).zip(self.mask.iter().cycle()) {
            let held = next.map_or(*picture, |(keep, spread)| keep * picture + spread * noise);
            *x = (1.0 - mask) * held + mask * *x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latent_takes_the_nearest_pixel_of_its_mask() {
        let white = (0..6 * 4).map(|n| f32::from(n % 6 == 3 && n / 6 == 2)).collect();
        let mask = Mask { size: Size::new(6, 4), white };
        assert_eq!(mask.for_latents(2, 2), [0.0, 0.0, 0.0, 1.0]);
        assert_eq!(mask.for_latents(1, 6), [0.0; 6]);
        assert_eq!(mask.for_latents(4, 3), [0.0; 12]);
    }
}
