//! The database's idea of a file, kept as sealed blocks.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

use super::block::{self, Blocks, Found, PLAIN, place};
use super::header::Header;
use super::superblock;
use super::superblock::{STRIDE, SUPERBLOCK};
use crate::crypto::FileKey;
use crate::store::disk::Disk;
use crate::store::error::{Error, Result, is_full};

/// A sealed file as the database sees it. Readers run side by side; the header has a lock.
pub(in crate::store) struct SealedRows {
    disk: Arc<dyn Disk>,
    blocks: Blocks,
    header: Mutex<Header>,
    health: Arc<Health>,
}

/// What the opener of a file must know of it.
///
/// A bad block is an error, but not while a database that a power loss hit is repaired: there it
/// reads as zeros, so that the database's own checksums go back to the last whole commit.
#[derive(Debug, Default)]
pub(in crate::store) struct Health {
    repairing: AtomicBool,
    full: AtomicBool,
}

impl Health {
    /// From now on nothing bad is read.
    pub(in crate::store) fn repaired(&self) {
        self.repairing.store(false, Ordering::Release);
    }

    /// A write found the disk full: the database refuses everything from then on.
    pub(in crate::store) fn is_full(&self) -> bool {
        self.full.load(Ordering::Acquire)
    }

    fn is_repairing(&self) -> bool {
        self.repairing.load(Ordering::Acquire)
    }
}

impl SealedRows {
    /// Opens the sealed file, or begins one on an empty disk.
    pub(in crate::store) fn new(disk: Arc<dyn Disk>, key: &FileKey, path: &Path, repair: bool) -> Result<SealedRows> {
        let health = Arc::new(Health { repairing: repair.into(), full: false.into() });
        let failed = |what| Error::io(what, path);
        let len = disk.size().map_err(failed("measuring"))?;
        if len == 0 {
            let (id, bytes) = superblock::make(key)?;
            disk.write_all_at(&bytes, 0).map_err(failed("writing"))?;
            disk.sync().map_err(failed("saving"))?;
            let (blocks, header) = (Blocks::new(key, id)?, Mutex::new(Header::blank()));
            return Ok(SealedRows { disk, blocks, header, health });
        }
        let mut bytes = vec![0; SUPERBLOCK.min(len) as usize];
        disk.read_exact_at(&mut bytes, 0).map_err(failed("reading"))?;
        let blocks = Blocks::new(key, superblock::read(&bytes, key, path)?)?;
        // Never begun anew: the database would take a file that was cut off or wiped for an empty one.
        let header = Header::read(&*disk, &blocks).map_err(failed("reading"))?;
        let header = header.filter(|_| block::plain_len(len) > 0).ok_or_else(|| {
            let what = "it was cut off, or neither copy of its header is whole".to_owned();
            Error::Damaged { path: path.to_owned(), what }
        })?;
        disk.sync().map_err(failed("saving"))?;
        Ok(SealedRows { disk, blocks, header: Mutex::new(header), health })
    }

    pub(in crate::store) fn health(&self) -> Arc<Health> {
        Arc::clone(&self.health)
    }

    fn note<T>(&self, written: io::Result<T>) -> io::Result<T> {
        if let Err(e) = &written
            && is_full(e)
        {
            self.health.full.store(true, Ordering::Release);
        }
        written
    }

    fn header(&self) -> MutexGuard<'_, Header> {
        // No code that holds it can panic half-way.
        self.header.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills `out` with whole blocks from `first` on. `patching` a block that was never written is
    /// fine; otherwise the database reads only what it wrote, so zeros mean that something wiped it.
    fn read_blocks(&self, first: u64, out: &mut [u8], patching: bool) -> io::Result<()> {
        let mut sealed = vec![0; out.len() / PLAIN * STRIDE];
        self.read_sealed(&mut sealed, place(first))?;
        for ((number, sealed), out) in (first..).zip(sealed.chunks_exact(STRIDE)).zip(out.chunks_exact_mut(PLAIN)) {
            let (found, _) = self.blocks.open(number, sealed, out);
            let fine = match found {
                Found::Whole => true,
                Found::NeverWritten => patching || self.health.is_repairing(),
                Found::Bad => self.health.is_repairing(),
            };
            if !fine {
                let text = format!("block {number} was changed or wiped on disk");
                return Err(io::Error::new(io::ErrorKind::InvalidData, text));
            }
        }
        Ok(())
    }

