//! The recipe: all that determines a picture; checked once, then trusted.

pub mod check;
pub mod fault;
pub mod grid;
pub mod terms;
pub mod upscale;
mod wildcard;

pub use check::{MOST_VARIATIONS, check};
pub use fault::{CellValue, Fault, Faults};
pub use grid::{Axis, Field, Grid, MOST_CELLS};
pub use terms::{Draft, LARGEST_SEED, Picture, Recipe, Reference, Role, Task};
