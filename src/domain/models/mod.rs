//! What the studio knows of its models: plain cards, filled by the app from the packages on the shelf.

pub mod card;
pub(crate) mod desk;
pub mod imports;
mod ledger;
pub mod looking;
pub mod receiving;

pub use card::{DISK_FULL, Defaults, ModelCard, Offer, Shelf, Sizes, TestCase, Tested, Told, UnknownWord};
pub use desk::{Import, ImportState};
pub use looking::{Model, key, list, reading, test};
