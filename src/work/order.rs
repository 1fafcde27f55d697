//! From a recipe to an order: the one place where the domain's words become the engine's.

use crate::base::units::Rate;
use crate::domain::jobs::lane::Material;
use crate::domain::recipes::{self, Recipe};
use crate::inference::{Role, Task};

use super::protocol::{Bytes, OrderFrame, ReferenceFrame, Rewrite, Run, SceneFrame};

pub(super) fn run(recipe: &Recipe, materials: &[Material], (preview_every, preview_pause): (u32, u32)) -> Run {
    let order = OrderFrame {
        task: task(recipe.task),
        prompt: recipe.told().to_string(),
        negative: recipe.negative.as_ref().map(ToString::to_string),
        references: materials.iter().map(reference).collect(),
        size: recipe.size,
        steps: recipe.steps,
        guidance: recipe.guidance,
        seed: recipe.seed,
        frames: recipe.frames.unwrap_or(0),
        rate: recipe.rate.unwrap_or(Rate::FILM),
        strength: recipe.strength,
        scheduler: recipe.scheduler.clone(),
    };
    Run { ticket: 0, package: recipe.model.clone(), order, preview_every, preview_pause }
}

pub(super) fn rewrite(recipe: &Recipe, materials: &[Material]) -> Rewrite {
    Rewrite {
        ticket: 0,
        package: recipe.model.clone(),
        task: task(recipe.task),
        prompt: recipe.prompt.to_string(),
        references: materials.iter().map(reference).collect(),
    }
}

fn reference(material: &Material) -> ReferenceFrame {
    // A scene that is not whole is left out: the encoder then reads the picture.
    let scene = material.latents.as_ref().and_then(|(bytes, package)| {
        let (words, rest) = bytes.as_chunks::<4>();
        let package = *blake3::Hash::from_hex(package).ok()?.as_bytes();
        let latents = words.iter().map(|b| f32::from_le_bytes(*b)).collect();
        rest.is_empty().then_some(SceneFrame { package, latents })
    });
    ReferenceFrame { file: Bytes(material.bytes.clone()), role: role(material.role), scene }
}

fn task(task: recipes::Task) -> Task {
    match task {
        recipes::Task::Picture => Task::Picture,
        recipes::Task::Edit => Task::Edit,
        recipes::Task::Clip => Task::Clip,
        recipes::Task::Upscale => Task::Upscale,
    }
}

fn role(role: recipes::Role) -> Role {
    match role {
        recipes::Role::Source => Role::Source,
        recipes::Role::Subject => Role::Subject,
        recipes::Role::Style => Role::Style,
        recipes::Role::Pose => Role::Pose,
        recipes::Role::Palette => Role::Palette,
        recipes::Role::Texture => Role::Texture,
        recipes::Role::FirstFrame => Role::FirstFrame,
        recipes::Role::LastFrame => Role::LastFrame,
        recipes::Role::Mask => Role::Mask,
    }
}
