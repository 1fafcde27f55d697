//! A picture in memory: 8 bits of red, green and blue, row by row from the top left.

use image::imageops::{self, FilterType};
use image::{ImageBuffer, Rgb};

use super::error::Error;
use super::resample::{Kernel, resample};
use crate::base::units::Size;

/// The longest side that any picture in the studio may have.
pub const MOST_SIDE: u32 = 16_384;

/// Pixels whose number always fits their size.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    size: Size,
    rgb: Vec<u8>,
}

/// How pixels are weighed when a picture changes its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Soft and free of ringing: what models are fed.
    Triangle,
    /// Sharp: what people look at, and what Stable Diffusion and FLUX are fed.
    Lanczos,
    /// Sharp with less ringing: what Qwen2.5-VL is fed.
    Cubic,
}

impl Picture {
    /// Takes `rgb` as it is; its length must be width x height x 3.
    pub fn new(size: Size, rgb: Vec<u8>) -> Result<Self, Error> {
        check(size)?;
        let (want, got) = (size.pixels() * 3, rgb.len() as u64);
        if want != got {
            return Err(Error::Pixels { width: size.width, height: size.height, want, got });
        }
        Ok(Picture { size, rgb })
    }

    /// One colour everywhere.
    pub fn filled(size: Size, colour: [u8; 3]) -> Result<Self, Error> {
        check(size)?;
        Ok(Picture { size, rgb: colour.repeat(size.pixels() as usize) })
    }

    pub fn size(&self) -> Size {
        self.size
    }

    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    pub fn into_rgb(self) -> Vec<u8> {
        self.rgb
    }

    /// The colour at a place; none outside.
    pub fn pixel(&self, x: u32, y: u32) -> Option<[u8; 3]> {
        if x >= self.size.width {
            return None;
        }
        let at = (u64::from(y) * u64::from(self.size.width) + u64::from(x)) as usize;
        self.rgb.as_chunks::<3>().0.get(at).copied()
    }

    /// Rows from the top, three bytes a pixel.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.rgb.chunks_exact(self.size.width as usize * 3)
    }

    /// Stretches to `size`.
    pub fn resize(&self, size: Size, filter: Filter) -> Result<Picture, Error> {
        check(size)?;
        if size == self.size {
            return Ok(self.clone());
        }
        let rgb = match filter {
            Filter::Triangle => {
                imageops::resize(&self.view()?, size.width, size.height, FilterType::Triangle).into_raw()
            }
            Filter::Lanczos => resample(Kernel::Lanczos, &self.rgb, self.size, size),
            Filter::Cubic => resample(Kernel::Cubic, &self.rgb, self.size, size),
        };
        Picture::new(size, rgb)
    }

    /// Fits into a square of `most` pixels, keeping the proportions; smaller pictures stay as they are.
    pub fn fit(&self, most: u32) -> Result<Picture, Error> {
        let longest = self.size.width.max(self.size.height);
        if longest <= most {
            return Ok(self.clone());
        }
        let scaled = |side: u32| (u64::from(side) * u64::from(most)).div_ceil(u64::from(longest)).max(1) as u32;
        let size = Size::new(scaled(self.size.width), scaled(self.size.height));
        if longest / 3 <= most {
            return self.resize(size, Filter::Lanczos);
        }
        // A photograph is first averaged to twice the size: ten times faster, and no eye sees it.
        let half = imageops::thumbnail(&self.view()?, size.width * 2, size.height * 2);
        let double = Size::new(size.width * 2, size.height * 2);
        Picture::new(double, half.into_raw())?.resize(size, Filter::Lanczos)
    }

    /// The part of `size` whose top left corner is at (`x`, `y`).
    pub fn crop(&self, x: u32, y: u32, size: Size) -> Result<Picture, Error> {
        check(size)?;
        let inside = |at: u32, side: u32, whole: u32| at.checked_add(side).is_some_and(|end| end <= whole);
        if !inside(x, size.width, self.size.width) || !inside(y, size.height, self.size.height) {
            let most = self.size.width.min(self.size.height);
            return Err(Error::Size { width: size.width, height: size.height, least: 1, most });
        }
        let (from, length) = (x as usize * 3, size.width as usize * 3);
        let rows = self.rows().skip(y as usize).take(size.height as usize);
        let rgb = rows.flat_map(|row| row.iter().skip(from).take(length)).copied().collect();
        Picture::new(size, rgb)
    }

    fn view(&self) -> Result<ImageBuffer<Rgb<u8>, &[u8]>, Error> {
        let got = self.rgb.len() as u64;
        let Size { width, height } = self.size;
        ImageBuffer::from_raw(width, height, self.rgb.as_slice()).ok_or(Error::Pixels { width, height, want: got, got })
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({})", self.size)
    }
}

fn check(size: Size) -> Result<(), Error> {
    let good = 1..=MOST_SIDE;
    if good.contains(&size.width) && good.contains(&size.height) {
        return Ok(());
    }
    Err(Error::Size { width: size.width, height: size.height, least: 1, most: MOST_SIDE })
}
