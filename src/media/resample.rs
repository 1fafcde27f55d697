//! Sharp resizing with the whole-number arithmetic of Pillow's `LANCZOS` and `BICUBIC`: models are compared with
//! originals that were fed by it. Pillow weighs which side to do first; where it takes the other one, a pixel at an edge may differ.

use std::f64::consts::PI;

use crate::base::units::Size;

/// How much a pixel counts by its distance, in pixels of the smaller picture.
#[derive(Clone, Copy)]
pub(super) enum Kernel {
    Lanczos,
    Cubic,
}

/// Weights are whole numbers with so many bits behind the point.
const BITS: u32 = 22;

/// Which pixels one new pixel is made of, and how much each counts.
struct Weights {
    first: usize,
    weights: Vec<i32>,
}

/// Across, then down; down first where that leaves less to do across. `rgb` holds `from` pixels.
pub(super) fn resample(kernel: Kernel, rgb: &[u8], from: Size, to: Size) -> Vec<u8> {
    if to.width > from.width && to.height < from.height {
        let lower = down(kernel, rgb, from, to.height);
        return across(kernel, &lower, Size::new(from.width, to.height), to.width);
    }
    let other = across(kernel, rgb, from, to.width);
    down(kernel, &other, Size::new(to.width, from.height), to.height)
}

fn across(kernel: Kernel, rgb: &[u8], from: Size, width: u32) -> Vec<u8> {
    if width == from.width {
        return rgb.to_vec();
    }
    let weights = weights(kernel, from.width as usize, width as usize);
    let rows = rgb.chunks_exact((from.width as usize * 3).max(1));
    rows.flat_map(|row| weights.iter().flat_map(|w| w.pixel(row, 3))).collect()
}

fn down(kernel: Kernel, rgb: &[u8], from: Size, height: u32) -> Vec<u8> {
    if height == from.height {
        return rgb.to_vec();
    }
    let width = from.width as usize;
    let column = |w: &Weights, x: usize| rgb.get(x * 3..).map_or([0; 3], |below| w.pixel(below, width * 3));
    let weights = weights(kernel, from.height as usize, height as usize);
    weights.iter().flat_map(|w| (0..width).flat_map(move |x| column(w, x))).collect()
}

impl Weights {
    /// Red, green and blue of the new pixel; old ones lie `stride` bytes apart.
    fn pixel(&self, bytes: &[u8], stride: usize) -> [u8; 3] {
        let mut sums = [1 << (BITS - 1); 3];
        let near = bytes.chunks(stride).skip(self.first);
        for (pixel, weight) in near.zip(&self.weights) {
            for (sum, byte) in sums.iter_mut().zip(pixel) {
                *sum += i32::from(*byte) * weight;
            }
        }
        sums.map(|sum| (sum >> BITS).clamp(0, 255) as u8)
    }
}

fn weights(kernel: Kernel, from: usize, to: usize) -> Vec<Weights> {
    let scale = from as f64 / to as f64;
    let spread = scale.max(1.0);
    let reach = kernel.reach() * spread;
    (0..to)
        .map(|place| {
            let centre = (place as f64 + 0.5) * scale;
            // Cut off towards zero, as the original's casts do.
            let first = (centre - reach + 0.5).max(0.0) as usize;
            let end = ((centre + reach + 0.5) as usize).min(from);
            let exact: Vec<f64> =
                (first..end).map(|x| kernel.weight((x as f64 - centre + 0.5) * (1.0 / spread))).collect();
            let sum: f64 = exact.iter().sum();
            let whole = |w: f64| {
                let scaled = w / sum * f64::from(1 << BITS);
                (scaled + 0.5f64.copysign(scaled)) as i32
            };
            Weights { first, weights: exact.into_iter().map(whole).collect() }
        })
        .collect()
}

impl Kernel {
    fn reach(self) -> f64 {
        match self {
            Kernel::Lanczos => 3.0,
            Kernel::Cubic => 2.0,
        }
    }

    fn weight(self, x: f64) -> f64 {
        let sinc = |x: f64| if x == 0.0 { 1.0 } else { (x * PI).sin() / (x * PI) };
        match self {
            Kernel::Lanczos if (-3.0..3.0).contains(&x) => sinc(x) * sinc(x / 3.0),
            Kernel::Cubic => cubic(x.abs()),
            Kernel::Lanczos => 0.0,
        }
    }
}

/// Keys' kernel with a slope of minus one half.
fn cubic(x: f64) -> f64 {
    const SLOPE: f64 = -0.5;
    if x < 1.0 {
        ((SLOPE + 2.0) * x - (SLOPE + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * SLOPE
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by tests/oracle/resample.py; a line is a size and its pixels in hex.
    const LANCZOS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/numbers/lanczos.txt"));
    const CUBIC: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/numbers/bicubic.txt"));

    #[test]
    fn pixels_are_those_of_pillow() {
        compare(Kernel::Lanczos, LANCZOS);
        compare(Kernel::Cubic, CUBIC);
    }

    fn compare(kernel: Kernel, pillow: &str) {
        let mut lines = pillow.lines().map(|line| {
            let (size, hex) = line.split_once(' ').unwrap();
            let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
            (size.parse::<Size>().unwrap(), (0..hex.len()).step_by(2).map(byte).collect::<Vec<_>>())
        });
        let (from, rgb) = lines.next().unwrap();
        let mut compared = 0;
        for (to, wanted) in lines {
            assert_eq!(resample(kernel, &rgb, from, to), wanted, "{from} to {to}");
            compared += 1;
        }
        assert_eq!(compared, 6);
    }
}
