//! The index of one workspace: documents in, hits out.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::error::Error;
use super::query::Query;
use crate::base::id::{AccountId, AssetId, RenderId};
use crate::crypto::FileKey;

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

/// Cheap to clone; reading never waits for writing.
#[derive(Clone)]
pub struct Index {}

/// Changes that become visible together. The memory for writing is held only as long as the batch lives.
pub struct Batch {}

impl Index {
    /// Opens the index in `dir`, or begins an empty one.
    pub fn open(dir: &Path, key: &FileKey) -> Result<Self, Error> {
        let _ = (dir, key);
        todo!()
    }

    pub fn find(&self, search: &Search) -> Result<Found, Error> {
        let _ = search;
        todo!()
    }

    /// How many documents there are, the bin included.
    pub fn count(&self) -> usize {
        todo!()
    }

    pub fn batch(&self) -> Result<Batch, Error> {
        todo!()
    }

    /// Takes documents out and rewrites every file that held their words: nothing of them stays on the disk.
    pub fn erase(&self, subjects: &[Subject]) -> Result<(), Error> {
        let _ = subjects;
        todo!()
    }

    /// Throws everything away and reads all documents again.
    pub fn rebuild(&self, docs: impl Iterator<Item = Doc>) -> Result<(), Error> {
        let _ = docs;
        todo!()
    }
}

impl Batch {
    /// Adds a document, or replaces the one of the same subject.
    pub fn put(&mut self, doc: &Doc) -> Result<(), Error> {
        let _ = doc;
        todo!()
    }

    pub fn remove(&mut self, subject: Subject) {
        let _ = subject;
        todo!()
    }

    /// Makes the changes durable and visible.
    pub fn commit(self) -> Result<(), Error> {
        todo!()
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = f;
        todo!()
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let _ = text;
        todo!()
    }
}
