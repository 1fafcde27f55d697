//! Sealed streams: files of any length, sealed as they are written and opened at any place.
//!
//! ```text
//! 0     "DO2SEAL\0" version suite chunk:log2 reserved[5] salt[32]
//! 48    chunk 0    ciphertext[2^chunk] tag[16]
//!       chunk 1 …
//!       last chunk, shorter or as long, flagged in its nonce; empty only in an empty stream
//! ```
//!
//! Stream key: HKDF(key, salt). Cipher: AES-256-GCM, nonce = chunk number (8 bytes), zeros (3), last (1).
//! Authenticated beside the content: the 48 bytes and what the stream is about (its id or path).

mod format;
mod opener;
mod reader;
mod sealer;

pub use format::Chunk;
pub use opener::{Source, StreamOpener};
pub use reader::StreamReader;
pub use sealer::StreamSealer;
