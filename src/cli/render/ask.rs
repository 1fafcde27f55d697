//! What the command line asks for, checked as the API checks it and made into an order.

use std::fs;
use std::path::{Path, PathBuf};

use crate::app::shelf;
use crate::base::entropy::Entropy;
use crate::base::id::{AssetId, Id};
use crate::base::units::{Rate, Size};
use crate::cli::failure::Failure;
use crate::domain::models::ModelCard;
use crate::domain::recipes::{self, Draft, Grid, Picture, Recipe, Reference, upscale};
use crate::inference::{self, Latents, Order, ReferencePicture, Role, Task, npy};
use crate::media::decode::{self, Limits};
use crate::media::scene::Scene;

use super::target::Target;
use super::{Render, grid};

/// Everything read and checked: nothing that was typed can fail after this.
pub(super) struct Ask {
    pub task: Task,
    /// Of the first cell where there is a grid.
    pub recipe: Recipe,
    /// One recipe for every file that is made.
    pub pieces: Vec<Recipe>,
    pub grid: Option<Grid>,
    pub references: Vec<ReferencePicture>,
    pub target: Target,
    pub init_latents: Option<Latents>,
}

/// The largest seed: a whole number that JSON keeps exactly.
const MOST_SEED: u64 = (1 << 53) - 1;

impl Ask {
    pub(super) fn read(flags: &Render, cards: &[ModelCard]) -> Result<Self, Failure> {
        let grid = grid::read(flags.grid_x.as_deref(), flags.grid_y.as_deref())?;
        // Who asks for words only names no output: it is a picture's prompt.
        let out = flags.output.clone().unwrap_or_else(|| PathBuf::from("picture.png"));
        let target = if grid.is_some() { Target::Folder(out.clone()) } else { Target::read(&out)? };
        let mut named: Vec<(&str, Option<Role>)> = flags.reference.iter().map(|text| split_role(text)).collect();
        named.extend(flags.mask.iter().map(|file| (file.as_str(), Some(Role::Mask))));
        let task = task(flags, &target, &named)?;
        let seed = seed(&flags.seed)?;
        let roles: Vec<Role> = named.iter().map(|(_, role)| role.unwrap_or(usual_role(task))).collect();
        let size = flags.size.as_deref().map(str::parse::<Size>).transpose();
        let size = size.map_err(|told| Failure::refused("size_malformed", told))?;
        let rate = flags.rate.as_deref().map(str::parse::<Rate>).transpose();
        let rate = rate.map_err(|told| Failure::refused("rate_malformed", told))?;
        let draft = Draft {
            task: shelf::to_domain_task(task),
            prompt: flags.prompt.clone().unwrap_or_default(),
            rewritten: None,
            negative: flags.negative.clone(),
            references: roles.iter().enumerate().map(|(place, role)| stand_in(place, *role)).collect(),
            width: size.map(|s| s.width),
            height: size.map(|s| s.height),
            steps: flags.steps,
            guidance: flags.guidance,
            seed: Some(seed),
            variations: flags.variations,
            model: flags.model.clone(),
            frames: flags.frames,
            rate,
            strength: flags.strength,
            scheduler: flags.scheduler.clone(),
        };
        // An upscale's size is its source's, so that one is looked at before the rest is checked.
        let draft = match named.iter().zip(&roles).find(|(_, role)| **role == Role::Source) {
            Some(((file, _), role)) if task == Task::Upscale => {
                let (file, size) = (Path::new(file), reference(Path::new(file), *role)?.picture.size());
                let called = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                upscale::settled(&draft, cards, &upscale::Source { size, called })
            }
            _ => draft,
        };
        if grid.is_some() && task == Task::Clip {
            let told = "A grid on the command line makes pictures; order a grid of clips in the studio.";
            return Err(Failure::refused("grid_of_clips", told));
        }
        let pieces = match &grid {
            Some(grid) => grid.cells(&draft, cards, seed),
            None => recipes::check(&draft, cards, seed)
                .map(|recipe| (0..recipe.variations).map(|index| recipe.variation(index)).collect()),
        };
        let pieces = pieces.map_err(|faults| Failure::refused(faults.code(), &faults))?;
        let recipe = match (&grid, pieces.first()) {
            (Some(_), Some(first)) => first.clone(),
            _ => recipes::check(&draft, cards, seed).map_err(|faults| Failure::refused(faults.code(), &faults))?,
        };
        let references = named.iter().zip(roles).map(|((file, _), role)| reference(Path::new(file), role));
        Ok(Ask {
            references: references.collect::<Result<_, _>>()?,
            init_latents: flags.init_latents.as_deref().map(latents).transpose()?,
            task,
            recipe,
            pieces,
            grid,
            target,
        })
    }

    /// The order for one variation.
    pub(super) fn order(&self, one: &Recipe) -> Order {
        Order {
            task: self.task,
            prompt: one.told().to_string(),
            negative: one.negative.as_ref().map(ToString::to_string),
            references: self.references.clone(),
            size: one.size,
            steps: one.steps,
            guidance: one.guidance,
            seed: one.seed,
            frames: one.frames.unwrap_or(1),
            rate: one.rate.unwrap_or(Rate::FILM),
            strength: one.strength,
            scheduler: one.scheduler.clone(),
            init_latents: self.init_latents.clone(),
        }
    }
}

