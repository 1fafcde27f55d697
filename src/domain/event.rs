//! Everything that can happen, with the word and subject the audit log keeps. Never content.
