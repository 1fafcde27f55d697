//! Reading that takes long: somebody hears how far it is, and may stop it between two chunks.

use std::io::{self, Read};
use std::ops::ControlFlow;

use crate::inference::error::{Error, Result};

/// Hears the bytes read and, where known, of how many.
pub type Told<'a> = dyn FnMut(u64, Option<u64>) -> ControlFlow<()> + 'a;

/// Somebody is told after so many bytes.
const CHUNK: u64 = 4 << 20;

/// How far a reading is.
pub(super) struct Pace<'a, 'b> {
    told: &'a mut Told<'b>,
    done: u64,
    of: Option<u64>,
    next: u64,
    stopped: bool,
}

impl<'a, 'b> Pace<'a, 'b> {
    pub(super) fn new(of: Option<u64>, told: &'a mut Told<'b>) -> Self {
        Pace { told, done: 0, of, next: 0, stopped: false }
    }

    /// The same bytes, each of which counts.
    pub(super) fn through<R: Read>(&mut self, bytes: R) -> Through<'_, 'a, 'b, R> {
        Through { bytes, pace: self, counts: true }
    }

    /// The same bytes, which were counted before.
    pub(super) fn again<R: Read>(&mut self, bytes: R) -> Through<'_, 'a, 'b, R> {
        Through { bytes, pace: self, counts: false }
    }

    /// Says how far it is.
    pub(super) fn tell(&mut self) -> io::Result<()> {
        self.next = self.done + CHUNK;
        if (self.told)(self.done, self.of).is_continue() {
            return Ok(());
        }
        self.stopped = true;
        // Of a kind that no reader tries again.
        Err(io::Error::other("stopped"))
    }

    /// What failed because it was stopped has not failed.
    pub(super) fn outcome<T>(&self, outcome: Result<T>) -> Result<T> {
        if self.stopped { Err(Error::Stopped) } else { outcome }
    }
}

pub(super) struct Through<'p, 'a, 'b, R> {
    bytes: R,
    pace: &'p mut Pace<'a, 'b>,
    counts: bool,
}

impl<R: Read> Read for Through<'_, '_, '_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(into)? as u64;
        let pace = &mut *self.pace;
        if self.counts {
            pace.done += read;
        } else {
            pace.next = pace.next.saturating_sub(read);
        }
        if pace.done >= pace.next {
            pace.tell()?;
        }
        Ok(read as usize)
    }
}
