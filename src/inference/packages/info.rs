//! What a package says of itself: name, licence, what it can do, sizes and defaults.

use serde::{Deserialize, Serialize};

use crate::base::units::{Rate, Size};

use crate::inference::order::{Role, Task};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackageInfo {
    pub name: String,
    pub version: String,
    /// `scene`, `stable_diffusion`, `stable_diffusion_xl`, `kontext`, `dreamomni2`.
    pub family: String,
    pub licence: String,
    pub tasks: Vec<Task>,
    pub max_references: usize,
    pub roles: Vec<Role>,
    pub sizes: Sizes,
    pub defaults: Defaults,
    /// About what a worker needs while it renders at the default size.
    pub memory_bytes: u64,
    /// BLAKE3 over the package's list of files and their hashes.
    pub hash: String,
    /// Part of the binary: cannot be removed.
    pub embedded: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sizes {
    /// Shortest and longest side.
    pub min: u32,
    pub max: u32,
    /// Both sides are multiples of it.
    pub multiple: u32,
    pub suggested: Vec<Size>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Defaults {
    pub width: u32,
    pub height: u32,
    pub steps: u32,
    pub guidance: f32,
    pub frames: u32,
    pub rate: Rate,
}
