//! Words to pictures: a sealed full-text index, derived from the rows and always rebuildable.

pub mod query;

mod ask;
mod cache;
mod doc;
mod error;
mod index;
mod newest;
mod schema;
mod sealed;
mod words;

pub use doc::{Cursor, Doc, Filter, Found, Only, Order, Search, Subject};
pub use error::{Error, Kind};
pub use index::{Batch, Index};
