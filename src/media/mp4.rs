//! The MP4 around a clip: one track, one rate kept as an exact fraction, colours named, the index in front.

use super::error::Error;
use crate::base::units::{Rate, Size};

/// One coded frame.
pub(super) struct Sample {
    pub(super) data: Vec<u8>,
    /// A player may begin here.
    pub(super) key: bool,
}

/// What an MP4 of ours says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub size: Size,
    pub rate: Rate,
    pub frames: u32,
}

/// Unity, as MP4 writes the matrix by which a picture is turned.
const UPRIGHT: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// `config` is the `av1C` content that the encoder gives.
pub(super) fn write(size: Size, rate: Rate, config: &[u8], samples: &[Sample]) -> Result<Vec<u8>, Error> {
    let total: usize = samples.iter().map(|sample| sample.data.len()).sum();
    if u32::try_from(total).is_err() {
        return Err(Error::ArchiveTooLarge);
    }
    let mut out = Vec::with_capacity(total + 4096);
    boxed(&mut out, *b"ftyp", |out| out.extend(b"isom\0\0\x02\0isomiso2av01mp41"));
    // The index tells where the samples begin, and its own length does not depend on that number.
    let start = out.len();
    movie(&mut out, size, rate, config, samples, 0)?;
    let begin = out.len() + 8;
    out.truncate(start);
    movie(&mut out, size, rate, config, samples, begin as u32)?;
    boxed(&mut out, *b"mdat", |out| samples.iter().for_each(|sample| out.extend(&sample.data)));
    Ok(out)
}

fn movie(
    out: &mut Vec<u8>,
    size: Size,
    rate: Rate,
    config: &[u8],
    samples: &[Sample],
    begin: u32,
) -> Result<(), Error> {
    let (scale, step) = timing(rate).ok_or(Error::ArchiveTooLarge)?;
    let count = samples.len() as u32;
    let duration = count.checked_mul(step).ok_or(Error::ArchiveTooLarge)?;
    let (width, height) = (size.width as u16, size.height as u16);
    boxed(out, *b"moov", |out| {
        boxed(out, *b"mvhd", |out| {
            numbers(out, &[0, 0, 0, scale, duration, 0x1_0000, 0x0100_0000, 0, 0]);
            numbers(out, &UPRIGHT);
            numbers(out, &[0, 0, 0, 0, 0, 0, 2]);
        });
        boxed(out, *b"trak", |out| {
            boxed(out, *b"tkhd", |out| {
                numbers(out, &[3, 0, 0, 1, 0, duration, 0, 0, 0, 0]);
                numbers(out, &UPRIGHT);
                numbers(out, &[size.width << 16, size.height << 16]);
            });
            boxed(out, *b"mdia", |out| {
                // The language code 0x55C4 says that there is none.
                boxed(out, *b"mdhd", |out| numbers(out, &[0, 0, 0, scale, duration, 0x55C4_0000]));
                boxed(out, *b"hdlr", |out| {
                    numbers(out, &[0, 0]);
                    out.extend(b"vide\0\0\0\0\0\0\0\0\0\0\0\0clip\0");
                });
                boxed(out, *b"minf", |out| {
                    boxed(out, *b"vmhd", |out| numbers(out, &[1, 0, 0]));
                    boxed(out, *b"dinf", |out| {
                        boxed(out, *b"dref", |out| {
                            numbers(out, &[0, 1]);
                            boxed(out, *b"url ", |out| numbers(out, &[1]));
                        });
                    });
                    boxed(out, *b"stbl", |out| {
                        boxed(out, *b"stsd", |out| {
                            numbers(out, &[0, 1]);
                            boxed(out, *b"av01", |out| describe(out, width, height, config));
                        });
                        boxed(out, *b"stts", |out| numbers(out, &[0, 1, count, step]));
                        boxed(out, *b"stss", |out| {
                            let keys = samples.iter().zip(1..).filter(|(sample, _)| sample.key);
                            let keys: Vec<u32> = keys.map(|(_, number)| number).collect();
                            numbers(out, &[0, keys.len() as u32]);
                            numbers(out, &keys);
                        });
                        boxed(out, *b"stsc", |out| numbers(out, &[0, 1, 1, count, 1]));
                        boxed(out, *b"stsz", |out| {
                            numbers(out, &[0, 0, count]);
                            numbers(out, &samples.iter().map(|sample| sample.data.len() as u32).collect::<Vec<_>>());
                        });
                        boxed(out, *b"stco", |out| numbers(out, &[0, 1, begin]));
                    });
                });
            });
        });
    });
    Ok(())
}

