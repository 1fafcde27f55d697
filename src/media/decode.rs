//! Reads a picture that somebody brought: refuses before it allocates, and answers upright RGB.

use std::io::{self, Cursor};

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, RgbImage};

use super::chunks::chunks;
use super::error::Error;
use super::picture::Picture;
use crate::base::units::Size;

/// What a picture may cost to read; checked from the header, before any pixel is allocated.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of the file.
    pub bytes: u64,
    pub side: u32,
    pub pixels: u64,
    /// Of the pixels as the file stores them: 16 bits and transparency cost more.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { bytes: 64 << 20, side: super::picture::MOST_SIDE, pixels: 64_000_000, memory: 256 << 20 }
    }
}

impl Limits {
    /// For files that the studio itself has written: a picture as large as any may be longer than what people bring.
    pub fn own() -> Self {
        Limits { bytes: u64::MAX, ..Limits::default() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Png,
    Jpeg,
    Webp,
}

/// What the file was before it became a [`Picture`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub format: Format,
    /// As stored in the file, before a camera's turn was applied.
    pub stored: Size,
    /// The camera's orientation was applied.
    pub turned: bool,
    /// Transparent parts were laid onto white.
    pub alpha: bool,
}

/// Reads PNG, JPEG and WebP. Transparency is laid onto white, orientation is applied, 16 bits become 8.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<(Picture, Facts), Error> {
    let length = bytes.len() as u64;
    if length > limits.bytes {
        return Err(Error::FileTooLarge { bytes: length, most: limits.bytes });
    }
    match format(bytes).ok_or(Error::UnknownFormat)? {
        Format::Png => png(bytes, limits),
        Format::Jpeg => jpeg(bytes, limits),
        Format::Webp => webp(bytes, limits),
    }
}

/// Tells the format by the first bytes; a file's name is never believed.
pub fn format(bytes: &[u8]) -> Option<Format> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(Format::Png),
        [0xFF, 0xD8, 0xFF, ..] => Some(Format::Jpeg),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::Webp),
        _ => None,
    }
}

fn png(bytes: &[u8], limits: &Limits) -> Result<(Picture, Facts), Error> {
    // The header comes first: a bomb is told before the chunks are walked.
    if let Some(header) = chunks(bytes).next().filter(|chunk| chunk.kind == *b"IHDR")
        && let Some(([width, height], _)) = header.data.as_chunks::<4>().0.split_first_chunk::<2>()
    {
        check(u32::from_be_bytes(*width), u32::from_be_bytes(*height), limits)?;
    }
    let mut whole = false;
    for chunk in chunks(bytes) {
        match &chunk.kind {
            b"acTL" => return Err(Error::Animated),
            b"IEND" => whole = true,
            _ => {}
        }
    }
    if !whole {
        return Err(Error::Truncated);
    }
    let mut room = image::Limits::default();
    room.max_alloc = Some(limits.memory);
    read(PngDecoder::with_limits(Cursor::new(bytes), room)?, Format::Png, limits)
}

fn jpeg(bytes: &[u8], limits: &Limits) -> Result<(Picture, Facts), Error> {
    let decoder = JpegDecoder::new(Cursor::new(bytes));
    // The decoder fills a missing rest with grey, so the end is looked for here.
    if !jpeg_ends(bytes) {
        return Err(Error::Truncated);
    }
    read(decoder?, Format::Jpeg, limits)
}

fn webp(bytes: &[u8], limits: &Limits) -> Result<(Picture, Facts), Error> {
    let told = bytes.get(4..8).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
    if u64::from(told) + 8 > bytes.len() as u64 {
        return Err(Error::Truncated);
    }
    let decoder = WebPDecoder::new(Cursor::new(bytes))?;
    if decoder.has_animation() {
        return Err(Error::Animated);
    }
    read(decoder, Format::Webp, limits)
}

