//! Pages of long lists: a bounded number of things and where to go on.

use serde::{Deserialize, Serialize};

/// How many things a page may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(usize);

impl Limit {
    pub const MOST: usize = 200;

    /// Clamped to 1..=200; nothing asked means 50.
    pub fn new(asked: Option<usize>) -> Self {
        Limit(asked.unwrap_or(50).clamp(1, Self::MOST))
    }

    pub fn get(self) -> usize {
        self.0
    }
}

/// One page; `next` is the cursor of the following one, none at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

impl<T> Page<T> {
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}
