//! A zip written as it goes, nothing compressed: frames are PNG already, and the length is known beforehand.

use std::io::Write;

use super::error::Error;

/// Streams files into a zip; the target need not seek.
pub struct Archive<W: Write> {
    _to: W,
}

impl<W: Write> Archive<W> {
    pub fn new(to: W) -> Self {
        Archive { _to: to }
    }

    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let _ = (name, bytes);
        todo!()
    }

    pub fn finish(self) -> Result<W, Error> {
        todo!()
    }
}
