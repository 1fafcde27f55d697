//! A sealed stream read from front to back or from anywhere, as files are.

use std::io::{self, Read, Seek, SeekFrom};

use super::opener::{Source, StreamOpener};

/// Opens only what is asked for; keeps the chunk that was read last.
pub struct StreamReader<S: Source> {
    opener: StreamOpener<S>,
    at: u64,
    /// The chunk read last, with its number.
    chunk: (u64, Vec<u8>),
}

impl<S: Source> StreamReader<S> {
    pub fn new(opener: StreamOpener<S>) -> Self {
        StreamReader { opener, at: 0, chunk: (u64::MAX, Vec::new()) }
    }

    /// Bytes before sealing.
    pub fn size(&self) -> u64 {
        self.opener.len()
    }
}

impl<S: Source> Read for StreamReader<S> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let left = self.size().saturating_sub(self.at);
        if left == 0 || bytes.is_empty() {
            return Ok(0);
        }
        let size = self.opener.chunk_size() as u64;
        let (number, skip) = (self.at / size, (self.at % size) as usize);
        let read = if bytes.len() as u64 > size {
            let read = left.min(bytes.len() as u64) as usize;
            self.opener.read_exact_at(bytes.get_mut(..read).unwrap_or_default(), self.at)?;
            read
        } else {
            if self.chunk.0 != number {
                self.chunk = (number, self.opener.chunk(number)?);
            }
            self.chunk.1.get(skip..).unwrap_or_default().read(bytes)?
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl<S: Source> Seek for StreamReader<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
