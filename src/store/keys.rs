//! The keys folder: ways to unlock the root key, and the workspace keys it wraps.
//!
//! ```text
//! keys/passphrase.age  key-file.age  recovery.age     the same root key, one way each (age v1)
//! keys/marker                                         "this folder was set up", sealed by the root key
//! keys/workspaces/ws_….a  ws_….b                      one workspace's keys, the newer of two copies:
//!      "DO2WKEY\0" version reserved[7] sequence:u64 | sealed: (number:u32 key[32]) …, newest last
//! ```

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk;
use super::error::{Error, Result};
use super::wrapped;
use crate::base::entropy::Entropy;
use crate::base::id::WorkspaceId;
use crate::base::secret::Secret;
use crate::crypto::{FileKey, RootKey, Signer, WorkspaceKey, aead, unlock};

/// A way to get at the root key. Each is one age file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Passphrase,
    KeyFile,
    Recovery,
}

impl Method {
    const ALL: [Method; 3] = [Method::Passphrase, Method::KeyFile, Method::Recovery];

    pub fn name(self) -> &'static str {
        match self {
            Method::Passphrase => "passphrase",
            Method::KeyFile => "key file",
            Method::Recovery => "recovery key",
        }
    }

    fn place(self, folder: &Path) -> PathBuf {
        folder.join(match self {
            Method::Passphrase => "passphrase.age",
            Method::KeyFile => "key-file.age",
            Method::Recovery => "recovery.age",
        })
    }
}

/// What somebody brings to unlock.
#[derive(Clone, Debug)]
pub enum Unlock {
    Passphrase(Secret),
    KeyFile(PathBuf),
    Recovery(Secret),
}

impl Unlock {
    pub fn method(&self) -> Method {
        match self {
            Unlock::Passphrase(_) => Method::Passphrase,
            Unlock::KeyFile(_) => Method::KeyFile,
            Unlock::Recovery(_) => Method::Recovery,
        }
    }
}

/// The unlocked keys of a studio.
pub struct Keyring {
    folder: PathBuf,
    root: RootKey,
}

impl Keyring {
    /// The passphrase's scrypt work as a power of two; only tests choose less.
    pub const HARDNESS: u8 = 16;

    /// New keys in a folder without any, unlocked by `first`. A key file is made where `first`
    /// says, or used if it is there. The second answer is the recovery key, to be shown once.
    pub fn create(folder: &Path, first: &Unlock, hardness: u8) -> Result<(Keyring, Secret)> {
        disk::make_folder(&folder.join("workspaces"))?;
        if let Some(method) = Keyring::methods(folder)?.first() {
            return Err(Error::Exists(method.place(folder)));
        }
        let keys = Keyring { folder: folder.to_owned(), root: RootKey::random(&Entropy::system()) };
        keys.set(first, hardness)?;
        let recovery = keys.renew_recovery()?;
        Ok((keys, recovery))
    }

    /// Which methods a locked folder offers.
    pub fn methods(folder: &Path) -> Result<Vec<Method>> {
        let there = |method: &Method| method.place(folder).try_exists().map_err(Error::io("looking at", folder));
        Method::ALL.into_iter().filter_map(|m| there(&m).map(|yes| yes.then_some(m)).transpose()).collect()
    }

