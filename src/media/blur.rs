//! The tiny placeholder of a picture that is shown until the picture itself is there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::Error;
use super::picture::{Filter, Picture};
use crate::base::units::Size;

/// 32 characters of base64: 24 bytes, a grid of 4 x 3 colours from the top left, row by row, each colour 16 bits
/// (5 red, 6 green, 5 blue, big end first).
pub fn blur(picture: &Picture) -> Result<String, Error> {
    let grid = picture.fit(64)?.resize(Size::new(4, 3), Filter::Triangle)?;
    let cells = grid.rgb().as_chunks::<3>().0.iter();
    let bytes: Vec<u8> = cells.flat_map(|[r, g, b]| packed(*r, *g, *b).to_be_bytes()).collect();
    Ok(STANDARD.encode(bytes))
}

fn packed(r: u8, g: u8, b: u8) -> u16 {
    let level = |v: u8, most: u16| (u16::from(v) * most + 127) / 255;
    level(r, 31) << 11 | level(g, 63) << 5 | level(b, 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_picture_becomes_twelve_equal_cells() {
        let red = Picture::filled(Size::new(200, 100), [255, 0, 0]).unwrap();
        let text = blur(&red).unwrap();
        assert_eq!((text.len(), STANDARD.decode(&text).unwrap()), (32, [0xF8, 0x00].repeat(12)));
    }
}
