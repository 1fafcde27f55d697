//! Rows: one version byte, then the record as a `MessagePack` map with named fields.
//!
//! A field may be added with `#[serde(default)]`; old rows then read as before. Removing a field
//! needs nothing: unknown names are passed over.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::{Error, Result};
use super::key::Key;
use super::schema::Table;

const VERSION: u8 = 1;

/// A thing with a place in a table.
pub trait Record: Serialize + DeserializeOwned {
    const TABLE: Table;
    type Key: Key;

    fn key(&self) -> Self::Key;
}

pub(super) fn encode<R: Record>(record: &R) -> Result<Vec<u8>> {
    let mut row = vec![VERSION];
    let mut writer = rmp_serde::Serializer::new(&mut row).with_struct_map();
    record.serialize(&mut writer).map_err(|e| bad::<R>(e.to_string()))?;
    Ok(row)
}

pub(super) fn decode<R: Record>(row: &[u8]) -> Result<R> {
    match row {
        [VERSION, body @ ..] => rmp_serde::from_slice(body).map_err(|e| bad::<R>(e.to_string())),
        [other, ..] => Err(bad::<R>(format!("it has version {other}; this program reads {VERSION}"))),
        [] => Err(bad::<R>("it is empty".to_owned())),
    }
}

fn bad<R: Record>(why: String) -> Error {
    Error::BadRow { table: R::TABLE.name, why }
}
