//! The first bytes of a file of rows: what it is, and whether this key opens it.

use std::path::Path;

use crate::base::entropy::Entropy;
use crate::crypto::FileKey;
use crate::crypto::aead::{NONCE, TAG, Xaes};
use crate::store::error::{Error, Result};

/// Bytes from one block to the next.
pub(super) const STRIDE: usize = 4608;
/// Bytes before the first header slot.
pub(super) const SUPERBLOCK: u64 = 4096;

/// Random per file: salts its key and is authenticated with every block.
pub(super) type FileId = [u8; 32];

pub(super) const MAGIC: &[u8; 8] = b"DO2ROWS\0";
pub(super) const VERSION: u8 = 1;
/// XAES-256-GCM.
const SUITE: u8 = 1;

const PLAIN: usize = 56;

/// A new superblock and the id it carries.
pub(super) fn make(key: &FileKey) -> Result<(FileId, Vec<u8>)> {
    let entropy = Entropy::system();
    let id = entropy.bytes();
    let nonce = entropy.bytes();
    let mut bytes = vec![0; SUPERBLOCK as usize];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8] = VERSION;
    bytes[9] = SUITE;
    bytes[16..20].copy_from_slice(&(STRIDE as u32).to_le_bytes());
    bytes[24..PLAIN].copy_from_slice(&id);
    let tag = check(key, &id)?.seal(&nonce, &bytes[..PLAIN], &mut [])?;
    bytes[PLAIN..PLAIN + NONCE].copy_from_slice(&nonce);
    bytes[PLAIN + NONCE..][..TAG].copy_from_slice(&tag);
    Ok((id, bytes))
}

/// Reads a superblock; a wrong key is told apart from a file that is something else.
pub(super) fn read(bytes: &[u8], key: &FileKey, path: &Path) -> Result<FileId> {
    let damaged = |what: &str| Error::Damaged { path: path.to_owned(), what: what.to_owned() };
    let parts = bytes.split_first_chunk::<PLAIN>().and_then(|(head, rest)| {
        let (nonce, rest) = rest.split_first_chunk::<NONCE>()?;
        Some((head, nonce, rest.first_chunk::<TAG>()?))
    });
    let Some((head, nonce, tag)) = parts else { return Err(damaged("it is too short to hold rows")) };
    if head[..8] != *MAGIC {
        return Err(damaged("it is no file of rows"));
    }
    if head[8] != VERSION {
        return Err(Error::TooNew { path: path.to_owned(), found: head[8], known: VERSION });
    }
    let (mut id, mut stride) = ([0; 32], [0; 4]);
    id.copy_from_slice(&head[24..]);
    stride.copy_from_slice(&head[16..20]);
    check(key, &id)?.open(nonce, head, &[], tag, &mut []).map_err(|_| Error::WrongKey(path.to_owned()))?;
    if head[9] != SUITE || u32::from_le_bytes(stride) as usize != STRIDE {
        return Err(damaged("it has a cipher or block size this version does not know"));
    }
    Ok(id)
}

fn check(key: &FileKey, id: &FileId) -> Result<Xaes> {
    Ok(Xaes::new(&key.derive(id, "dreamomni2 rows superblock v1")?)?)
}
