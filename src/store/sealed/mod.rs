//! Rows sealed block by block, so that a power loss or a flipped bit never goes unseen.
//!
//! ```text
//! 0        superblock   "DO2ROWS\0" version suite reserved[6] stride:u32 pad[4] file id[32] nonce[24] tag[16] zeros
//! 4096     header slot A   block 0 of the database, with a sequence number
//! 8704     header slot B   the same, older or newer: the one with the higher sequence that opens is valid
//! 13312    block 1
//! 17920    block 2 …
//!
//! slot and block, 4608 bytes = nine sectors, so that no sector belongs to two of them:
//!          ciphertext[4096] nonce[24] tag[16] sequence:u64 (slots only, else zero) zeros[464]
//! ```
//!
//! The block key is HKDF(key of the file's kind, salt = file id). Cipher: XAES-256-GCM with a random
//! nonce per write. Authenticated beside the content: magic, version, file id, block number,
//! sequence. All zeros means never written.

mod backend;
mod block;
mod header;
mod superblock;

pub(super) use backend::{Health, SealedRows};
