//! The audit chain: every record's hash includes the one before it, and checkpoints are signed.

use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use super::error::{Error, Result};
use super::keys::RootKey;

/// A hash in a chain. The first record stands on [`Link::FIRST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link(pub [u8; 32]);

impl Link {
    pub const FIRST: Link = Link([0; 32]);

    /// The link of record `number` with content `record`, standing on this one.
    #[must_use]
    pub fn next(self, number: u64, record: &[u8]) -> Link {
        let mut hash = Context::new(&SHA256);
        hash.update(b"dreamomni2 audit v1\0");
        hash.update(&self.0);
        hash.update(&number.to_be_bytes());
        hash.update(&(record.len() as u64).to_be_bytes());
        hash.update(record);
        let mut out = [0; 32];
        out.copy_from_slice(hash.finish().as_ref());
        Link(out)
    }
}

/// Signs checkpoints: "chain `name` had link L at record N". Made from the root key, so only an
/// unlocked studio can sign.
pub struct Signer(Ed25519KeyPair);

impl Signer {
    pub fn new(root: &RootKey) -> Result<Signer> {
        let seed = root.derive(b"", "dreamomni2 audit signature v1")?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.reveal());
        pair.map(Signer).map_err(|_| Error::Library("making the audit signature key"))
    }

    pub fn sign(&self, chain: &str, number: u64, link: Link) -> [u8; 64] {
        let mut out = [0; 64];
        out.copy_from_slice(self.0.sign(&checkpoint(chain, number, link)).as_ref());
        out
    }

    pub fn public(&self) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(self.0.public_key().as_ref());
        out
    }
}

/// Whether `signature` is that of the studio with this `public` key.
pub fn verify(public: &[u8], chain: &str, number: u64, link: Link, signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public).verify(&checkpoint(chain, number, link), signature).is_ok()
}

fn checkpoint(chain: &str, number: u64, link: Link) -> Vec<u8> {
    let mut text = b"dreamomni2 checkpoint v1\0".to_vec();
    text.extend_from_slice(&number.to_be_bytes());
    text.extend_from_slice(&link.0);
    text.extend_from_slice(chain.as_bytes());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_moved_or_missing_record_changes_every_later_link() {
        let chain = |records: &[&[u8]]| {
            records.iter().zip(1..).fold(Link::FIRST, |link, (record, number)| link.next(number, record))
        };
        let whole = chain(&[b"a", b"b", b"c"]);
        assert_ne!(whole, chain(&[b"a", b"x", b"c"]));
        assert_ne!(whole, chain(&[b"b", b"a", b"c"]));
        assert_ne!(whole, chain(&[b"a", b"c"]));
        assert_ne!(whole, chain(&[b"a", b"bc"]));
    }

    #[test]
    fn a_checkpoint_of_another_studio_or_place_is_refused() {
        let signer = Signer::new(&RootKey::from_bytes([1; 32])).unwrap();
        let link = Link::FIRST.next(1, b"a");
        let signature = signer.sign("studio", 1, link);
        assert!(verify(&signer.public(), "studio", 1, link, &signature));
        assert!(!verify(&signer.public(), "studio", 2, link, &signature));
        assert!(!verify(&signer.public(), "other", 1, link, &signature));
        let stranger = Signer::new(&RootKey::from_bytes([2; 32])).unwrap();
        assert!(!verify(&stranger.public(), "studio", 1, link, &signature));
    }

    /// RFC 8032, section 7.1, test 2.
    #[test]
    fn signatures_are_those_of_the_standard() {
        let hex = |t: &str| -> Vec<u8> {
            (0..t.len()).step_by(2).map(|i| u8::from_str_radix(&t[i..i + 2], 16).unwrap()).collect()
        };
        let seed = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        let expected = hex(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        );
        assert_eq!(pair.sign(&[0x72]).as_ref(), expected);
    }
}
