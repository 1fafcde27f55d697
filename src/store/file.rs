//! One sealed file of rows, and the two doors into it.

use std::cell::Cell;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, PoisonError, RwLock};

use redb::{Database, ReadableDatabase};

use super::disk::Disk;
use super::error::{Error, Result};
use super::schema::Home;
use super::sealed::{Health, SealedRows};
use super::tx::{ReadTx, WriteTx};
use crate::crypto::FileKey;

/// Opens files; the doors keep them open, and the last door to go closes them.
pub struct File;

impl File {
    /// Makes a new file; refuses to touch one that is there.
    pub fn create(path: &Path, key: &FileKey, home: Home) -> Result<(ReadDoor, WriteDoor)> {
        let file = super::disk::create(path)?;
        doors(Arc::new(file), key, home, path)
    }

    /// Opens a file that must be there; after a power loss this is where it is repaired.
    pub fn open(path: &Path, key: &FileKey, home: Home) -> Result<(ReadDoor, WriteDoor)> {
        let failed = Error::io("opening", path);
        let file = fs::OpenOptions::new().read(true).write(true).open(path).map_err(failed)?;
        if file.size().map_err(Error::io("measuring", path))? == 0 {
            return Err(Error::Damaged { path: path.to_owned(), what: "it is empty".to_owned() });
        }
        doors(Arc::new(file), key, home, path)
    }

    /// Opens rows on anything that behaves like a file; an empty one becomes a new file of rows.
    pub fn on(disk: Arc<dyn Disk>, key: &FileKey, home: Home) -> Result<(ReadDoor, WriteDoor)> {
        doors(disk, key, home, Path::new("(a disk of a test)"))
    }
}

fn doors(disk: Arc<dyn Disk>, key: &FileKey, home: Home, path: &Path) -> Result<(ReadDoor, WriteDoor)> {
    let open = open(&disk, key, home, path)?;
    let shared = Arc::new(Shared { disk, key: key.clone(), home, path: path.to_owned(), open: RwLock::new(open) });
    Ok((ReadDoor(Arc::clone(&shared)), WriteDoor(shared)))
}

/// Lets anybody who holds it read. Cheap to clone.
#[derive(Clone)]
pub struct ReadDoor(Arc<Shared>);

impl ReadDoor {
    pub fn begin(&self) -> Result<ReadTx> {
        Ok(ReadTx { inner: self.0.database()?.begin_read()?, home: self.0.home })
    }
}

/// The right to write: there is one per file. Beginning waits for the write before it to end.
pub struct WriteDoor(Arc<Shared>);

impl WriteDoor {
    pub fn begin(&self) -> Result<WriteTx> {
        Ok(WriteTx { inner: self.0.database()?.begin_write()?, home: self.0.home })
    }
}

struct Shared {
    disk: Arc<dyn Disk>,
    key: FileKey,
    home: Home,
    path: PathBuf,
    open: RwLock<Open>,
}

#[derive(Clone)]
struct Open {
    database: Arc<Database>,
    health: Arc<Health>,
}

impl Shared {
    /// The database. One that met a full disk refuses everything, so it is opened anew, which goes
    /// back to the last commit: as soon as there is room again, all works.
    fn database(&self) -> Result<Arc<Database>> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner).clone();
        if !open.health.is_full() {
            return Ok(open.database);
        }
        let mut slot = self.open.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have been faster.
        if slot.health.is_full() {
            *slot = self::open(&self.disk, &self.key, self.home, &self.path)?;
        }
        Ok(Arc::clone(&slot.database))
    }
}

/// Opens strictly; when that meets a bad block in a database that did not end properly, a power
/// loss tore it, and the second opening repairs. After a proper end a bad block is damage.
fn open(disk: &Arc<dyn Disk>, key: &FileKey, home: Home, path: &Path) -> Result<Open> {
    match try_open(disk, key, home, path, false) {
        Err((Error::RowsDamaged(_), Ending::Torn)) => try_open(disk, key, home, path, true),
        other => other,
    }
    .map_err(|(e, _)| match e {
        Error::RowsDamaged(what) => Error::Damaged { path: path.to_owned(), what },
        other => other,
    })
}

/// How the file was left by the process before.
#[derive(Clone, Copy)]
enum Ending {
    Proper,
    Torn,
}

fn try_open(
    disk: &Arc<dyn Disk>,
    key: &FileKey,
    home: Home,
    path: &Path,
    repair: bool,
) -> Result<Open, (Error, Ending)> {
    let rows = SealedRows::new(Arc::clone(disk), key, path, repair).map_err(|e| (e, Ending::Proper))?;
    let health = rows.health();
    let ending = Rc::new(Cell::new(Ending::Proper));
    let noticed = Rc::clone(&ending);
    let mut builder = Database::builder();
    builder.set_cache_size(cache(home)).set_repair_callback(move |_| noticed.set(Ending::Torn));
    // Blocks of different moments, each whole, can break what redb takes for granted. Nothing of
    // what it was building outlives its panic.
    let opened = catch_unwind(AssertUnwindSafe(|| builder.create_with_backend(rows)));
    let inconsistent = |_| Err(redb::StorageError::Corrupted("its parts are of different moments".to_owned()).into());
    let database = opened.unwrap_or_else(inconsistent).map_err(|e| (e.into(), ending.get()))?;
    health.repaired();
    Ok(Open { database: Arc::new(database), health })
}

/// Memory for opened pages, in bytes; sealed ones are cached by the operating system.
fn cache(home: Home) -> usize {
    match home {
        Home::Studio => 8 << 20,
        Home::Workspace => 32 << 20,
    }
}
