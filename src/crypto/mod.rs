//! Sealing: keys, authenticated ciphers, passwords, certificates. Knows nothing of what it seals.
