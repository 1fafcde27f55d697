//! The two transactions: one sees the file as it was at its beginning, one changes it.

use std::ops::Bound;

use redb::{ReadTransaction, ReadableTable, ReadableTableMetadata, TableDefinition, TableError, WriteTransaction};

use super::error::{Error, Result};
use super::key::Key;
use super::reads::{Row, Rows, belongs};
use super::record::{Record, encode};
use super::schema::{Home, Index};
use super::span::{Direction, Span};

/// Sees the file as it was when the transaction began, whatever is written meanwhile.
pub struct ReadTx {
    pub(super) inner: ReadTransaction,
    pub(super) home: Home,
}

/// The one change being made to a file. Dropping it undoes everything.
pub struct WriteTx {
    pub(super) inner: WriteTransaction,
    pub(super) home: Home,
}

fn definition(table: &'static str) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
    TableDefinition::new(table)
}

impl WriteTx {
    /// Writes the record, over an older one with its key. Its index entries are the caller's to mark.
    pub fn put<R: Record>(&self, record: &R) -> Result<()> {
        belongs(self, R::TABLE.name, R::TABLE.home)?;
        self.write(R::TABLE.name, &record.key().bytes(), &encode(record)?)
    }

    /// Says whether there was one.
    pub fn remove<R: Record>(&self, key: &R::Key) -> Result<bool> {
        belongs(self, R::TABLE.name, R::TABLE.home)?;
        self.erase(R::TABLE.name, &key.bytes())
    }

    /// Makes `to` findable under `key`.
    pub fn mark(&self, index: Index, key: &impl Key, to: &impl Key) -> Result<()> {
        belongs(self, index.name, index.home)?;
        self.write(index.name, &entry(key, to), &[])
    }

    /// Takes back a [`WriteTx::mark`]; says whether there was one.
    pub fn unmark(&self, index: Index, key: &impl Key, to: &impl Key) -> Result<bool> {
        belongs(self, index.name, index.home)?;
        self.erase(index.name, &entry(key, to))
    }

    /// Returns when the disk has it: after this, a power loss takes nothing away.
    pub fn commit(self) -> Result<()> {
        self.inner.commit().map_err(Error::from)
    }

    fn write(&self, table: &'static str, key: &[u8], value: &[u8]) -> Result<()> {
        self.inner.open_table(definition(table))?.insert(key, value)?;
        Ok(())
    }

    fn erase(&self, table: &'static str, key: &[u8]) -> Result<bool> {
        let mut table = self.inner.open_table(definition(table))?;
        let gone = table.remove(key)?.is_some();
        Ok(gone)
    }
}

fn entry(key: &impl Key, to: &impl Key) -> Vec<u8> {
    let mut bytes = key.bytes();
    to.write(&mut bytes);
    bytes
}

/// A table nobody wrote to yet does not exist; it reads as an empty one.
fn there<T>(opened: Result<T, TableError>) -> Result<Option<T>> {
    match opened {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

fn stretch(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    span: &Span,
    direction: Direction,
    most: usize,
) -> Result<Vec<Row>> {
    let (low, high) = span.bounds(direction);
    let bounds: (Bound<&[u8]>, Bound<&[u8]>) = (low.as_ref().map(Vec::as_slice), high.as_ref().map(Vec::as_slice));
    let mut range = table.range::<&[u8]>(bounds)?;
    let mut rows = Vec::new();
    while rows.len() < most {
        let row = match direction {
            Direction::Forward => range.next(),
            Direction::Backward => range.next_back(),
        };
        let Some(row) = row else { break };
        let (key, value) = row?;
        rows.push((key.value().to_vec(), value.value().to_vec()));
    }
    Ok(rows)
}

impl Rows for ReadTx {
    fn home(&self) -> Home {
        self.home
    }
    fn fetch(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let Some(table) = there(self.inner.open_table(definition(table)))? else { return Ok(None) };
        Ok(table.get(key)?.map(|row| row.value().to_vec()))
    }
    fn stretch(&self, table: &'static str, span: &Span, direction: Direction, most: usize) -> Result<Vec<Row>> {
        let Some(table) = there(self.inner.open_table(definition(table)))? else { return Ok(Vec::new()) };
        stretch(&table, span, direction, most)
    }
    fn length(&self, table: &'static str) -> Result<u64> {
        let Some(table) = there(self.inner.open_table(definition(table)))? else { return Ok(0) };
        Ok(table.len()?)
    }
}

impl Rows for WriteTx {
    fn home(&self) -> Home {
        self.home
    }
    fn fetch(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let table = self.inner.open_table(definition(table))?;
        let row = table.get(key)?.map(|row| row.value().to_vec());
        Ok(row)
    }
    fn stretch(&self, table: &'static str, span: &Span, direction: Direction, most: usize) -> Result<Vec<Row>> {
        stretch(&self.inner.open_table(definition(table))?, span, direction, most)
    }
    fn length(&self, table: &'static str) -> Result<u64> {
        Ok(self.inner.open_table(definition(table))?.len()?)
    }
}