    /// While repairing, what a power loss cut off the end reads as zeros.
    fn read_sealed(&self, sealed: &mut [u8], at: u64) -> io::Result<()> {
        if !self.health.is_repairing() {
            return self.disk.read_exact_at(sealed, at);
        }
        let there = self.disk.size()?.saturating_sub(at).min(sealed.len() as u64);
        sealed.get_mut(..there as usize).map_or(Ok(()), |part| self.disk.read_exact_at(part, at))
    }

    fn write_blocks(&self, first: u64, plain: &[u8]) -> io::Result<()> {
        let mut sealed = vec![0; plain.len() / PLAIN * STRIDE];
        for ((number, plain), out) in (first..).zip(plain.chunks_exact(PLAIN)).zip(sealed.chunks_exact_mut(STRIDE)) {
            self.blocks.seal(number, 0, plain, out).map_err(io::Error::other)?;
        }
        self.note(self.disk.write_all_at(&sealed, place(first)))
    }
}

/// The part of `offset..offset + len` that lies in block 0.
fn in_header(offset: u64, len: usize) -> Range<usize> {
    let start = offset.min(PLAIN as u64) as usize;
    start..(start + len).min(PLAIN)
}

impl StorageBackend for SealedRows {
    fn len(&self) -> io::Result<u64> {
        self.disk.size().map(block::plain_len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let head = in_header(offset, out.len());
        let (front, out) = out.split_at_mut(head.len());
        // The lock is held while the disk syncs: readers of other blocks must not wait for it.
        if !front.is_empty() {
            front.copy_from_slice(&self.header().plain[head.clone()]);
        }
        if out.is_empty() {
            return Ok(());
        }
        let offset = offset + head.len() as u64;
        let (first, skip) = (offset / PLAIN as u64, (offset % PLAIN as u64) as usize);
        if skip == 0 && out.len() % PLAIN == 0 {
            self.read_blocks(first, out, false)?;
        } else {
            let mut whole = vec![0; (skip + out.len()).next_multiple_of(PLAIN)];
            self.read_blocks(first, &mut whole, false)?;
            out.copy_from_slice(&whole[skip..skip + out.len()]);
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.note(self.disk.set_len(block::sealed_len(len)))
    }

    fn sync_data(&self) -> io::Result<()> {
        // Held throughout: a header written while the disk syncs must not count as synced.
        let mut header = self.header();
        self.note(self.disk.sync())?;
        header.synced();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let head = in_header(offset, data.len());
        let (front, data) = data.split_at(head.len());
        if !front.is_empty() {
            let mut header = self.header();
            header.plain[head.clone()].copy_from_slice(front);
            self.note(header.write(&*self.disk, &self.blocks))?;
        }
        if data.is_empty() {
            return Ok(());
        }
        let offset = offset + head.len() as u64;
        let (first, skip) = (offset / PLAIN as u64, (offset % PLAIN as u64) as usize);
        if skip == 0 && data.len() % PLAIN == 0 {
            self.write_blocks(first, data)?;
        } else {
            let mut whole = vec![0; (skip + data.len()).next_multiple_of(PLAIN)];
            self.read_blocks(first, &mut whole, true)?;
            whole[skip..skip + data.len()].copy_from_slice(data);
            self.write_blocks(first, &whole)?;
        }
        Ok(())
    }
}

impl fmt::Debug for SealedRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedRows").field("disk", &self.disk).finish_non_exhaustive()
    }
}