fn read(mut decoder: impl ImageDecoder, format: Format, limits: &Limits) -> Result<(Picture, Facts), Error> {
    let (width, height) = decoder.dimensions();
    check(width, height, limits)?;
    let length = decoder.total_bytes();
    if length > limits.memory {
        return Err(Error::TooLarge { width, height, side: limits.side, pixels: limits.memory / 8 });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let colour = decoder.color_type();
    let mut stored = vec![0; length as usize];
    decoder.read_image(&mut stored)?;

    let rgb = to_rgb(stored, colour)?;
    let upright = RgbImage::from_raw(width, height, rgb).ok_or_else(|| Error::Damaged("its size is wrong".into()))?;
    let mut upright = DynamicImage::ImageRgb8(upright);
    upright.apply_orientation(orientation);
    let size = Size::new(upright.width(), upright.height());
    let picture = Picture::new(size, upright.into_rgb8().into_raw())?;
    let facts = Facts {
        format,
        stored: Size::new(width, height),
        turned: orientation != Orientation::NoTransforms,
        alpha: colour.has_alpha(),
    };
    Ok((picture, facts))
}

fn check(width: u32, height: u32, limits: &Limits) -> Result<(), Error> {
    let fits = width <= limits.side && height <= limits.side && Size::new(width, height).pixels() <= limits.pixels;
    match (width, height) {
        (0, _) | (_, 0) => Err(Error::Damaged("it has no pixels".into())),
        _ if fits => Ok(()),
        _ => Err(Error::TooLarge { width, height, side: limits.side, pixels: limits.pixels }),
    }
}

fn to_rgb(stored: Vec<u8>, colour: ColorType) -> Result<Vec<u8>, Error> {
    let grey = |v: u8| [v; 3];
    let on_white = |v: u8, a: u8| {
        let (v, a) = (u32::from(v), u32::from(a));
        ((v * a + 255 * (255 - a) + 127) / 255) as u8
    };
    Ok(match colour {
        ColorType::Rgb8 => stored,
        ColorType::L8 => stored.iter().flat_map(|&v| grey(v)).collect(),
        ColorType::La8 => stored.as_chunks().0.iter().flat_map(|&[v, a]| grey(on_white(v, a))).collect(),
        ColorType::Rgba8 => {
            stored.as_chunks().0.iter().flat_map(|&[r, g, b, a]| [r, g, b].map(|v| on_white(v, a))).collect()
        }
        ColorType::L16 => to_rgb(eight_bits(&stored), ColorType::L8)?,
        ColorType::La16 => to_rgb(eight_bits(&stored), ColorType::La8)?,
        ColorType::Rgb16 => eight_bits(&stored),
        ColorType::Rgba16 => to_rgb(eight_bits(&stored), ColorType::Rgba8)?,
        _ => return Err(Error::Damaged("its kind of colour is not read".into())),
    })
}

fn eight_bits(stored: &[u8]) -> Vec<u8> {
    let round = |v: u16| ((u32::from(v) * 255 + 32_767) / 65_535) as u8;
    stored.as_chunks().0.iter().map(|&pair| round(u16::from_ne_bytes(pair))).collect()
}

/// Walks the markers of a JPEG and its compressed data up to the end marker.
fn jpeg_ends(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        // Up to the next marker: 0xFF and neither a stuffed zero, a restart nor a fill byte.
        let Some(at) = rest.iter().position(|b| *b == 0xFF) else { return false };
        let Some((marker, tail)) = rest.get(at + 1..).and_then(|tail| tail.split_first()) else { return false };
        match marker {
            0xD9 => return true,
            0xFF => rest = rest.get(at + 1..).unwrap_or_default(),
            0x00 | 0x01 | 0xD0..=0xD8 => rest = tail,
            _ => {
                let Some(length) = tail.first_chunk::<2>() else { return false };
                let Some(next) = tail.get(usize::from(u16::from_be_bytes(*length))..) else { return false };
                rest = next;
            }
        }
    }
}

impl From<ImageError> for Error {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::IoError(e) if e.kind() == io::ErrorKind::UnexpectedEof => Error::Truncated,
            // The pixels lie in memory, so a failing read is the file's fault and not the disk's.
            ImageError::IoError(e) => Error::Damaged(e.to_string()),
            other => Error::Damaged(other.to_string()),
        }
    }
}
