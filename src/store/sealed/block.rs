//! One block on disk: where it lies, how it is sealed, how it is opened.

use crate::base::entropy::Entropy;
use crate::crypto::FileKey;
use crate::crypto::aead::{NONCE, TAG, Xaes};

use super::superblock::{self, FileId, STRIDE, SUPERBLOCK};
use crate::store::error::Result;

/// Plain bytes in a block: the database's page size.
pub(super) const PLAIN: usize = 4096;

const SEQUENCE: usize = PLAIN + NONCE + TAG;

/// Where block `number` (from 1) begins. Block 0 has the two slots instead.
pub(super) fn place(number: u64) -> u64 {
    slot(0) + (number + 1) * STRIDE as u64
}

/// Where header slot 0 or 1 begins.
pub(super) fn slot(which: u64) -> u64 {
    SUPERBLOCK + which * STRIDE as u64
}

/// How long the file is on disk when the database believes in `plain` bytes.
pub(super) fn sealed_len(plain: u64) -> u64 {
    if plain == 0 { SUPERBLOCK } else { place(plain.div_ceil(PLAIN as u64)) }
}

/// The reverse of [`sealed_len`]; what a cut-off file has beyond whole blocks does not count.
pub(super) fn plain_len(sealed: u64) -> u64 {
    (sealed.saturating_sub(SUPERBLOCK) / STRIDE as u64).saturating_sub(1) * PLAIN as u64
}

/// What a block turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Whole,
    /// All zeros on disk; reads as zeros.
    NeverWritten,
    /// Torn, changed or moved.
    Bad,
}

/// Seals and opens the blocks of one file.
pub(super) struct Blocks {
    key: Xaes,
    id: FileId,
    entropy: Entropy,
}

impl Blocks {
    pub(super) fn new(key: &FileKey, id: FileId) -> Result<Blocks> {
        let key = Xaes::new(&key.derive(&id, "dreamomni2 rows blocks v1")?)?;
        Ok(Blocks { key, id, entropy: Entropy::system() })
    }

    /// Seals `plain` as block `number` into `out`, one stride long and zero behind the tag.
    pub(super) fn seal(&self, number: u64, sequence: u64, plain: &[u8], out: &mut [u8]) -> Result<()> {
        let nonce = self.entropy.bytes::<NONCE>();
        let (body, rest) = out.split_at_mut(PLAIN);
        body.copy_from_slice(plain);
        let tag = self.key.seal(&nonce, &self.about(number, sequence), body)?;
        rest[..NONCE].copy_from_slice(&nonce);
        rest[NONCE..NONCE + TAG].copy_from_slice(&tag);
        rest[NONCE + TAG..][..8].copy_from_slice(&sequence.to_le_bytes());
        Ok(())
    }

    /// Opens one stride of sealed bytes into `out` and answers its sequence; zeros unless whole.
    pub(super) fn open(&self, number: u64, sealed: &[u8], out: &mut [u8]) -> (Found, u64) {
        let (body, rest) = sealed.split_at(PLAIN);
        let (mut nonce, mut tag, mut sequence) = ([0; NONCE], [0; TAG], [0; 8]);
        nonce.copy_from_slice(&rest[..NONCE]);
        tag.copy_from_slice(&rest[NONCE..NONCE + TAG]);
        sequence.copy_from_slice(&sealed[SEQUENCE..][..8]);
        let sequence = u64::from_le_bytes(sequence);
        if self.key.open(&nonce, &self.about(number, sequence), body, &tag, out) == Ok(()) {
            return (Found::Whole, sequence);
        }
        out.fill(0);
        let blank = sealed.iter().all(|byte| *byte == 0);
        (if blank { Found::NeverWritten } else { Found::Bad }, 0)
    }

    fn about(&self, number: u64, sequence: u64) -> [u8; 64] {
        let mut about = [0; 64];
        about[..8].copy_from_slice(superblock::MAGIC);
        about[8] = superblock::VERSION;
        about[16..48].copy_from_slice(&self.id);
        about[48..56].copy_from_slice(&number.to_le_bytes());
        about[56..].copy_from_slice(&sequence.to_le_bytes());
        about
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_blocks_share_a_sector_and_lengths_agree() {
        assert_eq!(STRIDE % 512, 0);
        assert_eq!(place(1), slot(1) + STRIDE as u64);
        for blocks in [0, 1, 2, 3, 1000] {
            let plain = blocks * PLAIN as u64;
            assert_eq!(plain_len(sealed_len(plain)), plain);
            assert_eq!(plain_len(sealed_len(plain) + 511), plain);
        }
    }

    #[test]
    fn a_block_opens_only_in_its_own_place_of_its_own_file() {
        let key = FileKey::from_bytes([1; 32]);
        let blocks = Blocks::new(&key, [2; 32]).unwrap();
        let (plain, mut sealed, mut out) = ([7; PLAIN], [0; STRIDE], [0; PLAIN]);
        blocks.seal(5, 0, &plain, &mut sealed).unwrap();
        assert_eq!(blocks.open(5, &sealed, &mut out), (Found::Whole, 0));
        assert_eq!(out, plain);
        assert_eq!(blocks.open(6, &sealed, &mut out).0, Found::Bad);
        assert_eq!(out, [0; PLAIN]);
        assert_eq!(Blocks::new(&key, [3; 32]).unwrap().open(5, &sealed, &mut out).0, Found::Bad);
        assert_eq!(blocks.open(5, &[0; STRIDE], &mut out).0, Found::NeverWritten);
        sealed[SEQUENCE] = 1;
        assert_eq!(blocks.open(5, &sealed, &mut out).0, Found::Bad);
    }
}
