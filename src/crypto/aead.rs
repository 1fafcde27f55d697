//! AES-256-GCM, plain for counted nonces and as XAES-256-GCM (C2SP) for random ones.
//!
//! XAES takes 192-bit nonces: the first half and the key make a fresh AES-256-GCM key, the second
//! half is its nonce. Random ones may be drawn 2^80 times before two meet.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce as GcmNonce, UnboundKey};
use aws_lc_rs::cmac;
use zeroize::Zeroizing;

use super::error::{Error, Result};
use super::keys::FileKey;
use crate::base::entropy::Entropy;

pub const NONCE: usize = 24;
pub const TAG: usize = 16;

/// One key, ready to seal and open with random nonces.
pub struct Xaes(cmac::Key);

impl Xaes {
    pub fn new(key: &FileKey) -> Result<Xaes> {
        cmac::Key::new(cmac::AES_256, key.reveal()).map(Xaes).map_err(|_| Error::Library("loading a key"))
    }

    /// Seals in place. The nonce must never have been used with this key: draw it at random.
    pub fn seal(&self, nonce: &[u8; NONCE], about: &[u8], in_out: &mut [u8]) -> Result<[u8; TAG]> {
        let (key, nonce) = self.split(nonce)?;
        key.seal(nonce, about, in_out)
    }

    /// Opens `sealed` into `out`, which must be as long. On a mismatch `out` holds nothing of use.
    pub fn open(
        &self,
        nonce: &[u8; NONCE],
        about: &[u8],
        sealed: &[u8],
        tag: &[u8; TAG],
        out: &mut [u8],
    ) -> Result<(), Mismatch> {
        let (key, nonce) = self.split(nonce).map_err(|_| Mismatch)?;
        key.open(nonce, about, sealed, tag, out)
    }

    /// The key and nonce of plain GCM: NIST SP 800-108 in counter mode over AES-CMAC.
    fn split(&self, nonce: &[u8; NONCE]) -> Result<(Gcm, [u8; 12])> {
        let (mut input, mut rest, mut derived) =
            ([0, 0, b'X', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0; 12], Zeroizing::new([0; 32]));
        input[4..].copy_from_slice(&nonce[..12]);
        rest.copy_from_slice(&nonce[12..]);
        for (counter, half) in (1..).zip(derived.chunks_exact_mut(16)) {
            input[1] = counter;
            let mac = cmac::sign(&self.0, &input).map_err(|_| Error::Library("deriving a key"))?;
            half.copy_from_slice(mac.as_ref());
        }
        Ok((Gcm::from_bytes(&derived)?, rest))
    }
}

/// Plain AES-256-GCM: for keys whose nonces are counted, each used once.
pub(super) struct Gcm(LessSafeKey);

/// The bytes are not what was sealed, or this is not the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch;

impl Gcm {
    pub(super) fn new(key: &FileKey) -> Result<Gcm> {
        Gcm::from_bytes(key.reveal())
    }

    fn from_bytes(key: &[u8; 32]) -> Result<Gcm> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| Error::Library("loading a key"))?;
        Ok(Gcm(LessSafeKey::new(key)))
    }

    pub(super) fn seal(&self, nonce: [u8; 12], about: &[u8], in_out: &mut [u8]) -> Result<[u8; TAG]> {
        let nonce = GcmNonce::assume_unique_for_key(nonce);
        let sealed = self.0.seal_in_place_separate_tag(nonce, Aad::from(about), in_out);
        let mut tag = [0; TAG];
        tag.copy_from_slice(sealed.map_err(|_| Error::Library("sealing"))?.as_ref());
        Ok(tag)
    }

    pub(super) fn open(
        &self,
        nonce: [u8; 12],
        about: &[u8],
        sealed: &[u8],
        tag: &[u8; TAG],
        out: &mut [u8],
    ) -> Result<(), Mismatch> {
        let nonce = GcmNonce::assume_unique_for_key(nonce);
        self.0.open_separate_gather(nonce, Aad::from(about), sealed, tag, out).map_err(|_| Mismatch)
    }
}

/// Seals a small thing whole: nonce, ciphertext, tag. `about` is authenticated, not stored.
pub fn seal(key: &FileKey, about: &[u8], plain: &[u8], entropy: &Entropy) -> Result<Vec<u8>> {
    let nonce = entropy.bytes::<NONCE>();
    let mut sealed = nonce.to_vec();
    sealed.extend_from_slice(plain);
    let tag = Xaes::new(key)?.seal(&nonce, about, &mut sealed[NONCE..])?;
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Opens what [`seal`] made; `what` names it in the error.
pub fn open(key: &FileKey, about: &[u8], sealed: &[u8], what: &'static str) -> Result<Zeroizing<Vec<u8>>> {
    let parts =
        sealed.split_first_chunk::<NONCE>().and_then(|(nonce, rest)| Some((nonce, rest.split_last_chunk::<TAG>()?)));
    let Some((nonce, (body, tag))) = parts else { return Err(Error::Damaged(what)) };
    let mut plain = Zeroizing::new(vec![0; body.len()]);
    Xaes::new(key)?.open(nonce, about, body, tag, &mut plain).map_err(|_| Error::Damaged(what))?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
    }

    /// The two vectors of C2SP's XAES-256-GCM: the top bit of the first block is 0 in one, 1 in the other.
    #[test]
    fn xaes_is_that_of_c2sp() {
        let nonce = b"ABCDEFGHIJKLMNOPQRSTUVWX";
        for (key, about, expected) in [
            (1, &b""[..], "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
            (3, b"c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"),
        ] {
            let xaes = Xaes::new(&FileKey::from_bytes([key; 32])).unwrap();
            let mut text = *b"XAES-256-GCM";
            let tag = xaes.seal(nonce, about, &mut text).unwrap();
            assert_eq!([&text[..], &tag].concat(), hex(expected));
            let mut out = [0; 12];
            assert_eq!(xaes.open(nonce, about, &text, &tag, &mut out), Ok(()));
            assert_eq!(&out, b"XAES-256-GCM");
            assert_eq!(xaes.open(nonce, b"other", &text, &tag, &mut out), Err(Mismatch));
        }
    }

    /// NIST's GCM specification, test case 16 (AES-256 with authenticated data).
    #[test]
    fn gcm_is_that_of_nist() {
        let key = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        let gcm = Gcm::from_bytes(&key.try_into().unwrap()).unwrap();
        let about = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let mut text = hex(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        );
        let nonce = hex("cafebabefacedbaddecaf888").try_into().unwrap();
        let tag = gcm.seal(nonce, &about, &mut text).unwrap();
        let expected = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662";
        assert_eq!(text, hex(expected));
        assert_eq!(tag.to_vec(), hex("76fc6ece0f4e1768cddf8853bb2d551b"));
    }

    #[test]
    fn a_small_sealed_thing_opens_only_whole_and_in_its_place() {
        let key = FileKey::from_bytes([5; 32]);
        let sealed = seal(&key, b"here", b"secret", &Entropy::seeded(1)).unwrap();
        assert_eq!(&*open(&key, b"here", &sealed, "it").unwrap(), b"secret");
        assert!(open(&key, b"there", &sealed, "it").is_err());
        assert!(open(&FileKey::from_bytes([6; 32]), b"here", &sealed, "it").is_err());
        for end in 0..sealed.len() {
            assert!(open(&key, b"here", &sealed[..end], "it").is_err());
        }
    }
}
