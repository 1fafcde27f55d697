//! What is asked of a pipeline and what it gives back: equal orders give equal pictures.

use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::units::{Rate, Size};
use crate::media::picture::Picture;
use crate::media::scene::Scene;

use super::latents::Latents;

/// What kind of thing is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Words and references to a new picture.
    Picture,
    /// A source picture and an instruction to a changed picture.
    Edit,
    /// Words and references to moving pictures.
    Clip,
    /// A source picture to the same one with more pixels.
    Upscale,
}

/// What a reference picture is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
    pub const ALL: [Role; 9] = [
        Role::Source,
        Role::Subject,
        Role::Style,
        Role::Pose,
        Role::Palette,
        Role::Texture,
        Role::FirstFrame,
        Role::LastFrame,
        Role::Mask,
    ];

    pub fn as_str(self) -> &'static str {
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

    /// The number that a scene model is told, from 1.
    pub(crate) fn number(self) -> u16 {
        self as u16 + 1
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Role::ALL.map(Role::as_str).join(", ");
        Role::ALL
            .into_iter()
            .find(|r| r.as_str() == text)
            .ok_or_else(|| format!("\"{text}\" is not a role; the roles are {}", names()))
    }
}

/// A picture that guides the making of another.
#[derive(Clone, Debug)]
pub struct ReferencePicture {
    pub picture: Picture,
    pub role: Role,
    /// The scene it was drawn from, when it is a render of the studio's own.
    pub scene: Option<Scene>,
}

/// The source as picture 1, then the others as they were given: the order in which DreamOmni2 counts pictures, so that
/// its rewriter and its picture model mean the same one.
pub(crate) fn source_first(references: &[ReferencePicture]) -> Vec<&ReferencePicture> {
    let mut ordered: Vec<_> = references.iter().collect();
    ordered.sort_by_key(|r| r.role != Role::Source);
    ordered
}

/// Everything that determines the picture.
#[derive(Clone, Debug)]
pub struct Order {
    pub task: Task,
    pub prompt: String,
    /// None and empty differ for some models: SDXL takes zeros for "none given".
    pub negative: Option<String>,
    pub references: Vec<ReferencePicture>,
    pub size: Size,
    pub steps: u32,
    pub guidance: f32,
    pub seed: u64,
    /// Clips only: how many frames at which rate.
    pub frames: u32,
    pub rate: Rate,
    /// How far an edit may leave its source where a model knows strength (img2img), 0 to 1. The steps to take are cut
    /// off its product with all steps, in f64 as the originals do.
    pub strength: Option<f64>,
    /// Another scheduler than the package's own, by name (`euler`, `ddim`, …).
    pub scheduler: Option<String>,
    /// Unit noise to begin from in place of the seed's: for comparing with another program.
    pub init_latents: Option<Latents>,
}

/// Told after every step.
#[derive(Debug)]
pub struct Step {
    /// From 1 to `of`.
    pub step: u32,
    pub of: u32,
    /// A small picture of how it would look now, where the watcher asked for some.
    pub preview: Option<Picture>,
}

/// Looks on while a pipeline works, and may stop it.
pub trait Watch {
    /// After every denoising step.
    fn step(&mut self, step: Step) -> ControlFlow<()>;

    /// After every frame of a clip, in order; the frames are kept nowhere else.
    fn frame(&mut self, index: u32, of: u32, picture: &Picture) -> ControlFlow<()>;

    /// Every picture's numbers before they are rounded: planes `[1, 3, height, width]` from -1 to 1. An upscaled picture
    /// comes in bands, from above.
    fn drawn(&mut self, _planes: &Latents) {}

    /// How many steps lie between two previews; 0 for none.
    fn preview_every(&self) -> u32 {
        0
    }
}

/// A word that the model does not know and has left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownWord {
    pub word: String,
    /// In characters of the prompt (or negative prompt) as it was given.
    pub start: usize,
    pub end: usize,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Made {
    /// None for a clip: its frames went to the watcher.
    pub picture: Option<Picture>,
    /// The scene drawn, where the model thinks in scenes.
    pub scene: Option<Scene>,
    /// The last latents, as the decoder got them.
    pub latents: Latents,
    /// Words of the prompt that the model left out.
    pub unknown: Vec<UnknownWord>,
}
