//! All frames of a clip without loss, in one blob beside the MP4: what `frames.zip` and stills are made from.
//!
//! ```text
//! "DO2FRAME" width height num den    24 bytes, numbers u32, little end first
//! PNG, PNG, …                        a frame that equals the one before is not written again
//! offset u64, length u32             per frame
//! count u32, checksum u32 of the index, "DO2INDEX"
//! ```

use std::io::{Read, Seek, SeekFrom, Write};

use super::archive::{self, Archive};
use super::encode::{self, Effort};
use super::error::Error;
use super::picture::Picture;
use crate::base::units::{Rate, Size};

const MAGIC: &[u8; 8] = b"DO2FRAME";
const END: &[u8; 8] = b"DO2INDEX";
const HEADER: u64 = 24;
const FOOTER: u64 = 16;
const ENTRY: usize = 12;
/// Nine hours at 30 frames a second; keeps a damaged count from costing memory.
const MOST_FRAMES: u32 = 1_000_000;

#[derive(Clone, Copy)]
struct Place {
    offset: u64,
    length: u32,
}

/// Writes frames as they come; the index follows at the end, so the target need not seek.
pub struct Writer<W: Write> {
    to: W,
    size: Size,
    written: u64,
    index: Vec<Place>,
    last: Vec<u8>,
}

impl<W: Write> Writer<W> {
    pub fn new(mut to: W, size: Size, rate: Rate) -> Result<Self, Error> {
        to.write_all(MAGIC)?;
        for number in [size.width, size.height, rate.num, rate.den] {
            to.write_all(&number.to_le_bytes())?;
        }
        Ok(Writer { to, size, written: HEADER, index: Vec::new(), last: Vec::new() })
    }

    pub fn push(&mut self, frame: &Picture) -> Result<(), Error> {
        if frame.size() != self.size {
            let Size { width, height } = frame.size();
            let (want, got) = (self.size.pixels() * 3, frame.size().pixels() * 3);
            return Err(Error::Pixels { width, height, want, got });
        }
        let png = encode::png(frame, Effort::Quick)?;
        let place = match self.index.last() {
            Some(last) if png == self.last => *last,
            _ => {
                let length = u32::try_from(png.len()).map_err(|_| Error::ArchiveTooLarge)?;
                let place = Place { offset: self.written, length };
                self.to.write_all(&png)?;
                self.written += u64::from(length);
                self.last = png;
                place
            }
        };
        if self.index.len() >= MOST_FRAMES as usize {
            return Err(Error::ArchiveTooLarge);
        }
        self.index.push(place);
        Ok(())
    }

    /// Writes the index and gives the target back.
    pub fn finish(mut self) -> Result<W, Error> {
        if self.index.is_empty() {
            return Err(Error::NoFrames);
        }
        let mut index = Vec::with_capacity(self.index.len() * ENTRY);
        for place in &self.index {
            index.extend(place.offset.to_le_bytes());
            index.extend(place.length.to_le_bytes());
        }
        self.to.write_all(&index)?;
        self.to.write_all(&(self.index.len() as u32).to_le_bytes())?;
        self.to.write_all(&crc32fast::hash(&index).to_le_bytes())?;
        self.to.write_all(END)?;
        self.to.flush()?;
        Ok(self.to)
    }
}

/// Finds any frame by its number.
pub struct Reader<R: Read + Seek> {
    from: R,
    size: Size,
    rate: Rate,
    index: Vec<Place>,
}

impl<R: Read + Seek> Reader<R> {
    pub fn open(mut from: R) -> Result<Self, Error> {
        let damaged = Error::Store;
        let length = from.seek(SeekFrom::End(0))?;
        let footer_at = length.checked_sub(FOOTER).filter(|at| *at >= HEADER).ok_or(damaged("too short"))?;

        let header = take::<24>(&mut from, 0)?;
        let (magic, numbers) = header.split_first_chunk::<8>().ok_or(damaged("no header"))?;
        let &[width, height, num, den] = numbers.as_chunks::<4>().0 else { return Err(damaged("no header")) };
        let [width, height, num, den] = [width, height, num, den].map(u32::from_le_bytes);
        let rate = Rate::new(num, den).filter(|_| magic == MAGIC).ok_or(damaged("not a frame store"))?;

        let footer = take::<16>(&mut from, footer_at)?;
        let &[count, sum] = footer[..8].as_chunks::<4>().0 else { return Err(damaged("no index")) };
        let (count, sum) = (u32::from_le_bytes(count), u32::from_le_bytes(sum));
        let room = u64::from(count) * ENTRY as u64;
        let index_at = footer_at.checked_sub(room).filter(|at| *at >= HEADER);
        let index_at = index_at.filter(|_| footer[8..] == *END && (1..=MOST_FRAMES).contains(&count));
        let index_at = index_at.ok_or(damaged("no index"))?;

        let mut bytes = vec![0; room as usize];
        from.seek(SeekFrom::Start(index_at))?;
        from.read_exact(&mut bytes)?;
        let index: Vec<Place> = bytes.as_chunks::<ENTRY>().0.iter().map(place).collect();
        let inside = |p: &Place| p.offset.checked_add(p.length.into()).is_some_and(|end| end <= index_at);
        if crc32fast::hash(&bytes) != sum || !index.iter().all(inside) {
            return Err(damaged("a wrong index"));
        }
        Ok(Reader { from, size: Size::new(width, height), rate, index })
    }

    pub fn size(&self) -> Size {
        self.size
    }

    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// How many frames there are.
    pub fn count(&self) -> u32 {
        self.index.len() as u32
    }

    /// Frame `number`, counted from 0, as a PNG file.
    pub fn png(&mut self, number: u32) -> Result<Vec<u8>, Error> {
        let frames = self.count();
        let place = *self.index.get(number as usize).ok_or(Error::NoFrame { frame: number, frames })?;
        let mut png = vec![0; place.length as usize];
        self.from.seek(SeekFrom::Start(place.offset))?;
        self.from.read_exact(&mut png)?;
        Ok(png)
    }

    /// How many bytes [`Reader::zip`] will write.
    pub fn zip_bytes(&self, stem: &str) -> Result<u64, Error> {
        let files = self.index.iter().map(|place| (file_name(stem, 0).len(), place.length.into()));
        archive::length(files).ok_or(Error::ArchiveTooLarge)
    }

    /// Streams all frames as a zip of `STEM_000000.png`, …; one frame is in memory at a time.
    pub fn zip<W: Write>(&mut self, stem: &str, to: W) -> Result<W, Error> {
        self.zip_bytes(stem)?;
        let mut archive = Archive::new(to);
        for number in 0..self.count() {
            archive.add(&file_name(stem, number), &self.png(number)?)?;
        }
        archive.finish()
    }
}

fn file_name(stem: &str, number: u32) -> String {
    format!("{stem}_{number:06}.png")
}

fn place(entry: &[u8; ENTRY]) -> Place {
    let whole = entry.iter().rev().fold(0, |number: u128, byte| number << 8 | u128::from(*byte));
    Place { offset: whole as u64, length: (whole >> 64) as u32 }
}

fn take<const N: usize>(from: &mut (impl Read + Seek), at: u64) -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    from.seek(SeekFrom::Start(at))?;
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}
