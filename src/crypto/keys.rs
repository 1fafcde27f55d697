//! The keys of the house: root, workspace, file. Wiped when let go, never printed.

use aws_lc_rs::hkdf;
use zeroize::Zeroizing;

use super::error::{Error, Result};
use crate::base::entropy::Entropy;

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<[u8; 32]>);

        impl $name {
            pub fn random(entropy: &Entropy) -> Self {
                let mut key = Zeroizing::new([0; 32]);
                entropy.fill(&mut *key);
                $name(key)
            }

            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                $name(Zeroizing::new(bytes))
            }

            /// Named so that every place which sees a key can be found.
            pub(crate) fn reveal(&self) -> &[u8; 32] {
                &self.0
            }

            /// The key for one use (`context`) of this one, told apart by `salt`.
            pub fn derive(&self, salt: &[u8], context: &str) -> Result<FileKey> {
                derive(self.reveal(), salt, context)
            }
        }
    )*};
}

keys! {
    /// What an unlock method yields; it wraps the workspace keys and seals the studio's own file.
    RootKey,
    /// What one workspace is sealed with. Without it the workspace is gone.
    WorkspaceKey,
    /// What one file, or one kind of file, is sealed with.
    FileKey,
}

impl WorkspaceKey {
    /// The key for one kind of the workspace's files: `rows`, `index` or `blobs`.
    pub fn file(&self, kind: &str) -> Result<FileKey> {
        self.derive(b"", &format!("dreamomni2 workspace {kind} v1"))
    }
}

/// HKDF-SHA256, 32 bytes.
fn derive(key: &[u8; 32], salt: &[u8], context: &str) -> Result<FileKey> {
    let mut out = Zeroizing::new([0; 32]);
    expand(key, salt, context.as_bytes(), &mut *out)?;
    Ok(FileKey(out))
}

fn expand(key: &[u8], salt: &[u8], context: &[u8], out: &mut [u8]) -> Result<()> {
    struct Length(usize);
    impl hkdf::KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(key)
        .expand(&[context], Length(out.len()))
        .and_then(|okm| okm.fill(out))
        .map_err(|_| Error::Library("deriving a key"))
}

#[cfg(test)]
mod tests {
    use super::expand;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
    }

    /// RFC 5869, test case 1.
    #[test]
    fn derived_keys_are_those_of_the_standard() {
        let salt: Vec<u8> = (0..=0x0c).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let mut out = [0; 42];
        expand(&[0x0b; 22], &salt, &info, &mut out).unwrap();
        let expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
        assert_eq!(hex(expected), out);
    }
}
