//! The data folder: what lies where, who uses it, and whether it was set up.
//!
//! ```text
//! DATA/ lock              held by the one server that uses the folder; its process number inside
//!       keys/             see store::keys; `began` is there while a set-up is on its way
//!       studio.redb       the studio's sealed rows
//!       workspaces/ws_…/  rows.redb  index/  blobs/xx/…   sealed with the workspace's own key
//!       models/           packages, data only
//!       imports/          packages as they are being received, each in a folder of its own
//!       tls/              the authority and certificate: readable while locked
//!       run/              sockets and scratch, emptied at every start
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::disk;
use super::error::{Error, Result};
use super::keys::Keyring;
use crate::base::id::WorkspaceId;

/// What a folder is ready for, before any key is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing is here: the first-run wizard may start.
    Setup,
    /// Something that was set up is not whole; the wizard stays shut. Says what is missing.
    Recovery(String),
    /// Set up and waiting for a key.
    Locked,
}

/// Room on the disk, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    pub free: u64,
    pub total: u64,
}

/// A data folder that this process alone uses.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder if needed and takes its lock; refuses when another server has it.
    pub fn open(root: &Path) -> Result<Folder> {
        disk::make_folder(root)?;
        let root = fs::canonicalize(root).map_err(Error::io("finding", root))?;
        let lock = lock(&root)?;
        let folder = Folder { root, _lock: lock };
        match fs::remove_dir_all(folder.run()) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(Error::io("emptying", folder.run())(e)),
            _ => {}
        }
        for part in [folder.keys(), folder.workspaces(), folder.models(), folder.imports(), folder.tls(), folder.run()]
        {
            disk::make_folder(&part)?;
        }
        Ok(folder)
    }

    /// What the folder is ready for.
    pub fn phase(&self) -> Result<Phase> {
        let marker = there(&self.marker())?;
        let rows = there(&self.studio())?;
        let keys = !Keyring::methods(&self.keys())?.is_empty();
        let contents = rows || !is_empty(&self.workspaces())?;
        let missing = |what: &str| Ok(Phase::Recovery(format!("{what}; put it back from a backup")));
        match (marker, keys, rows) {
            (true, true, true) => Ok(Phase::Locked),
            (true, true, false) => missing("this studio was set up, but its database studio.redb is missing"),
            (true, false, _) => missing("this studio was set up, but the unlock files in its keys folder are missing"),
            // A set-up that never ended: nothing was promised to anybody yet.
            (false, ..) if there(&self.began())? => Ok(Phase::Setup),
            (false, false, _) if !contents => Ok(Phase::Setup),
            (false, false, _) => missing("there is a database, but the keys folder is missing"),
            (false, true, false) => missing("there are keys, but the database studio.redb is missing"),
            (false, true, true) => missing("the file keys/marker is missing"),
        }
    }

    /// Begins a set-up: only in [`Phase::Setup`]; clears what a set-up that never ended left.
    pub fn begin_setup(&self) -> Result<()> {
        if self.phase()? != Phase::Setup {
            return Err(Error::NotFresh(self.root.clone()));
        }
        // Written first: whatever follows is then known to be unfinished.
        disk::replace(&self.began(), b"")?;
        for part in [self.workspaces(), self.keys().join("workspaces")] {
            match fs::remove_dir_all(&part) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(Error::io("clearing", part)(e)),
                _ => disk::make_folder(&part)?,
            }
        }
        for entry in fs::read_dir(self.keys()).map_err(Error::io("listing", self.keys()))? {
            let path = entry.map_err(Error::io("listing", self.keys()))?.path();
            if path.extension().is_some_and(|e| e == "age" || e == "new") {
                remove(&path)?;
            }
        }
        remove(&self.studio())
    }

    /// Ends a set-up for good: from here on this folder is never fresh again.
    pub fn finish_setup(&self, keys: &Keyring) -> Result<()> {
        disk::replace(&self.marker(), &keys.marker()?)?;
        remove(&self.began())?;
        disk::sync_folder_of(&self.began())
    }

    /// Checks after unlocking that marker and keys belong together.
    pub fn check_marker(&self, keys: &Keyring) -> Result<()> {
        keys.check_marker(&fs::read(self.marker()).map_err(Error::io("reading", self.marker()))?)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The studio's rows.
    pub fn studio(&self) -> PathBuf {
        self.root.join("studio.redb")
    }

    pub fn models(&self) -> PathBuf {
        self.root.join("models")
    }

    /// What is received of models; it outlives a stop of the server, so that the rest need only follow.
    pub fn imports(&self) -> PathBuf {
        self.root.join("imports")
    }

    /// Certificates: readable while locked, because TLS must answer then.
    pub fn tls(&self) -> PathBuf {
        self.root.join("tls")
    }

    /// Sockets and scratch; emptied at every start.
    pub fn run(&self) -> PathBuf {
        self.root.join("run")
    }

    pub fn rows(&self, workspace: WorkspaceId) -> PathBuf {
        self.workspace(workspace).join("rows.redb")
    }

    pub fn index(&self, workspace: WorkspaceId) -> PathBuf {
        self.workspace(workspace).join("index")
    }

    pub fn blobs(&self, workspace: WorkspaceId) -> PathBuf {
        self.workspace(workspace).join("blobs")
    }

    /// Makes the folder of a new workspace.
    pub fn make_workspace(&self, workspace: WorkspaceId) -> Result<()> {
        disk::make_folder(&self.blobs(workspace))?;
        disk::make_folder(&self.index(workspace))?;
        disk::sync_folder_of(&self.workspace(workspace))
    }

    /// Unlinks everything of a workspace; shred its key first.
    pub fn remove_workspace(&self, workspace: WorkspaceId) -> Result<()> {
        let path = self.workspace(workspace);
        match fs::remove_dir_all(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::io("removing", path)(e)),
            _ => disk::sync_folder_of(&path),
        }
    }

    pub fn space(&self) -> Result<Space> {
        let told = rustix::fs::statvfs(&self.root).map_err(|e| Error::io("measuring", &self.root)(e.into()))?;
        Ok(Space { free: told.f_bavail * told.f_frsize, total: told.f_blocks * told.f_frsize })
    }

    /// Bytes that the folder takes on disk.
    pub fn used(&self) -> Result<u64> {
        used(&self.root).map_err(Error::io("measuring", &self.root))
    }

    /// Bytes that one workspace takes of it.
    pub fn used_by(&self, workspace: WorkspaceId) -> Result<u64> {
        let folder = self.workspace(workspace);
        used(&folder).map_err(Error::io("measuring", &folder))
    }

    fn workspaces(&self) -> PathBuf {
        self.root.join("workspaces")
    }

    fn workspace(&self, workspace: WorkspaceId) -> PathBuf {
        self.workspaces().join(workspace.to_string())
    }

    fn marker(&self) -> PathBuf {
        self.keys().join("marker")
    }

    fn began(&self) -> PathBuf {
        self.keys().join("began")
    }
}

fn there(path: &Path) -> Result<bool> {
    path.try_exists().map_err(Error::io("looking at", path))
}

fn is_empty(folder: &Path) -> Result<bool> {
    Ok(fs::read_dir(folder).map_err(Error::io("listing", folder))?.next().is_none())
}

fn lock(root: &Path) -> Result<File> {
    let path = root.join("lock");
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
    let mut file = opened.map_err(Error::io("opening", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let _ = file.read_to_string(&mut pid);
            let pid = if pid.trim().is_empty() { "unknown".to_owned() } else { pid.trim().to_owned() };
            return Err(Error::FolderInUse { folder: root.to_owned(), pid });
        }
        Err(TryLockError::Error(e)) => return Err(Error::io("locking", path)(e)),
    }
    let write = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
    write.map_err(Error::io("writing", &path))?;
    Ok(file)
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::io("removing", path)(e)),
        _ => Ok(()),
    }
}

fn used(folder: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // What vanishes while we look takes no room.
        let Ok(told) = entry.metadata() else { continue };
        sum += if told.is_dir() { used(&entry.path())? } else { told.blocks() * 512 };
    }
    Ok(sum)
}