/// `FILE:ROLE` when the end is a role, else the whole is a file: a name may hold a colon.
fn split_role(text: &str) -> (&str, Option<Role>) {
    let told = text.rsplit_once(':').and_then(|(file, role)| Some((file, role.parse().ok()?)));
    told.map_or((text, None), |(file, role)| (file, Some(role)))
}

fn usual_role(task: Task) -> Role {
    match task {
        Task::Edit | Task::Upscale => Role::Source,
        Task::Clip => Role::FirstFrame,
        Task::Picture => Role::Subject,
    }
}

/// What was said, or what the output and the references mean.
fn task(flags: &Render, target: &Target, named: &[(&str, Option<Role>)]) -> Result<Task, Failure> {
    let moving = flags.frames.is_some() || flags.rate.is_some();
    let meant = match target {
        Target::Clip(_) => Task::Clip,
        Target::Folder(_) if moving => Task::Clip,
        _ if named.iter().any(|(_, role)| matches!(role, Some(Role::Source | Role::Mask))) => Task::Edit,
        _ => Task::Picture,
    };
    let task = flags.task.map_or(meant, Task::from);
    let refused = match (task, target) {
        (Task::Clip, Target::Picture(_)) => {
            "A clip cannot be written into a .png; end the output with .mp4, or with / for a folder of frames."
        }
        (Task::Picture | Task::Edit | Task::Upscale, Target::Clip(_)) => {
            "A picture cannot be written into an .mp4; end the output with .png, or leave --task away to make a clip."
        }
        (Task::Picture | Task::Edit | Task::Upscale, _) if moving => {
            "--frames and --rate are for clips; end the output with .mp4, or leave them away."
        }
        _ => return Ok(task),
    };
    Err(Failure::refused("output_form", refused))
}

fn seed(text: &str) -> Result<u64, Failure> {
    if text == "random" {
        return Ok(u64::from_le_bytes(Entropy::system().bytes()) & MOST_SEED);
    }
    text.parse().ok().filter(|n| *n <= MOST_SEED).ok_or_else(|| {
        let told = format!(
            "The seed \"{text}\" is not a whole number from 0 to {MOST_SEED}; choose one of these, or `random`."
        );
        Failure::refused("seed_out_of_range", told)
    })
}

/// A recipe names pictures of a workspace; here they stand for the files in their order.
fn stand_in(place: usize, role: Role) -> Reference {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&(place as u64).to_be_bytes());
    Reference { picture: Picture::Asset(AssetId::from_bytes(bytes)), role: shelf::to_domain_role(role) }
}

fn reference(file: &Path, role: Role) -> Result<ReferencePicture, Failure> {
    let bytes = read(file, Limits::default().bytes)?;
    let (picture, _) = decode::decode(&bytes, &Limits::default())
        .map_err(|e| Failure::from(e).about(format!("The reference {}", file.display())))?;
    // A render of ours carries its scene; whether it fits the package is the pipeline's to check.
    let scene = Scene::read(&bytes);
    Ok(ReferencePicture { picture, role, scene })
}

fn latents(file: &Path) -> Result<Latents, Failure> {
    let bytes = read(file, 1 << 30)?;
    npy::read("", &bytes).map_err(|e| {
        let detail = match e {
            inference::Error::FileMalformed { detail, .. } => detail,
            other => other.to_string(),
        };
        Failure::refused("latents_malformed", format!("{} cannot be used as latents: {detail}.", file.display()))
    })
}

/// The file, whole; one that is longer than `most` is not even begun.
fn read(file: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let name = file.display();
    let facts = fs::metadata(file).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::refused("file_missing", format!("There is no file {name}; check the name and the folder."))
        }
        _ => Failure::refused("file_unreadable", format!("{name} could not be read: {e}.")),
    })?;
    if !facts.is_file() {
        return Err(Failure::refused(
            "file_unreadable",
            format!("{name} is not a file; give a PNG, JPEG or WebP picture."),
        ));
    }
    if facts.len() > most {
        let told = format!("{name} has {} MB; at most {} MB are read. Save it smaller.", facts.len() >> 20, most >> 20);
        return Err(Failure::refused("picture_file_too_large", told));
    }
    fs::read(file).map_err(|e| Failure::refused("file_unreadable", format!("{name} could not be read: {e}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_only_what_is_one() {
        assert_eq!(split_role("a.png:palette"), ("a.png", Some(Role::Palette)));
        assert_eq!(split_role("c:d.png"), ("c:d.png", None));
        assert_eq!(split_role("a.png"), ("a.png", None));
    }

    #[test]
    fn a_seed_is_a_whole_number_that_json_keeps() {
        assert_eq!(seed("9007199254740991").ok(), Some(MOST_SEED));
        for bad in ["-1", "9007199254740992", "99999999999999999999999", "1.5", "", "x"] {
            assert!(seed(bad).is_err(), "{bad}");
        }
    }
}
