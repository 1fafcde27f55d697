//! From a draft to a recipe: what is not told comes from the model's card, every bound is checked against it, and all
//! faults are told at once.

use super::fault::{Fault, Faults};
use super::terms::{Draft, LARGEST_SEED, Recipe, Role, Task};
use super::{upscale, wildcard};
use crate::base::text::Prompt;
use crate::base::units::{Rate, Size};
use crate::domain::models::card::ModelCard;

pub const MOST_VARIATIONS: u32 = 8;
const MOST_FRAMES: u32 = 300;
const MOST_GUIDANCE: f32 = 30.0;

/// Checks every bound against the model's card. `seed` is used where the draft leaves it open.
pub fn check(draft: &Draft, models: &[ModelCard], seed: u64) -> Result<Recipe, Faults> {
    // All of an upscale follows from its source: without one there is nothing else to say.
    if draft.task == Task::Upscale && upscale::source(draft).is_none() {
        return Err(Faults(vec![Fault::NoSource]));
    }
    let mut faults = Vec::new();
    let prompt = Prompt::new(&draft.prompt).map_err(|bad| faults.push(Fault::Prompt(bad))).ok();
    let negative = draft.negative.as_deref().filter(|text| !text.trim().is_empty()).map(Prompt::new);
    let negative = negative.transpose().map_err(|bad| faults.push(Fault::Negative(bad))).ok().flatten();
    let rewritten = draft.rewritten.as_deref().filter(|text| !text.trim().is_empty()).map(Prompt::new);
    let rewritten = rewritten.transpose().map_err(|bad| faults.push(Fault::Rewritten(bad))).ok().flatten();
    let seed = draft.seed.unwrap_or(seed & LARGEST_SEED);
    if seed > LARGEST_SEED {
        faults.push(Fault::Seed(seed));
    }
    let variations = draft.variations;
    if !(1..=MOST_VARIATIONS).contains(&variations) {
        faults.push(Fault::Variations(variations));
    }
    // An upscale's words only say what its source is.
    if let Some(prompt) = prompt.as_ref().filter(|_| draft.task != Task::Upscale) {
        faults.extend(wildcard::check(prompt, seed, variations.clamp(1, MOST_VARIATIONS)).err());
    }
    let card = models.iter().find(|m| m.name == draft.model);
    let (size, steps, guidance) = numbers(draft, card);
    if !(0.0..=MOST_GUIDANCE).contains(&guidance) {
        faults.push(Fault::Guidance);
    }
    if draft.strength.is_some() && draft.task != Task::Edit {
        faults.push(Fault::StrengthWithoutEdit);
    }
    match card {
        None => faults.push(Fault::Model(draft.model.chars().take(80).collect())),
        Some(card) => of_model(draft, (size, steps), card, &mut faults),
    }
    let (frames, rate) = clip(draft, card, &mut faults);
    match prompt {
        Some(prompt) if faults.is_empty() => Ok(Recipe {
            task: draft.task,
            prompt,
            rewritten,
            negative,
            references: draft.references.clone(),
            size,
            steps,
            guidance,
            seed,
            variations,
            model: draft.model.clone(),
            frames,
            rate,
            strength: draft.strength,
            scheduler: draft.scheduler.clone(),
        }),
        _ => Err(Faults(faults)),
    }
}

/// Size, steps and guidance as they were told, or as the model has them; where there is no model, that is the fault.
fn numbers(draft: &Draft, card: Option<&ModelCard>) -> (Size, u32, f32) {
    let usual = card.map(|c| &c.defaults);
    let width = draft.width.or(usual.map(|d| d.width)).unwrap_or_default();
    let height = draft.height.or(usual.map(|d| d.height)).unwrap_or_default();
    let steps = draft.steps.or(usual.map(|d| d.steps)).unwrap_or_default();
    let guidance = draft.guidance.or(usual.map(|d| d.guidance)).unwrap_or_default();
    (Size::new(width, height), steps, guidance)
}

/// What only the model can say: its tasks, sizes, steps, references and roles.
fn of_model(draft: &Draft, (asked, steps): (Size, u32), card: &ModelCard, faults: &mut Vec<Fault>) {
    if !card.tasks.contains(&draft.task) {
        faults.push(Fault::Task { model: card.name.clone(), task: draft.task.word() });
    }
    if !(1..=card.max_steps).contains(&steps) {
        faults.push(Fault::Steps(steps, card.max_steps));
    }
    let sizes = &card.sizes;
    let fits =
        |side: u32, min: u32, max: u32| (min..=max).contains(&side) && side.is_multiple_of(sizes.multiple.max(1));
    if draft.task == Task::Upscale {
        faults.extend(upscale::fits(asked, card).err());
    } else if !fits(asked.width, sizes.min.width, sizes.max.width)
        || !fits(asked.height, sizes.min.height, sizes.max.height)
    {
        faults.push(Fault::Size { asked, min: sizes.min, max: sizes.max, multiple: sizes.multiple });
    }
    let (given, most) = (draft.references.len(), card.max_references);
    if given > most as usize {
        faults.push(Fault::References { given, most, model: card.name.clone() });
    }
    match (draft.strength, card.strength) {
        (Some(_), None) => faults.push(Fault::StrengthUnknown(card.name.clone())),
        (Some(strength), Some(_)) if !(0.0..=1.0).contains(&strength) => faults.push(Fault::Strength),
        _ => {}
    }
    if let Some(asked) = draft.scheduler.as_ref().filter(|asked| !card.schedulers.contains(asked)) {
        faults.push(Fault::scheduler(card, asked));
    }
    let strange = draft.references.iter().find(|r| !card.roles.contains(&r.role));
    faults.extend(strange.map(|r| Fault::Role { model: card.name.clone(), role: r.role.word() }));
    let count = |role| draft.references.iter().filter(|r| r.role == role).count();
    let (sources, masks) = (count(Role::Source), count(Role::Mask));
    if draft.task == Task::Edit && sources == 0 {
        faults.push(Fault::NoSource);
    } else if masks > 0 && (sources == 0 || draft.task != Task::Edit) {
        faults.push(Fault::MaskWithoutSource);
    }
    if masks > 1 {
        faults.push(Fault::Masks);
    }
}

/// Frames and rate, for a clip only; what is not told comes from the model.
fn clip(draft: &Draft, card: Option<&ModelCard>, faults: &mut Vec<Fault>) -> (Option<u32>, Option<Rate>) {
    if draft.task != Task::Clip {
        return (None, None);
    }
    let most = card.map_or(MOST_FRAMES, |c| c.max_frames.min(MOST_FRAMES));
    let frames = draft.frames.or(card.map(|c| c.defaults.frames)).unwrap_or(1);
    if !(1..=most).contains(&frames) {
        faults.push(Fault::Frames(frames, most));
    } else if let Some(step) = card.map(|c| c.frame_step).filter(|step| !(frames - 1).is_multiple_of(*step)) {
        let below = frames - (frames - 1) % step;
        faults.push(Fault::FrameStep { asked: frames, step, below, above: below + step });
    }
    let rate = draft.rate.or(card.map(|c| c.defaults.rate)).unwrap_or(Rate::FILM);
    if Rate::new(rate.num, rate.den).is_none() {
        faults.push(Fault::Rate(rate.num, rate.den));
    }
    (Some(frames), Some(rate))
}
