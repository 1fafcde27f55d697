//! Why the studio says no: one list of situations, each with a sentence, a kind and a stable code.

use std::time::Duration;

use super::recipes::fault::{CellValue, Faults};
use crate::base::id::BadId;
use crate::base::text::BadText;
use crate::{crypto, media, search, store};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of no it is; the door turns it into a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was sent cannot be used; sending it again will not help.
    Invalid,
    /// Nobody is signed in, or not any more.
    SignedOut,
    /// The caller may not; the sentence says who can.
    Refused,
    NotFound,
    /// More bytes or pixels than are taken.
    TooLarge,
    /// Somebody else was quicker, or the thing is in another state.
    Conflict,
    TooMany,
    /// The studio is sealed; unlock it first.
    Locked,
    /// It was there, and will not come back.
    Gone,
    /// For now; trying again later may help.
    Unavailable,
    /// A fault of ours: logged in full, told as a number.
    Internal,
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error(transparent)]
    Text(#[from] BadText),
    #[error(transparent)]
    Id(#[from] BadId),
    #[error(transparent)]
    Recipe(#[from] Faults),
    #[error("{sentence}")]
    Invalid { field: &'static str, code: &'static str, sentence: String },
    #[error("You are not signed in, or your session has ended. Please sign in again")]
    SignedOut,
    /// One text for every failed sign-in, so that nobody learns which accounts exist.
    #[error("This e-mail address and password do not belong together. Please check both and try again")]
    WrongPassword,
    /// Says who can, by role and where possible by name.
    #[error("You are {you} here and may not {says}; that is for: {who}{ask}")]
    Refused { says: &'static str, you: &'static str, who: String, ask: String },
    #[error("There is no {what} of that name here, or you have no access to it")]
    NotFound { what: &'static str },
    #[error("{sentence}")]
    Conflict { code: &'static str, sentence: String },
    #[error("Too many attempts. Please wait {} seconds and try again", .wait.as_secs().max(1))]
    TooMany { wait: Duration },
    #[error("The studio is locked. A person with the passphrase or the key file must unlock it first")]
    Locked,
    #[error("The studio is not set up yet. Run `dreamomni2 setup-url` on the server for a set-up code")]
    NotSetUp,
    #[error("The studio is in recovery: {0}. Nothing is changed until a person at the server restores it")]
    Recovery(String),
    #[error("{sentence}")]
    Gone { code: &'static str, sentence: String },
    #[error("{sentence}")]
    Unavailable { code: &'static str, sentence: String },
    #[error(transparent)]
    Media(#[from] media::Error),
    #[error(transparent)]
    Search(#[from] search::Error),
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
    #[error(transparent)]
    Store(#[from] store::Error),
    /// An impossible state or a failing disk; the text is for the log.
    #[error("The studio could not read or write its data: {0}")]
    Broken(String),
}

impl Error {
    pub fn kind(&self) -> Kind {
        match self {
            Error::Text(_) | Error::Id(_) | Error::Recipe(_) | Error::Invalid { .. } => Kind::Invalid,
            Error::SignedOut | Error::WrongPassword => Kind::SignedOut,
            Error::Refused { .. } => Kind::Refused,
            Error::NotFound { .. } => Kind::NotFound,
            Error::Conflict { .. } => Kind::Conflict,
            Error::TooMany { .. } => Kind::TooMany,
            Error::Locked => Kind::Locked,
            Error::Gone { .. } => Kind::Gone,
            Error::NotSetUp | Error::Recovery(_) | Error::Unavailable { .. } => Kind::Unavailable,
            Error::Media(e) => match e.kind() {
                media::Kind::Refused => Kind::Invalid,
                media::Kind::TooLarge => Kind::TooLarge,
                media::Kind::Missing => Kind::NotFound,
                media::Kind::Internal => Kind::Internal,
            },
            Error::Search(e) => match e.kind() {
                search::Kind::Refused => Kind::Invalid,
                search::Kind::Damaged => Kind::Unavailable,
                search::Kind::Internal => Kind::Internal,
            },
            Error::Crypto(e) => match e.kind() {
                crypto::Kind::Refused => Kind::Invalid,
                crypto::Kind::Damaged | crypto::Kind::Broken => Kind::Internal,
            },
            Error::Store(e) => match e.kind() {
                store::Kind::Full | store::Kind::Busy => Kind::Unavailable,
                store::Kind::Refused if matches!(e, store::Error::Crypto(_)) => Kind::Invalid,
                _ => Kind::Internal,
            },
            Error::Broken(_) => Kind::Internal,
        }
    }

    /// Stable word for programs; never translated, never reused.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Text(bad) => bad.code(),
            Error::Id(_) => "id_malformed",
            Error::Recipe(faults) => faults.code(),
            Error::Invalid { code, .. }
            | Error::Conflict { code, .. }
            | Error::Gone { code, .. }
            | Error::Unavailable { code, .. } => code,
            Error::SignedOut => "signed_out",
            Error::WrongPassword => "wrong_password",
            Error::Refused { .. } => "refused",
            Error::NotFound { .. } => "not_found",
            Error::TooMany { .. } => "too_many_attempts",
            Error::Locked => "locked",
            Error::NotSetUp => "not_set_up",
            Error::Recovery(_) => "recovery",
            Error::Media(e) => e.code(),
            Error::Search(e) => e.code(),
            Error::Crypto(e) => e.code(),
            Error::Store(e) => e.code(),
            Error::Broken(_) => "broken",
        }
    }

    /// The fields that were wrong, each with its own sentence.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            Error::Recipe(faults) => faults.0.iter().map(|f| (f.field(), f.to_string())).collect(),
            Error::Invalid { field, sentence, .. } => vec![(field, sentence.clone())],
            Error::Search(search::Error::Query(bad)) => vec![("q", bad.to_string())],
            _ => Vec::new(),
        }
    }

    /// Which cell of a grid the code is about; empty where it is about no single one.
    pub fn cell(&self) -> &[CellValue] {
        if let Error::Recipe(faults) = self { faults.cell() } else { &[] }
    }

    /// How long to wait before trying again, where that is known.
    pub fn wait(&self) -> Option<Duration> {
        if let Error::TooMany { wait } = self { Some(*wait) } else { None }
    }
}
