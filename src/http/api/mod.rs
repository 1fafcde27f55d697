//! Handlers, one file per noun: each reads, runs one domain verb, answers.

pub mod state;

pub mod setup;

pub mod me;
pub mod tokens;

pub mod invitations;
pub mod workspaces;

pub mod imports;
pub mod models;

pub mod assets;
pub mod gallery;
pub mod grids;
pub mod jobs;
pub mod renders;
pub mod rewrites;

pub mod audit;
pub mod studio;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::page::Page;

/// A short list, whole.
#[derive(Serialize, ToSchema)]
pub struct Listed<T> {
    items: Vec<T>,
}

impl<T> Listed<T> {
    fn of<S>(found: Vec<S>, view: impl FnMut(S) -> T) -> Self {
        Listed { items: found.into_iter().map(view).collect() }
    }
}

/// One page of a long list; `next` is the `after` of the following one.
#[derive(Serialize, ToSchema)]
pub struct Paged<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T> Paged<T> {
    fn of<S>(page: Page<S>, view: impl FnMut(S) -> T) -> Self {
        Paged { items: page.items.into_iter().map(view).collect(), next: page.next }
    }
}

/// Which page of a list.
#[derive(Deserialize, IntoParams)]
pub struct Turn {
    /// 1 to 200; 50 when not told.
    limit: Option<usize>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Only what is in the bin.
    #[serde(default)]
    deleted: bool,
}

/// Whether a file is to be saved or shown.
#[derive(Deserialize, IntoParams)]
pub struct FileWish {
    #[serde(default)]
    download: bool,
}
