//! Everything that can be asked of a file, inside a reading or a writing transaction.

use std::collections::VecDeque;

use super::error::{Error, Result};
use super::key::Key;
use super::record::{Record, decode};
use super::schema::{Home, Index};
use super::span::{Direction, Span};

/// Rows as bytes: what the two kinds of transaction answer, and all that [`Reads`] stands on.
pub trait Rows {
    fn home(&self) -> Home;
    fn fetch(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>>;
    /// At most `most` rows of the span, in order of the walk.
    fn stretch(&self, table: &'static str, span: &Span, direction: Direction, most: usize) -> Result<Vec<Row>>;
    fn length(&self, table: &'static str) -> Result<u64>;
}

/// Key and value.
pub type Row = (Vec<u8>, Vec<u8>);

/// Asks for records and index entries. Walks read as they go, a few rows at a time, so that taking
/// ten of a million costs ten; in a writing transaction they see what was put so far.
pub trait Reads: Rows {
    fn get<R: Record>(&self, key: &R::Key) -> Result<Option<R>> {
        belongs(self, R::TABLE.name, R::TABLE.home)?;
        self.fetch(R::TABLE.name, &key.bytes())?.map(|row| decode(&row)).transpose()
    }

    fn has<R: Record>(&self, key: &R::Key) -> Result<bool> {
        belongs(self, R::TABLE.name, R::TABLE.home)?;
        Ok(self.fetch(R::TABLE.name, &key.bytes())?.is_some())
    }

    fn scan<R: Record>(&self, span: Span, direction: Direction) -> impl Iterator<Item = Result<R>> {
        let rows = Walk::new(self, R::TABLE.name, R::TABLE.home, span, direction);
        rows.map(|row| row.and_then(|(_, value)| decode(&value)))
    }

    fn count<R: Record>(&self) -> Result<u64> {
        belongs(self, R::TABLE.name, R::TABLE.home)?;
        self.length(R::TABLE.name)
    }

    /// What an index holds under a span: the members that follow the span's first ones, in order.
    /// An index marked `(account, at) -> id`, asked under `account`, answers `(Moment, Id)`.
    fn find<T: Key>(&self, index: Index, span: Span, direction: Direction) -> impl Iterator<Item = Result<T>> {
        let prefix = span.prefix();
        Walk::new(self, index.name, index.home, span, direction).map(move |row| {
            let (key, _) = row?;
            key.get(prefix..)
                .and_then(|mut rest| T::read(&mut rest))
                .ok_or_else(|| Error::BadRow { table: index.name, why: "an index entry has another shape".to_owned() })
        })
    }

    /// The first thing an index holds under exactly `key`.
    fn find_one<T: Key>(&self, index: Index, key: &impl Key) -> Result<Option<T>> {
        self.find(index, Span::under(key), Direction::Forward).next().transpose()
    }
}

impl<T: Rows + ?Sized> Reads for T {}

pub(super) fn belongs(rows: &(impl Rows + ?Sized), table: &'static str, home: Home) -> Result<()> {
    if rows.home() == home { Ok(()) } else { Err(Error::ForeignTable { table }) }
}

/// The rows of a span, fetched in growing portions.
struct Walk<'a, T: ?Sized> {
    rows: &'a T,
    table: &'static str,
    direction: Direction,
    /// What is still to be fetched; none at the end.
    rest: Option<Span>,
    ready: VecDeque<Row>,
    portion: usize,
    refused: Option<Error>,
}

impl<'a, T: Rows + ?Sized> Walk<'a, T> {
    fn new(rows: &'a T, table: &'static str, home: Home, span: Span, direction: Direction) -> Self {
        let refused = belongs(rows, table, home).err();
        Walk { rows, table, direction, rest: Some(span), ready: VecDeque::new(), portion: 8, refused }
    }

    fn refill(&mut self) -> Result<()> {
        let Some(span) = self.rest.take() else { return Ok(()) };
        let rows = self.rows.stretch(self.table, &span, self.direction, self.portion)?;
        if rows.len() == self.portion {
            self.rest = rows.last().map(|(key, _)| span.past_bytes(key.clone()));
        }
        self.portion = (self.portion * 4).min(512);
        self.ready = rows.into();
        Ok(())
    }
}

impl<T: Rows + ?Sized> Iterator for Walk<'_, T> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(refused) = self.refused.take() {
            self.rest = None;
            return Some(Err(refused));
        }
        if self.ready.is_empty()
            && let Err(e) = self.refill()
        {
            return Some(Err(e));
        }
        self.ready.pop_front().map(Ok)
    }
}
