//! Disks for tests: one in memory that can be changed, filled up, and cut off from power.

use std::io::{Error, ErrorKind, Result};
use std::sync::Mutex;

use dreamomni2::store::disk::Disk;

const SECTOR: usize = 512;

/// A disk in memory. It remembers what was asked of it, so that a power loss can be played at any
/// moment: what was not synced is there sector by sector, or not.
#[derive(Debug, Default)]
pub(crate) struct MemoryDisk(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    bytes: Vec<u8>,
    most: Option<u64>,
    first: Vec<u8>,
    log: Vec<Event>,
}

#[derive(Clone, Debug)]
pub(crate) enum Event {
    Write {
        at: usize,
        bytes: Vec<u8>,
    },
    SetLen(usize),
    Sync,
    /// The test noted that something was acknowledged.
    Noted(usize),
}

impl MemoryDisk {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        MemoryDisk(Mutex::new(State { first: bytes.clone(), bytes, ..State::default() }))
    }

    pub(crate) fn change<T>(&self, edit: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        edit(&mut self.0.lock().unwrap().bytes)
    }

    /// The disk is full when the file would grow beyond `most` bytes.
    pub(crate) fn limit(&self, most: Option<u64>) {
        self.0.lock().unwrap().most = most;
    }

    pub(crate) fn note(&self, number: usize) {
        self.0.lock().unwrap().log.push(Event::Noted(number));
    }

    /// What is on the disk after the power goes at a random moment, and the last number noted
    /// before it. `chance` answers a random number below its argument.
    pub(crate) fn cut_power(&self, mut chance: impl FnMut(usize) -> usize) -> (Vec<u8>, Option<usize>) {
        let state = self.0.lock().unwrap();
        let log = &state.log[..chance(state.log.len() + 1)];
        let noted = log.iter().rev().find_map(|e| if let Event::Noted(n) = e { Some(*n) } else { None });
        let synced = log.iter().rposition(|e| matches!(e, Event::Sync)).map_or(0, |at| at + 1);
        let mut bytes = state.first.clone();
        for event in &log[..synced] {
            apply(&mut bytes, event);
        }
        // The length is one that the file had: the last known one, or any asked for since.
        let loose = &log[synced..];
        let lengths: Vec<usize> =
            loose.iter().filter_map(|e| if let Event::SetLen(l) = e { Some(*l) } else { None }).collect();
        let kept = chance(lengths.len() + 1);
        for length in &lengths[..kept] {
            bytes.resize(*length, 0);
        }
        // From "nothing arrived" to "all arrived".
        let share = [0, 10, 50, 90, 100][chance(5)];
        for event in loose {
            let Event::Write { at, bytes: written } = event else { continue };
            for (sector, part) in (at / SECTOR..).zip(written.chunks(SECTOR)) {
                let at = sector * SECTOR;
                if chance(100) < share && at + part.len() <= bytes.len() {
                    bytes[at..at + part.len()].copy_from_slice(part);
                }
            }
        }
        (bytes, noted)
    }
}

fn apply(bytes: &mut Vec<u8>, event: &Event) {
    match event {
        Event::Write { at, bytes: written } => {
            bytes.resize(bytes.len().max(at + written.len()), 0);
            bytes[*at..at + written.len()].copy_from_slice(written);
        }
        Event::SetLen(len) => bytes.resize(*len, 0),
        Event::Sync | Event::Noted(_) => {}
    }
}

impl State {
    fn happen(&mut self, event: Event) -> Result<()> {
        let end = match &event {
            Event::Write { at, bytes } => at + bytes.len(),
            Event::SetLen(len) => *len,
            Event::Sync | Event::Noted(_) => 0,
        };
        if end > self.bytes.len() && self.most.is_some_and(|most| end as u64 > most) {
            return Err(Error::from(ErrorKind::StorageFull));
        }
        apply(&mut self.bytes, &event);
        self.log.push(event);
        Ok(())
    }
}

impl Disk for MemoryDisk {
    fn size(&self) -> Result<u64> {
        Ok(self.0.lock().unwrap().bytes.len() as u64)
    }
    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> Result<()> {
        let state = self.0.lock().unwrap();
        let part = state.bytes.get(offset as usize..offset as usize + out.len());
        out.copy_from_slice(part.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        assert_eq!(offset as usize % SECTOR, 0, "a write that tears another block's sector");
        self.0.lock().unwrap().happen(Event::Write { at: offset as usize, bytes: bytes.to_vec() })
    }
    fn set_len(&self, len: u64) -> Result<()> {
        self.0.lock().unwrap().happen(Event::SetLen(len as usize))
    }
    fn sync(&self) -> Result<()> {
        self.0.lock().unwrap().happen(Event::Sync)
    }
}
