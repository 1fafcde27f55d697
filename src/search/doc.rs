//! What is searched: one render or upload, and what is asked and answered about it.

use std::fmt;
use std::str::FromStr;

use super::error::Error;
use super::query::Query;
use crate::base::id::{AccountId, AssetId, Id, RenderId};

/// What a hit leads to. Newest first means by this id: it begins with the time it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Render(RenderId),
    Asset(AssetId),
}

/// Everything about one render or upload that can be searched for.
#[derive(Clone, Debug)]
pub struct Doc {
    pub subject: Subject,
    pub clip: bool,
    /// Of a render the prompt, of an upload its name.
    pub text: String,
    pub caption: String,
    pub negative: String,
    pub by: AccountId,
    pub by_name: String,
    /// The model's name; empty for an upload.
    pub model: String,
    /// Who marked it as a favourite.
    pub favourite_of: Vec<AccountId>,
    /// It lies in the bin.
    pub deleted: bool,
}

/// What the page asks for besides the words.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub only: Option<Only>,
    /// Only my favourites.
    pub favourite: bool,
    pub by: Option<AccountId>,
    /// Look into the bin instead of the gallery.
    pub deleted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    Renders,
    Assets,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Newest,
    Best,
}

/// One question of one person.
#[derive(Clone, Debug)]
pub struct Search {
    pub query: Query,
    pub filter: Filter,
    pub order: Order,
    /// Whose favourites are meant.
    pub me: AccountId,
    pub limit: usize,
    pub after: Option<Cursor>,
}

/// Where the next page begins; as text it goes through the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// Things older than this subject.
    Newest(Subject),
    /// So many best ones were seen.
    Best(u32),
}

#[derive(Clone, Debug)]
pub struct Found {
    pub hits: Vec<Subject>,
    /// All that the question finds, not only this page.
    pub total: usize,
    pub next: Option<Cursor>,
    /// Too little was found to the letter, so similar words were taken too.
    pub similar: bool,
}

impl Subject {
    /// As one number that sorts as the id does.
    pub(super) fn number(self) -> u128 {
        u128::from_be_bytes(match self {
            Subject::Render(id) => id.bytes(),
            Subject::Asset(id) => id.bytes(),
        })
    }

    pub(super) fn from_number(number: u128, asset: bool) -> Self {
        let bytes = number.to_be_bytes();
        if asset { Subject::Asset(AssetId::from_bytes(bytes)) } else { Subject::Render(RenderId::from_bytes(bytes)) }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Render(id) => id.fmt(f),
            Subject::Asset(id) => id.fmt(f),
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cursor::Newest(subject) => subject.fmt(f),
            Cursor::Best(seen) => write!(f, "best_{seen}"),
        }
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if let Some(seen) = text.strip_prefix("best_") {
            return seen.parse().map(Cursor::Best).map_err(|_| Error::Cursor);
        }
        let render = || text.parse().map(Subject::Render);
        let subject = render().or_else(|_| text.parse().map(Subject::Asset));
        subject.map(Cursor::Newest).map_err(|_| Error::Cursor)
    }
}
