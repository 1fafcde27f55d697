//! Typed ids: 48 bits of time, 80 bits of chance, so that newer things sort after older ones.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::clock::Moment;
use super::entropy::Entropy;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// An id text that is not one of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an id of the kind {1}_…")]
pub struct BadId(pub String, pub &'static str);

/// What all ids share; made by the `ids!` list below.
pub trait Id: Copy + Ord + fmt::Display + FromStr<Err = BadId> + Send + Sync + 'static {
    const PREFIX: &'static str;
    fn from_bytes(bytes: [u8; 16]) -> Self;
    fn bytes(self) -> [u8; 16];

    fn new(at: Moment, entropy: &Entropy) -> Self {
        let mut bytes = entropy.bytes::<16>();
        bytes[..6].copy_from_slice(&at.0.to_be_bytes()[2..]);
        Self::from_bytes(bytes)
    }

    /// When the thing was made, as its id says.
    fn made(self) -> Moment {
        let b = self.bytes();
        Moment(i64::from_be_bytes([0, 0, b[0], b[1], b[2], b[3], b[4], b[5]]))
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_bytes(bytes: [u8; 16]) -> Self { $name(bytes) }
            fn bytes(self) -> [u8; 16] { self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write_text(f, $prefix, self.0) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write_text(f, $prefix, self.0) }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                read_text($prefix, text).map($name).ok_or_else(|| BadId(text.chars().take(64).collect(), $prefix))
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(self) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

ids! {
    AccountId = "acc",
    WorkspaceId = "ws",
    SessionId = "ses",
    TokenId = "tok",
    InvitationId = "inv",
    AssetId = "ast",
    JobId = "job",
    RenderId = "ren",
    ImportId = "imp",
    RewriteId = "rwr",
    /// One sealed file in a workspace's blob folder.
    BlobId = "blb",
}

fn write_text(f: &mut fmt::Formatter<'_>, prefix: &str, bytes: [u8; 16]) -> fmt::Result {
    let number = u128::from_be_bytes(bytes);
    let mut text = String::with_capacity(32);
    for place in (0..26).rev() {
        let digit = ((number >> (place * 5)) & 31) as usize;
        text.push(char::from(ALPHABET[digit]));
    }
    write!(f, "{prefix}_{text}")
}

fn read_text(prefix: &str, text: &str) -> Option<[u8; 16]> {
    let digits = text.strip_prefix(prefix)?.strip_prefix('_')?;
    if digits.len() != 26 {
        return None;
    }
    let mut number: u128 = 0;
    for (place, c) in digits.bytes().enumerate() {
        let digit = ALPHABET.iter().position(|a| *a == c)? as u128;
        // 26 digits hold 130 bits: the first may only use its low three.
        if place == 0 && digit > 7 {
            return None;
        }
        number = number << 5 | digit;
    }
    Some(number.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_and_sorts_by_time() {
        let chance = Entropy::seeded(1);
        let early = RenderId::new(Moment(1000), &chance);
        let late = RenderId::new(Moment(2000), &chance);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse::<RenderId>(), Ok(early));
        assert_eq!(late.made(), Moment(2000));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let job = JobId::new(Moment(1), &Entropy::seeded(2));
        assert!(job.to_string().parse::<RenderId>().is_err());
        assert!("ren_zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<RenderId>().is_err());
    }
}
