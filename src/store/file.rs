//! One sealed file of rows, and the two doors into it.

use std::path::Path;
use std::sync::Arc;

use super::disk::Disk;
use super::error::Result;
use super::schema::Home;
use super::tx::{ReadTx, WriteTx};
use crate::crypto::FileKey;

/// Opens files; the doors keep them open, and the last door to go closes them.
pub struct File;

impl File {
    /// Makes a new file; refuses to touch one that is there.
    pub fn create(path: &Path, key: &FileKey, home: Home) -> Result<(ReadDoor, WriteDoor)> {
        let _ = (path, key, home);
        todo!()
    }

    /// Opens a file that must be there; after a power loss this is where it is repaired.
    pub fn open(path: &Path, key: &FileKey, home: Home) -> Result<(ReadDoor, WriteDoor)> {
        let _ = (path, key, home);
        todo!()
    }

    /// Opens rows on anything that behaves like a file; an empty one becomes a new file of rows.
    pub fn on(disk: Arc<dyn Disk>, key: &FileKey, home: Home) -> Result<(ReadDoor, WriteDoor)> {
        let _ = (disk, key, home);
        todo!()
    }
}

/// Lets anybody who holds it read. Cheap to clone.
#[derive(Clone)]
pub struct ReadDoor {}

impl ReadDoor {
    pub fn begin(&self) -> Result<ReadTx> {
        todo!()
    }
}

/// The right to write: there is one per file. Beginning waits for the write before it to end.
pub struct WriteDoor {}

impl WriteDoor {
    pub fn begin(&self) -> Result<WriteTx> {
        todo!()
    }
}
