//! Who may do what: one flat, complete table, and where somebody stands in it. What is not in it, nobody may.

pub mod standing;
pub mod table;

pub use table::{Action, Role, RoleLine, StudioRole, roles};