    /// Unlocks, or says in a sentence why not.
    pub fn unlock(folder: &Path, with: &Unlock) -> Result<Keyring> {
        let place = with.method().place(folder);
        let file = match fs::read(&place) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(Error::NoSuchMethod(with.method().name())),
            read => read.map_err(Error::io("reading", &place))?,
        };
        let root = match with {
            Unlock::Passphrase(passphrase) => unlock::unwrap_by_passphrase(&file, passphrase),
            Unlock::KeyFile(path) => unlock::unwrap_by_identity(&file, &read_key_file(path)?),
            Unlock::Recovery(identity) => unlock::unwrap_by_identity(&file, identity),
        }?;
        Ok(Keyring { folder: folder.to_owned(), root })
    }

    /// Adds a method or replaces the one of its kind, at once: either the old one unlocks or the new.
    pub fn set(&self, method: &Unlock, hardness: u8) -> Result<()> {
        let file = match method {
            Unlock::Passphrase(passphrase) => unlock::wrap_by_passphrase(&self.root, passphrase, hardness),
            Unlock::KeyFile(path) => unlock::wrap_by_identity(&self.root, &make_key_file(path)?),
            Unlock::Recovery(identity) => unlock::wrap_by_identity(&self.root, identity),
        }?;
        disk::replace(&method.method().place(&self.folder), &file)
    }

    /// A new recovery key, to be shown once; the one before it no longer unlocks.
    pub fn renew_recovery(&self) -> Result<Secret> {
        let identity = unlock::new_identity();
        self.set(&Unlock::Recovery(identity.clone()), 0)?;
        Ok(identity)
    }

    /// Takes a way to unlock away; the last one stays.
    pub fn remove(&self, method: Method) -> Result<()> {
        let methods = Keyring::methods(&self.folder)?;
        if !methods.contains(&method) {
            return Err(Error::NoSuchMethod(method.name()));
        }
        if methods.len() == 1 {
            return Err(Error::LastMethod);
        }
        let place = method.place(&self.folder);
        fs::remove_file(&place).map_err(Error::io("removing", &place))?;
        disk::sync_folder_of(&place)
    }

    /// The key of `studio.redb`.
    pub fn studio(&self) -> Result<FileKey> {
        Ok(self.root.derive(b"", "dreamomni2 studio rows v1")?)
    }

    /// What wraps the keys of sealed models.
    pub fn models(&self) -> Result<FileKey> {
        Ok(self.root.derive(b"", "dreamomni2 models v1")?)
    }

    /// Signs checkpoints of audit chains.
    pub fn signer(&self) -> Result<Signer> {
        Ok(Signer::new(&self.root)?)
    }

    /// Makes the key of a new workspace.
    pub fn make(&self, workspace: WorkspaceId) -> Result<WorkspaceKey> {
        let key = WorkspaceKey::random(&Entropy::system());
        wrapped::make(&self.workspaces_folder(), workspace, &self.wrapping()?, &key)?;
        Ok(key)
    }

    /// The newest key of a workspace.
    pub fn workspace(&self, workspace: WorkspaceId) -> Result<WorkspaceKey> {
        let mut all = self.all_of(workspace)?;
        all.pop().map(|(_, key)| key).ok_or_else(|| Error::NoWorkspaceKey(workspace.to_string()))
    }

    /// Every key a workspace ever had, numbered, newest last: older files need older ones.
    pub fn all_of(&self, workspace: WorkspaceId) -> Result<Vec<(u32, WorkspaceKey)>> {
        Ok(wrapped::read(&self.workspaces_folder(), workspace, &self.wrapping()?)?.keys)
    }

    /// Gives the workspace a new key for what is written from now on.
    pub fn renew(&self, workspace: WorkspaceId) -> Result<WorkspaceKey> {
        let key = WorkspaceKey::random(&Entropy::system());
        wrapped::add(&self.workspaces_folder(), workspace, &self.wrapping()?, &key)?;
        Ok(key)
    }

    /// Every workspace that has a key here.
    pub fn workspaces(&self) -> Result<Vec<WorkspaceId>> {
        wrapped::list(&self.workspaces_folder())
    }

    /// Destroys the keys of a workspace: what they sealed can never be opened again, backups included.
    /// The copies are overwritten before they are unlinked; a disk that keeps old sectors to itself
    /// still has only bytes wrapped by the root key.
    pub fn shred(&self, workspace: WorkspaceId) -> Result<()> {
        wrapped::shred(&self.workspaces_folder(), workspace)
    }

    pub(super) fn marker(&self) -> Result<Vec<u8>> {
        Ok(aead::seal(&self.marker_key()?, b"marker", b"set up", &Entropy::system())?)
    }

    pub(super) fn check_marker(&self, marker: &[u8]) -> Result<()> {
        aead::open(&self.marker_key()?, b"marker", marker, "the set-up marker")?;
        Ok(())
    }

    fn marker_key(&self) -> Result<FileKey> {
        Ok(self.root.derive(b"", "dreamomni2 marker v1")?)
    }

    fn wrapping(&self) -> Result<FileKey> {
        Ok(self.root.derive(b"", "dreamomni2 workspace keys v1")?)
    }

    fn workspaces_folder(&self) -> PathBuf {
        self.folder.join("workspaces")
    }
}

fn make_key_file(path: &Path) -> Result<Secret> {
    if path.try_exists().map_err(Error::io("looking at", path))? {
        return read_key_file(path);
    }
    let identity = unlock::new_identity();
    disk::replace(path, format!("{}\n", identity.reveal()).as_bytes())?;
    Ok(identity)
}

fn read_key_file(path: &Path) -> Result<Secret> {
    let mode = fs::metadata(path).map_err(Error::io("looking at", path))?.permissions().mode();
    if mode & 0o007 != 0 {
        return Err(Error::KeyFileOpenToAll(path.to_owned()));
    }
    Ok(Secret::new(fs::read_to_string(path).map_err(Error::io("reading", path))?))
}
