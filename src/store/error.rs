//! What can go wrong between a row and the disk, each with a sentence and a stable code.

use std::io;
use std::path::PathBuf;

use crate::crypto;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a caller has to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is not there.
    Missing,
    /// The key, passphrase or request is not acceptable as it is; asking again will not help.
    Refused,
    /// Another server or transaction has it.
    Busy,
    /// The disk has no room: free some and ask again.
    Full,
    /// Stored bytes are not what was written.
    Damaged,
    /// The disk or the machine failed, or the program is wrong.
    Broken,
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing of the write was kept; later writes work again once there is room.
    #[error("the disk is full, so nothing was saved; free some space where the data folder is and try again")]
    DiskFull,
    #[error("{0} is missing; put it back from a backup, or check that --data names the right folder")]
    Missing(PathBuf),
    #[error("{0} is there already and will not be overwritten; choose another place or move it away")]
    Exists(PathBuf),
    #[error("{path} is damaged ({what}); restore it from a backup")]
    Damaged { path: PathBuf, what: String },
    #[error(
        "{0} cannot be opened with this key: it belongs to another studio or workspace, or its first bytes are damaged"
    )]
    WrongKey(PathBuf),
    #[error("{path} was written by a newer version (format {found}, this version reads {known}); upgrade to open it")]
    TooNew { path: PathBuf, found: u8, known: u8 },
    #[error(
        "another dreamomni2 (process {pid}) already uses the data folder {folder}; stop it or choose another --data folder"
    )]
    FolderInUse { folder: PathBuf, pid: String },
    #[error("a row of the table {table} cannot be read: {why}; run `dreamomni2 doctor`")]
    BadRow { table: &'static str, why: String },
    /// A bug in the caller: studio tables live in the studio's file, workspace tables in a workspace's.
    #[error("the table {table} does not belong into this file; please report this")]
    ForeignTable { table: &'static str },
    #[error("no key can be unlocked by {0}; choose one of the methods that were set up")]
    NoSuchMethod(&'static str),
    #[error("the last way to unlock cannot be removed; add another one first")]
    LastMethod,
    #[error("the key of workspace {0} is gone: it was shredded, or its key files are missing")]
    NoWorkspaceKey(String),
    #[error("{0} was set up before; it is never set up again. To start over, name another --data folder")]
    NotFresh(PathBuf),
    #[error("the key file {0} may be read by everybody on this machine; run `chmod 600` on it and try again")]
    KeyFileOpenToAll(PathBuf),
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
    #[error("{what} failed on {path}: {source}")]
    Io { what: &'static str, path: PathBuf, source: io::Error },
    #[error("stored rows are damaged: {0}; restore them from a backup")]
    RowsDamaged(String),
    #[error("the database stopped: {0}; restart the studio, and restore a backup if it happens again")]
    Database(String),
}

impl Error {
    pub fn kind(&self) -> Kind {
        match self {
            Error::Missing(_) | Error::NoWorkspaceKey(_) => Kind::Missing,
            Error::Exists(_)
            | Error::WrongKey(_)
            | Error::TooNew { .. }
            | Error::NoSuchMethod(_)
            | Error::LastMethod
            | Error::NotFresh(_)
            | Error::KeyFileOpenToAll(_) => Kind::Refused,
            Error::FolderInUse { .. } => Kind::Busy,
            Error::DiskFull => Kind::Full,
            Error::Damaged { .. } | Error::RowsDamaged(_) | Error::BadRow { .. } => Kind::Damaged,
            Error::Crypto(e) => match e.kind() {
                crypto::Kind::Refused => Kind::Refused,
                crypto::Kind::Damaged => Kind::Damaged,
                crypto::Kind::Broken => Kind::Broken,
            },
            Error::ForeignTable { .. } | Error::Io { .. } | Error::Database(_) => Kind::Broken,
        }
    }

    /// Stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::DiskFull => "disk_full",
            Error::Missing(_) => "file_missing",
            Error::Exists(_) => "file_exists",
            Error::Damaged { .. } => "file_damaged",
            Error::RowsDamaged(_) => "rows_damaged",
            Error::WrongKey(_) => "wrong_key",
            Error::TooNew { .. } => "format_too_new",
            Error::FolderInUse { .. } => "folder_in_use",
            Error::BadRow { .. } => "row_damaged",
            Error::ForeignTable { .. } => "foreign_table",
            Error::NoSuchMethod(_) => "no_such_unlock_method",
            Error::LastMethod => "last_unlock_method",
            Error::NoWorkspaceKey(_) => "workspace_key_missing",
            Error::NotFresh(_) => "folder_not_fresh",
            Error::KeyFileOpenToAll(_) => "key_file_open_to_all",
            Error::Crypto(e) => e.code(),
            Error::Io { .. } => "disk_failed",
            Error::Database(_) => "database_failed",
        }
    }

    /// A full disk is named whatever was being done; the rest keeps its place and cause.
    pub(crate) fn io(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
        let path = path.into();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DiskFull,
            io::ErrorKind::NotFound => Error::Missing(path),
            io::ErrorKind::InvalidData => Error::Damaged { path, what: source.to_string() },
            _ => Error::Io { what, path, source },
        }
    }
}

pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// redb's errors are split by operation; for us only a full disk differs from the rest.
fn from_redb(error: redb::Error) -> Error {
    match error {
        redb::Error::Io(e) if is_full(&e) => Error::DiskFull,
        redb::Error::Io(e) if matches!(e.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) => {
            Error::RowsDamaged(e.to_string())
        }
        redb::Error::Corrupted(what) => Error::RowsDamaged(what),
        other => Error::Database(other.to_string()),
    }
}

macro_rules! from_redb {
    ($($kind:ident),*) => {$(
        impl From<redb::$kind> for Error {
            fn from(e: redb::$kind) -> Self {
                from_redb(e.into())
            }
        }
    )*};
}
from_redb!(StorageError, TableError, TransactionError, CommitError, DatabaseError);
