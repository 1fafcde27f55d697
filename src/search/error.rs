//! Why a search or a change of the index did not happen.

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
