//! Why a search or a change of the index did not happen.

use std::io;

use tantivy::TantivyError;
use tantivy::directory::error::OpenReadError;

use super::query::BadQuery;

/// Every refusal of this floor; the text says what happened and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error(transparent)]
    Query(#[from] BadQuery),
    #[error("This place in the results is not known here; please search again from the start")]
    Cursor,
    #[error("The search index is damaged or was sealed with another key ({0}); it can be rebuilt from the rows")]
    Damaged(String),
    #[error("The search index could not be read or written: {0}")]
    Io(String),
}

/// Whose turn it is after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The question cannot be understood; the person can change it.
    Refused,
    /// The index must be rebuilt; the rows are not touched.
    Damaged,
    /// Nothing the person did; the log says more.
    Internal,
}

impl Error {
    pub fn kind(&self) -> Kind {
        match self {
            Error::Query(_) | Error::Cursor => Kind::Refused,
            Error::Damaged(_) => Kind::Damaged,
            Error::Io(_) => Kind::Internal,
        }
    }

    /// Stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Query(bad) => bad.code(),
            Error::Cursor => "search_cursor",
            Error::Damaged(_) => "search_index_damaged",
            Error::Io(_) => "search_index_io",
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Error::Damaged(error.to_string()),
            _ => Error::Io(error.to_string()),
        }
    }
}

impl From<OpenReadError> for Error {
    fn from(error: OpenReadError) -> Self {
        match error {
            // A file that the index names is gone.
            OpenReadError::FileDoesNotExist(path) => Error::Damaged(format!("{} is missing", path.display())),
            OpenReadError::IoError { io_error, .. } => shared(&io_error),
            OpenReadError::IncompatibleIndex(_) => Error::Damaged("another version wrote it".to_owned()),
        }
    }
}

impl From<TantivyError> for Error {
    fn from(error: TantivyError) -> Self {
        match error {
            TantivyError::OpenReadError(error) => error.into(),
            TantivyError::IoError(error) => shared(&error),
            TantivyError::DataCorruption(_)
            | TantivyError::IncompatibleIndex(_)
            | TantivyError::SchemaError(_)
            | TantivyError::DeserializeError(_)
            | TantivyError::FieldNotFound(_) => Error::Damaged(error.to_string()),
            other => Error::Io(other.to_string()),
        }
    }
}

/// The engine shares its errors and cannot give them away.
fn shared(error: &io::Error) -> Error {
    io::Error::new(error.kind(), error.to_string()).into()
}
