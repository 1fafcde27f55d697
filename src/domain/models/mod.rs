//! What the studio knows of its models: plain cards, filled by the app from the packages on the shelf.

pub mod card;
pub mod looking;

pub use card::{Defaults, ModelCard, Shelf, Sizes, TestCase, Tested, UnknownWord};
pub use looking::{Model, list, reading, test};
