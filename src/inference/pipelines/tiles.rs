//! A large picture in tiles: where they lie, what each is fed with, and how they are joined so that no seam shows.
//!
//! Two neighbours share pixels. What lies near the edge of a tile was computed without what is behind it, so of the
//! shared pixels the outer three eighths on either side are left to the other tile, and over the quarter in the middle
//! one passes into the other. A graph that looks no further than those three eighths gives the picture it would have
//! given whole.

use crate::inference::latents::Latents;
use crate::media::picture::Picture;

/// One tile's part of a side, in pixels of the source, and how much it counts in the picture that is made.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) length: usize,
    /// The first pixel of the result that it counts for.
    pub(super) from: usize,
    /// How much it counts there and after: 1, and less only where it passes into a neighbour.
    pub(super) weights: Vec<f32>,
}

impl Span {
    /// Behind the last pixel of the result that it counts for.
    pub(super) fn end(&self) -> usize {
        self.from + self.weights.len()
    }
}

/// Spreads tiles evenly over a side; one that is no longer than a tile is a single one.
pub(super) fn spans(side: usize, tile: usize, overlap: usize, scale: usize) -> Vec<Span> {
    let last = side.saturating_sub(tile);
    let gaps = last.div_ceil(tile.saturating_sub(overlap).max(1));
    let starts: Vec<usize> = (0..=gaps).map(|n| (n * last).checked_div(gaps).unwrap_or(0)).collect();
    let length = tile.min(side);
    // In the middle of what two neighbours share, one passes into the other.
    let seams: Vec<f32> =
        starts.windows(2).map(|pair| (pair.iter().sum::<usize>() + tile) as f32 / 2.0 * scale as f32).collect();
    let wide = (overlap * scale) as f32 / 4.0;
    let passed = |seam: Option<&f32>, place: usize| {
        let beyond = |seam: &f32| place as f32 + 0.5 - seam;
        seam.map(beyond).map(|b| if wide > 0.0 { (b / wide + 0.5).clamp(0.0, 1.0) } else { f32::from(b > 0.0) })
    };
    let span = |(n, start): (usize, &usize)| {
        let before = n.checked_sub(1).and_then(|n| seams.get(n));
        let places = start * scale..(start + length) * scale;
        let weight = |place| passed(before, place).unwrap_or(1.0) - passed(seams.get(n), place).unwrap_or(0.0);
        let counts = |place: &usize| weight(*place) > 0.0;
        let from = places.clone().find(counts).unwrap_or(places.start);
        let end = places.clone().rfind(counts).map_or(from, |place| place + 1);
        Span { start: *start, length, from, weights: (from..end).map(weight).collect() }
    };
    starts.iter().enumerate().map(span).collect()
}

/// What a graph is fed with: the part of a picture, mirrored at its edges up to `(height, width)`, as planes in which
/// black and white are these numbers.
pub(super) fn part(
    picture: &Picture,
    (down, across): (&Span, &Span),
    (height, width): (usize, usize),
    (black, white): (f32, f32),
) -> Latents {
    let rows: Vec<&[u8]> = picture.rows().skip(down.start).take(down.length).collect();
    let value = |byte: u8| black + (white - black) * f32::from(byte) / 255.0;
    let mut values = Vec::with_capacity(3 * height * width);
    for (channel, y) in (0..3).flat_map(|channel| (0..height).map(move |y| (channel, y))) {
        let row = rows.get(mirrored(y, rows.len())).copied().unwrap_or_default();
        let byte = |x| row.get((across.start + mirrored(x, across.length)) * 3 + channel).copied().unwrap_or(0);
        values.extend((0..width).map(|x| value(byte(x))));
    }
    Latents { shape: vec![1, 3, height, width], values }
}

/// The part of latents or planes that lies there, where a span's unit is so many of them.
pub(super) fn cut(whole: &Latents, (down, across): (&Span, &Span), unit: usize) -> Latents {
    let [batch, channels, height, width] = *whole.shape.as_slice() else { return whole.clone() };
    let (tall, wide) = (down.length * unit, across.length * unit);
    let planes = whole.values.chunks_exact((height * width).max(1));
    let rows = planes.flat_map(|plane| plane.chunks_exact(width.max(1)).skip(down.start * unit).take(tall));
    let values = rows.flat_map(|row| row.iter().skip(across.start * unit).take(wide)).copied().collect();
    Latents { shape: vec![batch, channels, tall, wide], values }
}

