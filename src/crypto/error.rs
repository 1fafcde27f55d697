//! Why sealing or opening failed, each with a sentence and a stable code.

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a caller has to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The key, passphrase, name or text is not acceptable; bring another.
    Refused,
    /// The sealed bytes are not what was sealed.
    Damaged,
    /// The cipher library or the disk failed.
    Broken,
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("this passphrase does not unlock the studio; check for typing errors and the keyboard layout")]
    WrongPassphrase,
    #[error("this key does not unlock the studio; it belongs to another one, or was replaced by a newer key")]
    WrongIdentity,
    #[error("this is not a key: one looks like AGE-SECRET-KEY-1…, with nothing left out")]
    MalformedIdentity,
    #[error("the passphrase has {0} characters; use at least 12")]
    ShortPassphrase(usize),
    #[error("{0} cannot be opened: its bytes were changed, cut short, or sealed with another key")]
    Damaged(&'static str),
    #[error("{what} has format {found}; this version reads {known}. Upgrade to open it")]
    TooNew { what: &'static str, found: u8, known: u8 },
    #[error(
        "the studio's certificate authority may not vouch for \"{0}\"; it is limited to private addresses and the names it was made for"
    )]
    NameOutside(String),
    #[error("\"{0}\" is not a host name a certificate can carry")]
    BadName(String),
    #[error("the certificate could not be made: {0}")]
    Certificate(String),
    #[error("the cipher library failed at {0}; this machine may lack memory")]
    Library(&'static str),
}

impl Error {
    pub fn kind(&self) -> Kind {
        match self {
            Error::WrongPassphrase
            | Error::WrongIdentity
            | Error::MalformedIdentity
            | Error::ShortPassphrase(_)
            | Error::TooNew { .. }
            | Error::NameOutside(_)
            | Error::BadName(_) => Kind::Refused,
            Error::Damaged(_) => Kind::Damaged,
            Error::Certificate(_) | Error::Library(_) => Kind::Broken,
        }
    }

    /// Stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::WrongPassphrase => "wrong_passphrase",
            Error::WrongIdentity => "wrong_key",
            Error::MalformedIdentity => "key_malformed",
            Error::ShortPassphrase(_) => "passphrase_too_short",
            Error::Damaged(_) => "sealed_data_damaged",
            Error::TooNew { .. } => "format_too_new",
            Error::NameOutside(_) => "name_outside_authority",
            Error::BadName(_) => "host_name_malformed",
            Error::Certificate(_) => "certificate_failed",
            Error::Library(_) => "cipher_failed",
        }
    }
}
