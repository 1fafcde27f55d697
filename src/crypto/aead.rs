//! XAES-256-GCM: AES-256-GCM with 192-bit nonces, so that random ones never meet.

use super::error::Result;
use super::keys::FileKey;

/// One key, ready to seal and open.
pub struct Sealer {}

impl Sealer {
    pub fn new(key: &FileKey) -> Result<Sealer> {
        let _ = key;
        todo!()
    }
}

/// Seals a small thing whole: nonce, ciphertext, tag. `about` is authenticated, not stored.
pub fn seal(key: &FileKey, about: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    let _ = (key, about, plain);
    todo!()
}

/// Opens what [`seal`] made; `what` names it in the error.
pub fn open(key: &FileKey, about: &[u8], sealed: &[u8], what: &'static str) -> Result<Vec<u8>> {
    let _ = (key, about, sealed, what);
    todo!()
}
