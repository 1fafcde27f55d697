//! What a package can do: from its manifest, else from its family and its own files.

use serde::{Deserialize, Serialize};

use crate::base::units::{Rate, Size};
use crate::inference::error::{Error, Result};
use crate::inference::order::{Role, Task};
use crate::inference::schedulers::{Config, offered};
use crate::media::picture::MOST_SIDE;

use super::files::{Files, in_rewriter};
use super::manifest::Manifest;
use super::memory;
use super::receipt::Receipt;
use super::upscaler::UpscalerFacts;
use super::video_vae::VideoVaeFacts;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackageInfo {
    pub name: String,
    pub version: String,
    /// One of [`FAMILIES`].
    pub family: String,
    pub licence: String,
    pub tasks: Vec<Task>,
    pub max_references: usize,
    pub roles: Vec<Role>,
    pub sizes: Sizes,
    /// A clip has a multiple of it and one frames: 8 for 9, 17, 25 …; 1 where any number goes.
    pub frame_step: u32,
    /// Upscalers only: how many times as wide and high a picture becomes.
    pub scale: Option<u32>,
    /// Brings a language model that says prompts as the model was trained to read them.
    pub rewrites: bool,
    /// How far an edit leaves its source where the order does not say; none where the family knows no strength.
    pub strength: Option<f64>,
    /// The schedulers that an order may ask for in place of the package's own.
    pub schedulers: Vec<String>,
    pub defaults: Defaults,
    /// About what a worker needs on a processor while it renders at the default size.
    pub memory_bytes: u64,
    /// What its files take on disk.
    pub bytes: u64,
    /// BLAKE3, in hex, over the package's list of files and their hashes.
    pub hash: String,
    /// Its weights are sealed at rest.
    pub sealed: bool,
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

/// The families that there are pipelines for.
pub const FAMILIES: [&str; 8] =
    ["scene", "stable_diffusion", "stable_diffusion_xl", "flux", "kontext", "dreamomni2", "ltx_video", "upscaler"];

#[derive(Deserialize)]
struct Index {
    #[serde(rename = "_class_name", default)]
    class: String,
}

/// What is true of a family where the manifest says nothing.
struct Usual {
    tasks: &'static [Task],
    references: usize,
    roles: &'static [Role],
    sides: (u32, u32, u32),
    size: (u32, u32),
    steps: u32,
    guidance: f32,
    strength: Option<f64>,
    frames: (u32, Rate),
}

const UNET: &str = "unet/config.json";
const TRANSFORMER: &str = "transformer/config.json";
/// Latents, mask, and the rest of the picture as latents.
const INPAINTING: usize = 9;

pub(crate) fn of(name: &str, files: &Files, manifest: &Manifest) -> Result<PackageInfo> {
    let index: Index = files.json("model_index.json")?;
    let family = family(manifest.family.as_deref(), &index.class)?;
    let usual = narrowed(usual(family), files)?;
    let scale = if family == "upscaler" { Some(UpscalerFacts::of(files)?.scale) } else { None };
    let (width, height) = manifest.default_size()?.map_or(usual.size, |s| (s.width, s.height));
    let able = &manifest.capabilities;
    let (min, max, multiple) = scale.map_or(usual.sides, |scale| (scale, MOST_SIDE, scale));
    if able.roles.iter().flatten().any(|r| *r == Role::Mask && !usual.roles.contains(r)) {
        let supported = usual.roles.iter().map(Role::to_string).collect::<Vec<_>>().join(", ");
        return Err(Error::Unsupported { what: "the role", found: Role::Mask.to_string(), supported });
    }
    let frame_step = if family == "ltx_video" { VideoVaeFacts::of(files)?.time } else { 1 };
    let frames = manifest.defaults.frames.unwrap_or(usual.frames.0).max(1);
    let receipt = Receipt::of(files)?;
    let rewrites = matches!(family, "kontext" | "dreamomni2") && receipt.files.keys().any(|f| in_rewriter(f));
    let size = Size::new(width, height);
    Ok(PackageInfo {
        name: name.to_owned(),
        version: version(manifest),
        family: family.to_owned(),
        licence: licence(manifest),
        tasks: able.tasks.clone().unwrap_or_else(|| usual.tasks.to_vec()),
        max_references: able.max_references.unwrap_or(usual.references),
        roles: able.roles.clone().unwrap_or_else(|| usual.roles.to_vec()),
        sizes: Sizes {
            min: able.min_side.unwrap_or(min),
            max: able.max_side.unwrap_or(max),
            multiple: able.multiple.unwrap_or(multiple).max(1),
            suggested: manifest.suggested()?.unwrap_or_else(|| vec![size]),
        },
        frame_step,
        scale,
        rewrites,
        strength: usual.strength,
        schedulers: if files.has(Config::FILE) {
            offered(&Config::read(files.json(Config::FILE)?)?)
        } else {
            Vec::new()
        },
        defaults: Defaults {
            width,
            height,
            steps: manifest.defaults.steps.unwrap_or(usual.steps),
            guidance: manifest.defaults.guidance.unwrap_or(usual.guidance),
            frames: frames - (frames - 1) % frame_step,
            rate: manifest.default_rate()?.unwrap_or(usual.frames.1),
        },
        bytes: receipt.bytes,
        memory_bytes: manifest.memory_bytes.unwrap_or_else(|| memory::needed(family, &receipt, size)),
        hash: receipt.hash,
        sealed: files.are_sealed(),
        embedded: files.are_embedded(),
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Unet {
    in_channels: Option<usize>,
    time_cond_proj_dim: Option<usize>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Transformer {
    guidance_embeds: Option<bool>,
}

/// What this package's own graphs leave of what its family can do.
fn narrowed(usual: Usual, files: &Files) -> Result<Usual> {
    let unet: Unet = if files.has(UNET) { files.json(UNET)? } else { Unet::default() };
    let dit: Transformer = if files.has(TRANSFORMER) { files.json(TRANSFORMER)? } else { Transformer::default() };
    // Distilled ones need a few steps: latent consistency models, and FLUX.1 that is told no guidance.
    let usual = match (unet.time_cond_proj_dim, dit.guidance_embeds) {
        (Some(_), _) => Usual { steps: 4, guidance: 8.5, ..usual },
        (None, Some(false)) => Usual { steps: 4, guidance: 1.0, ..usual },
        _ => usual,
    };
    Ok(match unet.in_channels {
        // Made for inpainting: it can nothing else.
        Some(INPAINTING) => Usual { tasks: &[Task::Edit], ..usual },
        // Without an encoder no picture goes in.
        Some(_) if !files.has("vae_encoder/model.onnx") => {
            Usual { tasks: &[Task::Picture], references: 0, roles: &[], strength: None, ..usual }
        }
        _ => usual,
    })
}

pub(super) fn version(manifest: &Manifest) -> String {
    manifest.version.clone().unwrap_or_else(|| "1".to_owned())
}

pub(super) fn licence(manifest: &Manifest) -> String {
    manifest.licence.clone().unwrap_or_else(|| "not stated by the package".to_owned())
}

/// The family by manifest and `model_index.json`, both as text.
pub(super) fn family_of(manifest: &Manifest, index: Option<&str>) -> Result<&'static str> {
    let file = || "model_index.json".to_owned();
    let text = index.ok_or_else(|| Error::FileMissing { file: file() })?;
    let index: Index =
        serde_json::from_str(text).map_err(|e| Error::FileMalformed { file: file(), detail: e.to_string() })?;
    family(manifest.family.as_deref(), &index.class)
}

fn family(told: Option<&str>, class: &str) -> Result<&'static str> {
    let known = |name: &str| FAMILIES.into_iter().find(|f| *f == name);
    let by_class = || match class {
        "StudioScenePipeline" => Some("scene"),
        // Another model, whatever its name begins with.
        c if c.starts_with("StableDiffusion3") => None,
        c if c.starts_with("StableDiffusionXL") => Some("stable_diffusion_xl"),
        c if c.starts_with("StableDiffusion") => Some("stable_diffusion"),
        c if c.starts_with("OnnxStableDiffusion") || c.starts_with("LatentConsistency") => Some("stable_diffusion"),
        "FluxPipeline" => Some("flux"),
        c if c.starts_with("FluxKontext") => Some("kontext"),
        c if c.starts_with("DreamOmni2") => Some("dreamomni2"),
        "LTXPipeline" | "LTXImageToVideoPipeline" => Some("ltx_video"),
        "ImageUpscaler" => Some("upscaler"),
        _ => None,
    };
    told.map_or_else(by_class, known).ok_or_else(|| Error::Unsupported {
        what: "the family",
        found: told.unwrap_or(class).to_owned(),
        supported: FAMILIES.join(", "),
    })
}

fn usual(family: &str) -> Usual {
    use Task::{Clip, Edit, Picture, Upscale};
    match family {
        "scene" => Usual {
            tasks: &[Picture, Edit, Clip],
            references: 5,
            roles: &[
                Role::Source,
                Role::Subject,
                Role::Style,
                Role::Pose,
                Role::Palette,
                Role::Texture,
                Role::FirstFrame,
                Role::LastFrame,
            ],
            sides: (64, 2048, 2),
            size: (640, 360),
            steps: 20,
            guidance: 2.5,
            strength: None,
            frames: (48, Rate::FILM),
        },
        "stable_diffusion" => Usual {
            tasks: &[Picture, Edit],
            references: 2,
            roles: &[Role::Source, Role::Mask],
            sides: (16, 2048, 8),
            size: (512, 512),
            steps: 25,
            guidance: 7.5,
            strength: Some(0.8),
            frames: (48, Rate::FILM),
        },
        "stable_diffusion_xl" => Usual {
            tasks: &[Picture, Edit],
            references: 2,
            roles: &[Role::Source, Role::Mask],
            sides: (16, 4096, 8),
            size: (1024, 1024),
            steps: 30,
            guidance: 5.0,
            strength: Some(0.3),
            frames: (48, Rate::FILM),
        },
        "ltx_video" => Usual {
            tasks: &[Clip],
            references: 1,
            roles: &[Role::FirstFrame],
            sides: (32, 2048, 32),
            size: (704, 512),
            steps: 50,
            guidance: 3.0,
            strength: None,
            frames: (161, Rate { num: 25, den: 1 }),
        },
        // Of sides, its scale decides.
        "upscaler" => Usual {
            tasks: &[Upscale],
            references: 1,
            roles: &[Role::Source],
            sides: (1, MOST_SIDE, 1),
            size: (1024, 1024),
            steps: 1,
            guidance: 0.0,
            strength: None,
            frames: (1, Rate::FILM),
        },
        "flux" => Usual { tasks: &[Picture], references: 0, roles: &[], ..usual("kontext") },
        _ => Usual {
            tasks: &[Picture, Edit],
            references: if family == "kontext" { 1 } else { 5 },
            roles: &[Role::Source, Role::Subject, Role::Style, Role::Pose, Role::Palette, Role::Texture],
            sides: (16, 4096, 16),
            size: (1024, 1024),
            steps: if family == "kontext" { 28 } else { 30 },
            guidance: 3.5,
            strength: None,
            frames: (48, Rate::FILM),
        },
    }
}
