//! What the gallery shows of a render or asset: one small row, read by the ten thousand.

use serde::{Deserialize, Serialize};

use super::error::Result;
use super::recipes::terms::Picture;
use crate::base::id::AccountId;
use crate::store::{Reads, Record, Table, WriteTx, schema};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TileKind {
    Picture,
    Clip,
    Asset,
}

/// Keyed by time, renders and assets mixed, so that one walk is the gallery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tile {
    pub(crate) picture: Picture,
    pub(crate) kind: TileKind,
    pub(crate) ratio: f32,
    pub(crate) blur: String,
    pub(crate) by: AccountId,
    pub(crate) deleted: bool,
}

impl Record for Tile {
    const TABLE: Table = schema::TILES;
    type Key = ([u8; 16], bool);

    fn key(&self) -> Self::Key {
        Tile::key_of(self.picture)
    }
}

impl Tile {
    pub(crate) fn key_of(picture: Picture) -> ([u8; 16], bool) {
        (picture.bytes(), matches!(picture, Picture::Asset(_)))
    }
}

/// One person's favourite.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Favourite {
    pub(crate) account: AccountId,
    pub(crate) picture: Picture,
}

impl Record for Favourite {
    const TABLE: Table = schema::FAVOURITES;
    type Key = (AccountId, [u8; 16]);

    fn key(&self) -> Self::Key {
        (self.account, self.picture.bytes())
    }
}

pub(crate) fn is_favourite(rows: &impl Reads, account: Option<AccountId>, picture: Picture) -> Result<bool> {
    account.map_or(Ok(false), |account| Ok(rows.has::<Favourite>(&(account, picture.bytes()))?))
}

/// Something the index has still to read. Written with every change, taken back when it is indexed:
/// a crash between the two indexes it again, which changes nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Unindexed {
    pub(crate) picture: Picture,
    /// Which change it was: a newer one stays when the older is taken back.
    pub(crate) change: u64,
}

impl Record for Unindexed {
    const TABLE: Table = schema::UNINDEXED;
    type Key = ([u8; 16], bool);

    fn key(&self) -> Self::Key {
        Tile::key_of(self.picture)
    }
}

/// Leaves word for the index.
pub(crate) fn touch(tx: &WriteTx, picture: Picture) -> Result<()> {
    let before = tx.get::<Unindexed>(&Tile::key_of(picture))?;
    Ok(tx.put(&Unindexed { picture, change: before.map_or(1, |b| b.change + 1) })?)
}
