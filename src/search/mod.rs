//! Words to pictures: a sealed full-text index, derived from the rows and always rebuildable.

pub mod query;

mod error;
mod index;

pub use error::{Error, Kind};
pub use index::{Batch, Cursor, Doc, Filter, Found, Index, Only, Order, Search, Subject};
