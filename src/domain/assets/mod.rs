//! Assets: media that people bring in.

pub mod asset;
pub mod bringing;

pub use super::files::{Media, Source, Wanted};
pub use asset::{Asset, bin, change, get, list, picture, restore};
pub use bringing::bring;
