//! What can go wrong between the queue and a worker process.

use std::io;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The job goes back to the queue: it is not known to be at fault.
    #[error("the worker process ended in the middle of the work ({0}); the job will be tried again")]
    Died(String),
    #[error("the worker process did not start: {0}")]
    NotStarted(io::Error),
    #[error("the worker process said something unexpected; restart the studio, and report it if it happens again")]
    Garbled,
    /// The worker refused or failed the order, with its own code and sentence.
    #[error("{sentence}")]
    Failed { code: String, sentence: String },
    #[error("the work was stopped, as asked")]
    Cancelled,
}

impl Error {
    /// Stable word for programs.
    pub fn code(&self) -> &str {
        match self {
            Error::Died(_) => "worker_died",
            Error::NotStarted(_) => "worker_not_started",
            Error::Garbled => "worker_garbled",
            Error::Failed { code, .. } => code,
            Error::Cancelled => "cancelled",
        }
    }

    /// Whether the worker is of no more use.
    pub fn lost(&self) -> bool {
        matches!(self, Error::Died(_) | Error::NotStarted(_) | Error::Garbled)
    }
}
