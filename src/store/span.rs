//! Which stretch of a table is walked, and which way.

use std::ops::Bound;

use super::key::Key;

/// Ids sort by time, so `Backward` is newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Forward,
    Backward,
}

/// All keys, or those that begin with something, or those after a place already seen.
#[derive(Clone, Debug, Default)]
pub struct Span {
    prefix: Vec<u8>,
    past: Option<Vec<u8>>,
}

impl Span {
    pub fn all() -> Self {
        Span::default()
    }

    /// Keys whose first members are `first`.
    pub fn under(first: &impl Key) -> Self {
        Span { prefix: first.bytes(), past: None }
    }

    /// Goes on behind `rest` in the direction of the walk. `rest` is what follows the first
    /// members given to [`Span::under`]; after [`Span::all`] it is the whole key.
    #[must_use]
    pub fn past(mut self, rest: Option<&impl Key>) -> Self {
        self.past = rest.map(|rest| {
            let mut place = self.prefix.clone();
            rest.write(&mut place);
            place
        });
        self
    }

    /// Goes on behind the whole key `place`.
    pub(super) fn past_bytes(mut self, place: Vec<u8>) -> Self {
        self.past = Some(place);
        self
    }

    pub(super) fn prefix(&self) -> usize {
        self.prefix.len()
    }

    /// The bounds as bytes, low and high.
    pub(super) fn bounds(&self, direction: Direction) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
        let low = Bound::Included(self.prefix.clone());
        let high = end_of(&self.prefix).map_or(Bound::Unbounded, Bound::Excluded);
        match (&self.past, direction) {
            (None, _) => (low, high),
            (Some(past), Direction::Forward) => (Bound::Excluded(past.clone()), high),
            (Some(past), Direction::Backward) => (low, Bound::Excluded(past.clone())),
        }
    }
}

/// The first bytes that sort after everything beginning with `prefix`; none when there are none.
fn end_of(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|b| *b != 0xFF)?;
    let mut end = prefix.get(..=last)?.to_vec();
    if let Some(byte) = end.last_mut() {
        *byte += 1;
    }
    Some(end)
}
