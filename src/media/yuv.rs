//! RGB to the colours of video: BT.709, limited range, one colour for each square of four pixels.

use super::picture::Picture;

/// Rows without padding; `u` and `v` have half the sides, rounded up.
pub(super) struct Planes {
    pub(super) y: Vec<u8>,
    pub(super) u: Vec<u8>,
    pub(super) v: Vec<u8>,
    pub(super) colour_width: usize,
}

/// Fixed point with 20 bits behind the point; rounded once, at the end.
const POINT: u32 = 20;

const fn fixed(value: f64) -> i64 {
    (value * (1 << POINT) as f64) as i64
}

const KR: f64 = 0.2126;
const KB: f64 = 0.0722;
const KG: f64 = 1.0 - KR - KB;
const LUMA: [i64; 3] = [fixed(KR * 219.0 / 255.0), fixed(KG * 219.0 / 255.0), fixed(KB * 219.0 / 255.0)];
const BLUE: f64 = 112.0 / 255.0 / (1.0 - KB);
const RED: f64 = 112.0 / 255.0 / (1.0 - KR);
const CB: [i64; 3] = [fixed(-KR * BLUE), fixed(-KG * BLUE), fixed((1.0 - KB) * BLUE)];
const CR: [i64; 3] = [fixed((1.0 - KR) * RED), fixed(-KG * RED), fixed(-KB * RED)];

pub(super) fn planes(picture: &Picture) -> Planes {
    let width = picture.size().width as usize;
    let y = picture.rgb().as_chunks::<3>().0.iter().map(|rgb| level(rgb.map(i64::from), LUMA, 16, 0)).collect();

    let colour_width = width.div_ceil(2);
    let room = colour_width * picture.size().height.div_ceil(2) as usize;
    let (mut u, mut v) = (Vec::with_capacity(room), Vec::with_capacity(room));
    let rows: Vec<&[[u8; 3]]> = picture.rows().map(|row| row.as_chunks::<3>().0).collect();
    for pair in rows.chunks(2) {
        let (Some(upper), Some(lower)) = (pair.first(), pair.last()) else { continue };
        for (above, below) in upper.chunks(2).zip(lower.chunks(2)) {
            let sum = sum_of_four(above, below);
            u.push(level(sum, CB, 128, 2));
            v.push(level(sum, CR, 128, 2));
        }
    }
    Planes { y, u, v, colour_width }
}

/// At an odd edge the last column or row counts twice.
fn sum_of_four(above: &[[u8; 3]], below: &[[u8; 3]]) -> [i64; 3] {
    let mut sum = [0; 3];
    for row in [above, below] {
        for pixel in [row.first(), row.last()].into_iter().flatten() {
            for (total, value) in sum.iter_mut().zip(pixel) {
                *total += i64::from(*value);
            }
        }
    }
    sum
}

/// `shift` divides a sum of 2^shift pixels without rounding twice.
fn level(rgb: [i64; 3], weights: [i64; 3], zero: i64, shift: u32) -> u8 {
    let weighed: i64 = rgb.iter().zip(weights).map(|(value, weight)| value * weight).sum();
    let point = POINT + shift;
    let rounded = ((zero << point) + weighed + (1 << (point - 1))) >> point;
    rounded.clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Size;

    fn of(colour: [u8; 3]) -> (u8, u8, u8) {
        let planes = planes(&Picture::filled(Size::new(3, 3), colour).unwrap());
        assert_eq!((planes.y.len(), planes.u.len(), planes.colour_width), (9, 4, 2));
        (planes.y[4], planes.u[3], planes.v[3])
    }

    #[test]
    fn the_corners_of_the_colour_cube_land_where_bt709_puts_them() {
        assert_eq!(of([0, 0, 0]), (16, 128, 128));
        assert_eq!(of([255, 255, 255]), (235, 128, 128));
        assert_eq!(of([255, 0, 0]), (63, 102, 240));
        assert_eq!(of([0, 255, 0]), (173, 42, 26));
        assert_eq!(of([0, 0, 255]), (32, 240, 118));
    }
}