/// A place on a side that is reflected at its ends, the end itself only once.
fn mirrored(place: usize, side: usize) -> usize {
    let there_and_back = 2 * side.saturating_sub(1);
    let place = place.checked_rem(there_and_back).unwrap_or(0);
    place.min(there_and_back - place)
}

/// Rows of the result that are not finished yet: planes, from the row `top` on.
pub(super) struct Band {
    channels: usize,
    width: usize,
    top: usize,
    rows: usize,
    values: Vec<f32>,
}

impl Band {
    pub(super) fn new(channels: usize, width: usize) -> Self {
        Band { channels, width, top: 0, rows: 0, values: Vec::new() }
    }

    /// Makes room down to the row `end`.
    pub(super) fn reach(&mut self, end: usize) {
        self.reshape(0, end.saturating_sub(self.top));
    }

    /// Adds what a tile counts: `planes` holds all of it, from its own first row and column on.
    pub(super) fn add(&mut self, planes: &Latents, (down, across): (&Span, &Span), scale: usize) {
        let [_, _, height, width] = *planes.shape.as_slice() else { return };
        let (above, before) = (down.from - down.start * scale, across.from - across.start * scale);
        let plane = (self.rows * self.width).max(1);
        for (into, from) in self.values.chunks_exact_mut(plane).zip(planes.values.chunks_exact(height * width)) {
            let lines = into.chunks_exact_mut(self.width).skip(down.from - self.top);
            let pairs = lines.zip(from.chunks_exact(width).skip(above));
            for ((line, made), tall) in pairs.zip(&down.weights) {
                let pixels = line.iter_mut().skip(across.from).zip(made.iter().skip(before));
                for ((pixel, value), wide) in pixels.zip(&across.weights) {
                    *pixel += tall * wide * value;
                }
            }
        }
    }

    /// Gives the rows above `end`, which nothing is added to any more.
    pub(super) fn finish(&mut self, end: usize) -> Latents {
        let (rows, width) = (end - self.top, self.width);
        let plane = (self.rows * width).max(1);
        let done =
            self.values.chunks_exact(plane).flat_map(|values| values.iter().take(rows * width)).copied().collect();
        self.reshape(rows, self.rows - rows);
        self.top = end;
        Latents { shape: vec![1, self.channels, rows, width], values: done }
    }

    /// Leaves out the first rows of every plane and makes it `rows` long.
    fn reshape(&mut self, without: usize, rows: usize) {
        let plane = (self.rows * self.width).max(1);
        let mut values = Vec::with_capacity(self.channels * rows * self.width);
        for channel in 0..self.channels {
            let kept = self.values.chunks_exact(plane).nth(channel).unwrap_or_default();
            values.extend(kept.iter().skip(without * self.width));
            values.resize((channel + 1) * rows * self.width, 0.0);
        }
        (self.rows, self.values) = (rows, values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_counts_once_whatever_the_side_and_never_from_the_edge_of_a_tile() {
        for (side, tile, overlap, scale) in [
            (64, 64, 16, 2),
            (65, 64, 16, 4),
            (200, 48, 24, 3),
            (1000, 256, 32, 4),
            (7, 2, 1, 2),
            (9, 4, 0, 2),
            (3, 8, 4, 1),
        ] {
            let spans = spans(side, tile, overlap, scale);
            let mut sum = vec![0.0_f32; side * scale];
            for span in &spans {
                assert!(span.start + span.length <= side);
                for (place, weight) in (span.from..).zip(&span.weights) {
                    sum[place] += weight;
                }
            }
            assert!(sum.iter().all(|s| (s - 1.0).abs() < 1e-6), "{side} {tile} {overlap}: {sum:?}");
            let safe = overlap * scale * 3 / 8;
            for pair in spans.windows(2) {
                let [a, b] = pair else { unreachable!() };
                assert!(b.start + overlap <= a.start + tile);
                assert!(a.end() + safe <= (a.start + tile) * scale && b.from >= b.start * scale + safe);
            }
        }
        assert_eq!(spans(300, 256, 32, 4).len(), 2);
    }

    #[test]
    fn a_side_is_mirrored_as_often_as_it_takes() {
        let walk = |side| (0..8).map(|place| mirrored(place, side)).collect::<Vec<_>>();
        assert_eq!(walk(3), [0, 1, 2, 1, 0, 1, 2, 1]);
        assert_eq!(walk(1), [0; 8]);
    }
}
