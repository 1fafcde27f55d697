//! Reading a sealed stream from any place.

use std::io;

use super::format::{HEADER, Shape, share};
use crate::crypto::aead::TAG;
use crate::crypto::error::Error;
use crate::crypto::keys::FileKey;

/// Where a sealed stream lies.
pub trait Source: Sync {
    fn size(&self) -> io::Result<u64>;
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()>;
}

impl Source for std::fs::File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, bytes, offset)
    }
}

impl Source for Vec<u8> {
    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let part = self.get(start..start.saturating_add(bytes.len()));
        bytes.copy_from_slice(part.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// Opens a sealed stream at any place, by several threads at once.
pub struct StreamOpener<S: Source> {
    from: S,
    shape: Shape,
    /// How many chunks there are; at least one.
    chunks: u64,
    len: u64,
}

impl<S: Source> StreamOpener<S> {
    /// Authenticates the end, so that a truncated stream is refused here.
    pub fn new(from: S, key: &FileKey, about: &[u8]) -> io::Result<Self> {
        let mut header = [0; HEADER];
        from.read_exact_at(&mut header, 0)
            .map_err(|e| if e.kind() == io::ErrorKind::UnexpectedEof { damaged() } else { e })?;
        let shape = Shape::read(&header, key, about).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))?;
        let body = from.size()?.saturating_sub(HEADER as u64);
        let chunks = body.div_ceil(shape.stride() as u64).max(1);
        let len = body.checked_sub(chunks * TAG as u64).ok_or_else(damaged)?;
        let opener = StreamOpener { from, shape, chunks, len };
        opener.chunk(chunks - 1)?;
        Ok(opener)
    }

    /// Plain bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Plain bytes in every chunk but the last: what one read from disk opens at least.
    pub fn chunk_size(&self) -> usize {
        self.shape.chunk
    }

    /// Opens one whole chunk, counted from 0: for callers that keep some at hand.
    pub fn chunk(&self, number: u64) -> io::Result<Vec<u8>> {
        let start = number.saturating_mul(self.shape.chunk as u64);
        let size = self.len.checked_sub(start).ok_or(io::ErrorKind::UnexpectedEof)?.min(self.shape.chunk as u64);
        let mut plain = vec![0; size as usize];
        self.open(number, &mut plain)?;
        Ok(plain)
    }

    /// Fills `bytes` from `offset`, on all cores when it is much. An error of kind `InvalidData`
    /// says that sealed bytes were changed.
    pub fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        if offset.checked_add(bytes.len() as u64).is_none_or(|end| end > self.len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let chunk = self.shape.chunk;
        let (mut jobs, mut at, mut rest) = (Vec::new(), offset, bytes);
        while !rest.is_empty() {
            let (number, skip) = (at / chunk as u64, (at % chunk as u64) as usize);
            let (piece, later) = rest.split_at_mut((chunk - skip).min(rest.len()));
            at += piece.len() as u64;
            rest = later;
            jobs.push((number, skip, piece));
        }
        share(jobs, |(number, skip, piece)| {
            if skip == 0 && piece.len() == self.size(number) {
                return self.open(number, piece);
            }
            let whole = self.chunk(number)?;
            let wanted = whole.get(skip..skip + piece.len());
            piece.copy_from_slice(wanted.ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        })
    }

    /// Plain bytes in chunk `number`.
    fn size(&self, number: u64) -> usize {
        self.len.saturating_sub(number * self.shape.chunk as u64).min(self.shape.chunk as u64) as usize
    }

    fn open(&self, number: u64, plain: &mut [u8]) -> io::Result<()> {
        let mut sealed = vec![0; plain.len() + TAG];
        self.from.read_exact_at(&mut sealed, HEADER as u64 + number * self.shape.stride() as u64)?;
        let last = number + 1 == self.chunks;
        self.shape.open(number, last, &sealed, plain).map_err(|_| damaged())
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, Error::Damaged("the sealed file"))
}
