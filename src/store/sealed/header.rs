//! Block 0 of the database in two slots, so that there always is a whole one.

use std::io;

use super::block::{Blocks, Found, PLAIN, slot};
use super::superblock::STRIDE;
use crate::store::disk::Disk;

/// The database's header page as it last was, and which slot may be written next.
pub(super) struct Header {
    pub(super) plain: Box<[u8; PLAIN]>,
    sequence: u64,
    /// The slot that the disk is known to have; never written to before the other one is synced.
    synced: Option<u64>,
    /// The slot that holds `plain`, when it was written since.
    written: Option<u64>,
}

impl Header {
    /// Chooses the newer slot that opens; none when neither does. The caller must sync the disk
    /// before the first write: the chosen slot may so far exist in the machine's memory only.
    pub(super) fn read(disk: &dyn Disk, blocks: &Blocks) -> io::Result<Option<Header>> {
        let mut header = Header::blank();
        let (mut sealed, mut plain) = ([0; STRIDE], Box::new([0; PLAIN]));
        for which in 0..2 {
            match disk.read_exact_at(&mut sealed, slot(which)) {
                Ok(()) => {}
                // Cut off: what is left may still hold slot A.
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => break,
                Err(e) => return Err(e),
            }
            let (found, sequence) = blocks.open(0, &sealed, &mut *plain);
            if found == Found::Whole && sequence > header.sequence {
                header.plain.copy_from_slice(&*plain);
                (header.sequence, header.synced) = (sequence, Some(which));
            }
        }
        Ok(header.synced.is_some().then_some(header))
    }

    pub(super) fn blank() -> Header {
        Header { plain: Box::new([0; PLAIN]), sequence: 0, synced: None, written: None }
    }

    /// Writes `plain` to the slot that is not the last synced one.
    pub(super) fn write(&mut self, disk: &dyn Disk, blocks: &Blocks) -> io::Result<()> {
        let which = self.synced.map_or(0, |synced| 1 - synced);
        let mut sealed = [0; STRIDE];
        blocks.seal(0, self.sequence + 1, &*self.plain, &mut sealed).map_err(io::Error::other)?;
        self.sequence += 1;
        self.written = Some(which);
        disk.write_all_at(&sealed, slot(which))
    }

    /// The disk has everything written so far.
    pub(super) fn synced(&mut self) {
        self.synced = self.written.take().or(self.synced);
    }
}
