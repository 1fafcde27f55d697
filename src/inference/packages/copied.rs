//! The bytes of one file of a package, copied into a stage and hashed on the way.

use std::io::{self, Read};

use crate::inference::error::Result;
use crate::inference::staging::Stage;

use super::seal::Seal;

/// Copies them, sealed where there is a seal for them; how many they were, and their hash.
pub(super) fn into(stage: &Stage, file: &str, bytes: impl Read, seal: Option<&Seal>) -> Result<(u64, String)> {
    let mut hashed = Hashed { bytes, hasher: blake3::Hasher::new() };
    let copied = match seal {
        Some(seal) => stage.put(file, &mut |out| seal.write(&mut hashed, out))?,
        None => stage.copy(file, &mut hashed)?,
    };
    Ok((copied, hashed.hasher.finalize().to_hex().to_string()))
}

/// The hash of bytes that are copied nowhere, and how many they are.
pub(super) fn hash(mut bytes: impl Read) -> io::Result<(String, u64)> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut bytes, &mut hasher)?;
    Ok((hasher.finalize().to_hex().to_string(), hasher.count()))
}

struct Hashed<R> {
    bytes: R,
    hasher: blake3::Hasher,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(into)?;
        self.hasher.update(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}
