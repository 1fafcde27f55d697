//! Writing a sealed stream.

use std::io::{self, Write};

use super::format::{Chunk, Shape, share};
use crate::crypto::aead::TAG;
use crate::crypto::error::Result;
use crate::crypto::keys::FileKey;

/// Chunks sealed together.
const BATCH: usize = 32;

/// Seals what is written to it. Nothing is whole before [`StreamSealer::finish`].
pub struct StreamSealer<W: Write> {
    to: W,
    shape: Shape,
    /// Plain bytes not sealed yet. At least one stays back: only the end tells which chunk is last.
    waiting: Vec<u8>,
    /// The number of the next chunk.
    next: u64,
    size: u64,
}

impl<W: Write> StreamSealer<W> {
    /// `about` binds the stream to its place (its id or path): opened as another, it is refused.
    pub fn new(mut to: W, key: &FileKey, about: &[u8], chunk: Chunk) -> io::Result<Self> {
        let (shape, header) = Shape::new(key, about, chunk).map_err(io::Error::other)?;
        to.write_all(&header)?;
        Ok(StreamSealer { to, shape, waiting: Vec::new(), next: 0, size: 0 })
    }

    /// Writes what is left and the end; answers the inner writer and how many plain bytes there were.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        self.seal(true)?;
        self.to.flush()?;
        Ok((self.to, self.size))
    }

    /// Seals all that waits when it is the `end`, else whole chunks only.
    fn seal(&mut self, end: bool) -> io::Result<()> {
        let chunk = self.shape.chunk;
        let whole = if end { self.waiting.len() } else { self.waiting.len() / chunk * chunk };
        let plain = self.waiting.get(..whole).unwrap_or_default();
        let count = if end { whole.div_ceil(chunk).max(1) } else { whole / chunk };
        let mut sealed = vec![0; whole + count * TAG];
        let mut jobs = Vec::with_capacity(count);
        // An empty stream is one empty chunk.
        let mut pieces = plain.chunks(chunk);
        for (number, out) in (self.next..).zip(sealed.chunks_mut(self.shape.stride())) {
            jobs.push((number, pieces.next().unwrap_or_default(), out));
        }
        let last = self.next + count as u64 - 1;
        let sealing: Result<()> =
            share(jobs, |(number, plain, out)| self.shape.seal(number, end && number == last, plain, out));
        sealing.map_err(io::Error::other)?;
        self.to.write_all(&sealed)?;
        self.next += count as u64;
        self.waiting.drain(..whole);
        Ok(())
    }
}

impl<W: Write> Write for StreamSealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let batch = self.shape.chunk * BATCH;
        if self.waiting.len() == batch && !bytes.is_empty() {
            self.seal(false)?;
        }
        let taken = bytes.get(..batch - self.waiting.len()).unwrap_or(bytes);
        self.waiting.extend_from_slice(taken);
        self.size += taken.len() as u64;
        Ok(taken.len())
    }

    /// Hands on what is sealed; what waits cannot be sealed before more comes or the end.
    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
