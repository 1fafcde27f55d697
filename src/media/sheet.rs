//! A contact sheet: pictures in columns and rows, with what each column and row is written beside it.

use super::error::Error;
use super::letters::{self, HIGH, WIDE};
use super::picture::Picture;
use crate::base::units::Size;

/// What is on a sheet; cells row by row, none where there is no picture (yet).
pub struct Sheet {
    pub title: String,
    pub note: String,
    pub columns: Vec<String>,
    pub rows: Vec<String>,
    pub cells: Vec<Option<Picture>>,
}

/// The longest side of one cell.
const CELL: u32 = 384;
/// No side of a sheet is longer.
const MOST: u32 = 12_000;
const GAP: u32 = 12;
const MARGIN: u32 = 32;
/// The suite's own greys: the pictures are the only colour.
const GROUND: [u8; 3] = [20, 20, 20];
const WELL: [u8; 3] = [11, 11, 11];
const STRONG: [u8; 3] = [242, 242, 242];
const QUIET: [u8; 3] = [166, 166, 166];

impl Sheet {
    pub fn compose(&self) -> Result<Picture, Error> {
        let (columns, rows) = (self.columns.len().max(1) as u32, self.rows.len().max(1) as u32);
        let beside: Vec<Vec<String>> = self.rows.iter().map(|label| letters::wrapped(label, 18, 6)).collect();
        let left = beside.iter().map(|lines| letters::room(lines).width).max().unwrap_or(0);
        let left = MARGIN + if left == 0 { 0 } else { left + GAP };
        let most = (MOST.saturating_sub(left + MARGIN) / columns.max(rows)).saturating_sub(GAP).clamp(32, CELL);
        let cells = self.cells.iter().map(|cell| cell.as_ref().map(|p| p.fit(most)).transpose());
        let cells: Vec<Option<Picture>> = cells.collect::<Result<_, _>>()?;
        let side = |of: fn(Size) -> u32| cells.iter().flatten().map(|p| of(p.size())).max();
        let cell = Size::new(side(|s| s.width).unwrap_or(most), side(|s| s.height).unwrap_or(most));

        let above: Vec<Vec<String>> =
            self.columns.iter().map(|label| letters::wrapped(label, (cell.width / WIDE) as usize, 2)).collect();
        let width = left + columns * (cell.width + GAP) - GAP + MARGIN;
        let across = (width.saturating_sub(2 * MARGIN) / WIDE) as usize;
        let (title, note) = (letters::wrapped(&self.title, across, 2), letters::wrapped(&self.note, across, 2));
        let head = MARGIN + (title.len() + note.len()) as u32 * HIGH + GAP;
        let top = head + above.iter().map(Vec::len).max().unwrap_or(0) as u32 * HIGH + GAP / 2;
        let height = top + rows * (cell.height + GAP) - GAP + MARGIN;

        let mut canvas = Canvas::new(Size::new(width, height));
        canvas.write(MARGIN, MARGIN, &title, STRONG);
        canvas.write(MARGIN, MARGIN + title.len() as u32 * HIGH, &note, QUIET);
        for (lines, column) in above.iter().zip(0..) {
            canvas.write(left + column * (cell.width + GAP), head, lines, STRONG);
        }
        for (lines, row) in beside.iter().zip(0..) {
            canvas.write(MARGIN, top + row * (cell.height + GAP), lines, STRONG);
        }
        for (picture, at) in cells.iter().zip(0..) {
            let (x, y) = (left + (at % columns) * (cell.width + GAP), top + (at / columns) * (cell.height + GAP));
            match picture {
                Some(picture) => {
                    let size = picture.size();
                    canvas.put(x + (cell.width - size.width) / 2, y + (cell.height - size.height) / 2, picture);
                }
                None => canvas.put(x, y, &Picture::filled(cell, WELL)?),
            }
        }
        Picture::new(canvas.size, canvas.rgb)
    }
}

/// Pixels that are being drawn on; what falls outside is left out.
struct Canvas {
    size: Size,
    rgb: Vec<u8>,
}

impl Canvas {
    fn new(size: Size) -> Self {
        Canvas { size, rgb: GROUND.repeat(size.pixels() as usize) }
    }

    fn put(&mut self, x: u32, y: u32, picture: &Picture) {
        let length = picture.size().width as usize * 3;
        for (row, dy) in picture.rows().zip(0..) {
            let from = self.offset(x, y + dy);
            if let Some(into) = self.rgb.get_mut(from..from + length) {
                into.copy_from_slice(row);
            }
        }
    }

    fn write(&mut self, x: u32, y: u32, lines: &[String], colour: [u8; 3]) {
        for (line, row) in lines.iter().zip(0..) {
            for (letter, column) in line.chars().zip(0..) {
                for (dx, dy, covered) in letters::coverage(letter) {
                    let (px, py) = (x + column * WIDE + dx, y + row * HIGH + dy);
                    if px < self.size.width {
                        self.blend(px, py, colour, covered);
                    }
                }
            }
        }
    }

    fn blend(&mut self, x: u32, y: u32, colour: [u8; 3], covered: u8) {
        let from = self.offset(x, y);
        if let Some(pixel) = self.rgb.get_mut(from..from + 3) {
            for (under, over) in pixel.iter_mut().zip(colour) {
                let mixed = u32::from(*under) * u32::from(255 - covered) + u32::from(over) * u32::from(covered);
                *under = (mixed / 255) as u8;
            }
        }
    }

    fn offset(&self, x: u32, y: u32) -> usize {
        (y as usize * self.size.width as usize + x as usize) * 3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(columns: usize, rows: usize) -> Sheet {
        let picture = |at: usize| Picture::filled(Size::new(96, 54), [at as u8, 100, 200]).unwrap();
        Sheet {
            title: "a red boat".to_owned(),
            note: "starter 1".to_owned(),
            columns: (0..columns).map(|at| format!("seed {at}")).collect(),
            rows: (0..rows).map(|at| format!("guidance {at}")).collect(),
            cells: (0..columns * rows).map(|at| (at != 1).then(|| picture(at))).collect(),
        }
    }

    #[test]
    fn every_cell_is_in_its_place_and_the_words_are_written() {
        let drawn = sheet(3, 2).compose().unwrap();
        let reds: std::collections::BTreeSet<u8> =
            drawn.rgb().as_chunks::<3>().0.iter().filter(|p| p[1] == 100 && p[2] == 200).map(|p| p[0]).collect();
        assert_eq!(reds.into_iter().collect::<Vec<_>>(), [0, 2, 3, 4, 5]);
        assert!(drawn.rgb().as_chunks::<3>().0.iter().filter(|p| p[0] > 200 && p[1] > 200).count() > 300);
    }

    #[test]
    fn a_sheet_of_64_columns_still_is_a_picture() {
        assert!(sheet(64, 1).compose().unwrap().size().width <= 16_384);
        assert!(sheet(1, 64).compose().unwrap().size().height <= 16_384);
    }
}
