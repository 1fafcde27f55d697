//! All that is open while the studio is unlocked: files, keys, queue, feed, clock. Handed on inside of acts only.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::access::standing::Scope;
use super::error::{Error, Result};
use super::feed::Feed;
use super::jobs::queue::Queue;
use super::models::card::Shelf;
use super::models::desk::Desk;
use super::rewrites;
use super::throttle::Throttle;
use crate::base::clock::Clock;
use crate::base::entropy::Entropy;
use crate::base::id::{AccountId, WorkspaceId};
use crate::crypto::{FileKey, Signer, WorkspaceKey};
use crate::search::{self, Index};
use crate::store::blobs::Blobs;
use crate::store::folder::Folder;
use crate::store::keys::Keyring;
use crate::store::{File, Home, ReadDoor, WriteDoor};

/// The two doors of one file of rows.
pub(crate) struct Doors {
    pub(crate) read: ReadDoor,
    pub(crate) write: WriteDoor,
}

/// One open workspace.
pub(crate) struct Room {
    pub(crate) doors: Doors,
    pub(crate) blobs: Blobs,
    pub(crate) index: Index,
}

impl Room {
    /// Opens what is there, or makes it when `fresh`.
    pub(crate) fn open(folder: &Folder, id: WorkspaceId, key: &WorkspaceKey, fresh: bool) -> Result<Room> {
        let rows = key.file("rows")?;
        let (read, write) = if fresh {
            folder.make_workspace(id)?;
            File::create(&folder.rows(id), &rows, Home::Workspace)?
        } else {
            File::open(&folder.rows(id), &rows, Home::Workspace)?
        };
        Ok(Room {
            doors: Doors { read, write },
            blobs: Blobs::open(&folder.blobs(id), key.file("blobs")?)?,
            index: open_index(&folder.index(id), &key.file("index")?)?,
        })
    }
}

/// A damaged index costs nothing but time: it begins empty and is filled from the rows again.
fn open_index(dir: &Path, key: &FileKey) -> Result<Index> {
    match Index::open(dir, key) {
        Err(error) if error.kind() == search::Kind::Damaged => Ok(Index::anew(dir, key)?),
        opened => Ok(opened?),
    }
}

pub(crate) struct House {
    pub(crate) folder: Arc<Folder>,
    pub(crate) keys: Keyring,
    pub(crate) signer: Signer,
    pub(crate) studio: Doors,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) shelf: Arc<dyn Shelf>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) feed: Feed,
    pub(crate) queue: Queue,
    pub(crate) imports: Desk,
    pub(crate) rewrites: rewrites::desk::Desk,
    rooms: RwLock<BTreeMap<WorkspaceId, Arc<Room>>>,
    names: Mutex<HashMap<AccountId, String>>,
}

/// What a house is made of; the rest begins empty.
pub(crate) struct Parts {
    pub(crate) folder: Arc<Folder>,
    pub(crate) keys: Keyring,
    pub(crate) studio: Doors,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) shelf: Arc<dyn Shelf>,
    pub(crate) throttle: Arc<Throttle>,
}

impl House {
    pub(crate) fn new(parts: Parts) -> Result<House> {
        let now = parts.clock.now();
        let first = u64::try_from(now.0).unwrap_or(1);
        Ok(House {
            signer: parts.keys.signer()?,
            folder: parts.folder,
            keys: parts.keys,
            studio: parts.studio,
            clock: parts.clock,
            entropy: parts.entropy,
            shelf: parts.shelf,
            throttle: parts.throttle,
            feed: Feed::new(first),
            queue: Queue::default(),
            imports: Desk::default(),
            rewrites: rewrites::desk::Desk::new(now),
            rooms: RwLock::default(),
            names: Mutex::default(),
        })
    }

    /// An open workspace. One whose files are damaged is not here, and does not keep the others shut.
    pub(crate) fn room(&self, workspace: WorkspaceId) -> Result<Arc<Room>> {
        let rooms = self.rooms.read().unwrap_or_else(PoisonError::into_inner);
        rooms.get(&workspace).cloned().ok_or_else(|| Error::Unavailable {
            code: "workspace_closed",
            sentence: "This workspace could not be opened; ask the operator to run `dreamomni2 doctor`".to_owned(),
        })
    }

    pub(crate) fn rooms(&self) -> Vec<(WorkspaceId, Arc<Room>)> {
        let rooms = self.rooms.read().unwrap_or_else(PoisonError::into_inner);
        rooms.iter().map(|(id, room)| (*id, room.clone())).collect()
    }

    pub(crate) fn add_room(&self, workspace: WorkspaceId, room: Room) {
        self.rooms.write().unwrap_or_else(PoisonError::into_inner).insert(workspace, Arc::new(room));
    }

    /// The name under which a scope's chain is signed.
    pub(crate) fn chain(scope: Scope) -> String {
        match scope {
            Scope::Studio | Scope::People(_) => "studio".to_owned(),
            Scope::Work(workspace) => workspace.to_string(),
        }
    }

    pub(crate) fn name(&self, account: AccountId) -> Option<String> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).get(&account).cloned()
    }

    pub(crate) fn keep_name(&self, account: AccountId, name: String) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(account, name);
    }
}
