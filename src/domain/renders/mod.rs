//! Renders: what jobs made, with all that is needed to make them again.

pub mod making;
pub mod render;
pub mod sending;

pub use super::files::{Media, Source, Wanted};
pub use making::Handed;
pub use render::{Lineage, MadeWith, Render, RenderKind, bin, change, get, lineage, list, restore};
pub use sending::{Frames, clip, frames, picture};
