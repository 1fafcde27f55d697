//! All frames of a clip without loss, in one blob beside the MP4: what `frames.zip` and stills are made from.

use std::io::{Read, Seek, Write};

use super::error::Error;
use super::picture::Picture;
use crate::base::units::{Rate, Size};

/// Writes frames as they come; the index follows at the end, so the target need not seek.
pub struct Writer<W: Write> {
    _to: W,
}

impl<W: Write> Writer<W> {
    pub fn new(to: W, size: Size, rate: Rate) -> Result<Self, Error> {
        let _ = (size, rate);
        Ok(Writer { _to: to })
    }

    pub fn push(&mut self, frame: &Picture) -> Result<(), Error> {
        let _ = frame;
        todo!()
    }

    /// Writes the index and gives the target back.
    pub fn finish(self) -> Result<W, Error> {
        todo!()
    }
}

/// Finds any frame by its number.
pub struct Reader<R: Read + Seek> {
    _from: R,
}

impl<R: Read + Seek> Reader<R> {
    pub fn open(from: R) -> Result<Self, Error> {
        Ok(Reader { _from: from })
    }

    pub fn size(&self) -> Size {
        todo!()
    }

    pub fn rate(&self) -> Rate {
        todo!()
    }

    /// How many frames there are.
    pub fn count(&self) -> u32 {
        todo!()
    }

    /// Frame `number`, counted from 0, as a PNG file.
    pub fn png(&mut self, number: u32) -> Result<Vec<u8>, Error> {
        let _ = number;
        todo!()
    }

    /// How many bytes [`Reader::zip`] will write.
    pub fn zip_bytes(&self, stem: &str) -> Result<u64, Error> {
        let _ = stem;
        todo!()
    }

    /// Streams all frames as a zip of `STEM_000000.png`, …; one frame is in memory at a time.
    pub fn zip<W: Write>(&mut self, stem: &str, to: W) -> Result<W, Error> {
        let _ = (stem, to);
        todo!()
    }
}
