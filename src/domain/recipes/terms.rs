//! The words of a recipe: task, role, reference, the draft as typed and the recipe as checked.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::clock::Moment;
use crate::base::id::{AssetId, Id, RenderId};
use crate::base::text::Prompt;
use crate::base::units::{Rate, Size};

/// The largest whole number that a browser counts exactly: 2^53 - 1.
pub const LARGEST_SEED: u64 = (1 << 53) - 1;

/// What is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    Picture,
    Edit,
    Clip,
    /// The same picture with more pixels.
    Upscale,
}

impl Task {
    pub fn word(self) -> &'static str {
        match self {
            Task::Picture => "picture",
            Task::Edit => "edit",
            Task::Clip => "clip",
            Task::Upscale => "upscale",
        }
    }
}

/// What a reference is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Source,
    Subject,
    Style,
    Pose,
    Palette,
    Texture,
    FirstFrame,
    LastFrame,
    /// What of the source may change: white.
    Mask,
}

impl Role {
    pub fn word(self) -> &'static str {
        match self {
            Role::Source => "source",
            Role::Subject => "subject",
            Role::Style => "style",
            Role::Pose => "pose",
            Role::Palette => "palette",
            Role::Texture => "texture",
            Role::FirstFrame => "first_frame",
            Role::LastFrame => "last_frame",
            Role::Mask => "mask",
        }
    }
}

/// A picture of this workspace: one that was made, or one that was brought in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picture {
    Render(RenderId),
    Asset(AssetId),
}

impl Picture {
    pub(crate) fn bytes(self) -> [u8; 16] {
        match self {
            Picture::Render(id) => id.bytes(),
            Picture::Asset(id) => id.bytes(),
        }
    }

    /// When it was made or brought in.
    pub fn made(self) -> Moment {
        match self {
            Picture::Render(id) => id.made(),
            Picture::Asset(id) => id.made(),
        }
    }
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Picture::Render(id) => id.fmt(f),
            Picture::Asset(id) => id.fmt(f),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    #[serde(flatten)]
    pub picture: Picture,
    pub role: Role,
}

/// A recipe as somebody typed it: nothing is checked yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub task: Task,
    pub prompt: String,
    /// What the model is told in place of the prompt: said by its rewriter, perhaps changed by hand.
    #[serde(default)]
    pub rewritten: Option<String>,
    #[serde(default)]
    pub negative: Option<String>,
    #[serde(default)]
    pub references: Vec<Reference>,
    /// Numbers that are not told are the model's own.
    #[serde(default)]
    pub width: Option<u32>,
    #[serde(default)]
    pub height: Option<u32>,
    #[serde(default)]
    pub steps: Option<u32>,
    #[serde(default)]
    pub guidance: Option<f32>,
    /// None: drawn by the studio and written down.
    #[serde(default)]
    pub seed: Option<u64>,
    #[serde(default = "one")]
    pub variations: u32,
    pub model: String,
    #[serde(default)]
    pub frames: Option<u32>,
    #[serde(default)]
    pub rate: Option<Rate>,
    /// Edits only: how far the picture may leave its source, 0 to 1. None: as the model does it.
    #[serde(default)]
    pub strength: Option<f64>,
    /// Another way from noise to picture than the model's own, by its name on the card.
    #[serde(default)]
    pub scheduler: Option<String>,
}

fn one() -> u32 {
    1
}

/// A checked recipe. For a job it speaks of all variations; for a render of the one (`variations` is 1,
/// wildcards are resolved, the seed is that picture's own).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    pub task: Task,
    /// As a person wrote it.
    pub prompt: Prompt,
    /// Where the prompt was rewritten for the model: what it was told.
    #[serde(default)]
    pub rewritten: Option<Prompt>,
    pub negative: Option<Prompt>,
    pub references: Vec<Reference>,
    pub size: Size,
    pub steps: u32,
    pub guidance: f32,
    pub seed: u64,
    pub variations: u32,
    pub model: String,
    /// Only for clips.
    pub frames: Option<u32>,
    pub rate: Option<Rate>,
    /// Only for edits, where somebody chose one.
    #[serde(default)]
    pub strength: Option<f64>,
    /// Only where somebody chose another than the model's own.
    #[serde(default)]
    pub scheduler: Option<String>,
}

impl Recipe {
    /// What the model is told.
    pub fn told(&self) -> &Prompt {
        self.rewritten.as_ref().unwrap_or(&self.prompt)
    }
}
