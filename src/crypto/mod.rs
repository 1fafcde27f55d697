//! Sealing: keys, authenticated ciphers, passwords, certificates. Knows nothing of what it seals.

mod error;

mod equal;
mod keys;

pub mod aead;
pub mod stream;

pub mod unlock;

pub mod password;
pub mod token;

pub mod chain;

mod leaf;

pub mod authority;

pub use chain::{Link, Signer};
pub use equal::equal;
pub use error::{Error, Kind, Result};
pub use keys::{FileKey, RootKey, WorkspaceKey};
