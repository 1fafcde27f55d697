//! Rewrites: a prompt as the model was trained to read it, proposed by the model's own rewriter. Nothing is made of one
//! before a person takes it into a recipe.

pub(crate) mod desk;

pub mod asking;
pub mod lane;

pub use asking::{Wish, ask, cancel, get};
pub use desk::{Rewrite, RewriteState};
