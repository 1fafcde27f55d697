//! What several tests stand on.

pub(crate) mod chance;
pub(crate) mod disk;
pub(crate) mod server;
pub(crate) mod studio;
