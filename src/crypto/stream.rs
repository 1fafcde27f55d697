//! Sealed streams: files of any length, sealed as they are written and opened at any place.

use std::io::{self, Write};

use super::error::Result;
use super::keys::FileKey;

/// How much is sealed as one piece: large for pictures, small for many short reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunk {
    Kib16,
    Kib64,
}

/// Where a sealed stream lies.
pub trait Source {
    fn len(&self) -> io::Result<u64>;
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()>;
}

impl Source for std::fs::File {
    fn len(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, bytes, offset)
    }
}

/// Seals what is written to it. Nothing is whole before [`StreamSealer::finish`].
pub struct StreamSealer<W: Write> {
    to: W,
}

impl<W: Write> StreamSealer<W> {
    /// `about` binds the stream to its place (its id or path): opened as another, it is refused.
    pub fn new(to: W, key: &FileKey, about: &[u8], chunk: Chunk) -> Result<Self> {
        let _ = (&to, key, about, chunk);
        todo!()
    }

    /// Writes what is left and the end; answers the inner writer and how many plain bytes there were.
    pub fn finish(self) -> io::Result<(W, u64)> {
        let _ = self.to;
        todo!()
    }
}

impl<W: Write> Write for StreamSealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = bytes;
        todo!()
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens a sealed stream at any place, by several threads at once.
pub struct StreamOpener<S: Source> {
    from: S,
}

impl<S: Source> StreamOpener<S> {
    /// Authenticates the end, so that a truncated stream is refused here.
    pub fn new(from: S, key: &FileKey, about: &[u8]) -> io::Result<Self> {
        let _ = (&from, key, about);
        todo!()
    }

    /// Plain bytes.
    pub fn len(&self) -> u64 {
        let _ = &self.from;
        todo!()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `bytes` from `offset`; an error of kind `InvalidData` says that sealed bytes were changed.
    pub fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        let _ = (bytes, offset);
        todo!()
    }
}