/// The sample entry: size, 72 pixels an inch, one frame a sample, 24 bits; then the codec and BT.709, limited range.
fn describe(out: &mut Vec<u8>, width: u16, height: u16, config: &[u8]) {
    out.extend([0, 0, 0, 0, 0, 0, 0, 1]);
    numbers(out, &[0, 0, 0, 0]);
    out.extend([width, height].iter().flat_map(|side| side.to_be_bytes()));
    numbers(out, &[0x0048_0000, 0x0048_0000, 0]);
    out.extend([0, 1]);
    out.extend([0; 32]);
    out.extend([0, 24, 0xFF, 0xFF]);
    boxed(out, *b"av1C", |out| out.extend(config));
    boxed(out, *b"colr", |out| out.extend(b"nclx\0\x01\0\x01\0\x01\0"));
}

/// Ticks a second and ticks a frame. Small rates are written in thousandths: some players round ticks of 1/24 s.
fn timing(rate: Rate) -> Option<(u32, u32)> {
    let factor = if rate.num < 1000 { 1000 } else { 1 };
    Some((rate.num.checked_mul(factor)?, rate.den.checked_mul(factor)?))
}

fn boxed(out: &mut Vec<u8>, kind: [u8; 4], content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; 4]);
    out.extend(kind);
    content(out);
    let length = (out.len() - start) as u32;
    if let Some(place) = out.get_mut(start..start + 4) {
        place.copy_from_slice(&length.to_be_bytes());
    }
}

fn numbers(out: &mut Vec<u8>, numbers: &[u32]) {
    out.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
}

/// Reads the boxes of an MP4 written by the clip encoder; nothing is decoded.
pub fn facts(mp4: &[u8]) -> Result<Facts, Error> {
    look(mp4).ok_or(Error::Store("not one of our clips"))
}

fn look(mp4: &[u8]) -> Option<Facts> {
    let track = inside(inside(mp4, *b"moov")?, *b"trak")?;
    let media = inside(track, *b"mdia")?;
    let table = inside(inside(media, *b"minf")?, *b"stbl")?;
    let scale = number(inside(media, *b"mdhd")?, 3)?;
    let times = inside(table, *b"stts")?;
    let (runs, frames, step) = (number(times, 1)?, number(times, 2)?, number(times, 3)?);
    let header = inside(track, *b"tkhd")?;
    let size = Size::new(number(header, 19)? >> 16, number(header, 20)? >> 16);
    let divisor = common(scale, step);
    let rate = Rate::new(scale.checked_div(divisor)?, step.checked_div(divisor)?)?;
    (runs == 1).then_some(Facts { size, rate, frames })
}

/// The content of the first box of this kind.
fn inside(mut boxes: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    loop {
        let length = number(boxes, 0)? as usize;
        let (one, rest) = boxes.split_at_checked(length.max(8))?;
        if one.get(4..8)? == kind {
            return one.get(8..);
        }
        boxes = rest;
    }
}

fn number(content: &[u8], place: usize) -> Option<u32> {
    content.as_chunks().0.get(place).map(|bytes| u32::from_be_bytes(*bytes))
}

fn common(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { common(b, a % b) }
}
