//! A model's card: everything a person, or the check of a recipe, must know of it.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::clock::Moment;
use crate::base::units::{Rate, Size};
use crate::crypto::FileKey;
use crate::domain::recipes::terms::{Role, Task};
use crate::domain::trouble::Trouble;

/// Everything a person or a recipe check must know of one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    pub name: String,
    pub version: String,
    /// Of the whole package; stands in every render made with it.
    pub hash: String,
    pub family: String,
    pub licence: String,
    pub tasks: Vec<Task>,
    pub max_references: u32,
    pub roles: Vec<Role>,
    pub sizes: Sizes,
    pub max_steps: u32,
    pub max_frames: u32,
    /// A clip has a multiple of it and one frames; 1 where any number goes.
    pub frame_step: u32,
    /// Upscalers only: how many times as wide and high a picture becomes.
    #[serde(default)]
    pub scale: Option<u32>,
    /// Rewrites prompts as it was trained to read them.
    #[serde(default)]
    pub rewrites: bool,
    /// How far an edit leaves its source where the recipe does not say, 0 to 1; none where the model knows no strength.
    #[serde(default)]
    pub strength: Option<f64>,
    /// The schedulers that a recipe may ask for in place of the model's own; empty where there is no choice.
    #[serde(default)]
    pub schedulers: Vec<String>,
    pub defaults: Defaults,
    pub memory_bytes: u64,
    /// What its files take on disk.
    pub bytes: u64,
    /// Its weights are sealed at rest.
    #[serde(default)]
    pub sealed: bool,
    /// Part of the program: cannot be removed.
    pub embedded: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sizes {
    pub min: Size,
    pub max: Size,
    /// Both sides must be a multiple of this.
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

/// A word the model does not know; offsets count characters of the prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownWord {
    pub word: String,
    pub start: usize,
    pub end: usize,
}

/// One case of a model's self-test against its reference numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestCase {
    pub name: String,
    pub max: f64,
    pub mean: f64,
    pub passed: bool,
    /// Why the case could not be compared.
    #[serde(default)]
    pub problem: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    pub at: Moment,
    pub passed: bool,
}

/// What a package says of itself before it is brought in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// The name it would get.
    pub name: String,
    pub version: String,
    pub family: String,
    pub licence: String,
    /// None where the package brings no file with the text.
    pub licence_text: Option<String>,
    pub files: u64,
    /// Of all files, unpacked.
    pub bytes: u64,
}

/// Hears how many bytes were read or copied, and may stop it.
pub type Told<'a> = dyn FnMut(u64) -> ControlFlow<()> + 'a;

/// The disk has no room for the rest of a package.
pub const DISK_FULL: &str = "import_disk_full";

/// The packages that are installed. The app stands behind it; tests put a list there.
pub trait Shelf: Send + Sync {
    fn cards(&self) -> Vec<ModelCard>;
    /// The words of `text` this model does not know; none for an unknown model.
    fn reading(&self, model: &str, text: &str) -> Vec<UnknownWord>;
    /// Runs the package's own test; the error is a sentence.
    /// `key` opens sealed models.
    fn test(&self, model: &str, key: &FileKey) -> Result<Vec<TestCase>, String>;
    /// The one folder of the server from which packages may be taken; none where the operator named none.
    fn incoming(&self) -> Option<PathBuf>;
    /// What a package says of itself; nothing is copied.
    fn look(&self, from: &Path, told: &mut Told) -> Result<Offer, Trouble>;
    /// Copies and checks, whole or not at all; seals the weights where there is a key for it. What a stopped import of
    /// the same files left is gone on with. The code of what failed is [`DISK_FULL`] where the disk had no room.
    fn import(&self, from: &Path, name: &str, seal: Option<&FileKey>, told: &mut Told) -> Result<(), Trouble>;
    /// Whether the model of this name is what an import of these files puts there. Reads them through.
    fn is_of(&self, model: &str, from: &Path, told: &mut Told) -> Result<bool, Trouble>;
    /// Takes away what a stopped import of these files left.
    fn forget(&self, from: &Path);
    /// Takes away what nobody went on with for days.
    fn tidy(&self);
    fn remove(&self, model: &str) -> Result<(), Trouble>;
}
