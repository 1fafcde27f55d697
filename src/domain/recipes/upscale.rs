//! An upscale's recipe: its source and its model decide all of it, so nobody need say more.

use super::fault::Fault;
use super::terms::{Draft, Role, Task};
use crate::base::units::Size;
use crate::domain::models::card::ModelCard;
use crate::media::decode::Limits;

/// What an upscale must know of the picture that it enlarges.
pub struct Source {
    pub size: Size,
    /// Its own prompt or name: the enlarged picture is found by the same words.
    pub called: String,
}

/// The draft of an upscale with everything that follows from its source; what was told of that is passed over.
pub fn settled(draft: &Draft, models: &[ModelCard], source: &Source) -> Draft {
    let scale = models.iter().find(|card| card.name == draft.model).and_then(|card| card.scale).unwrap_or(1);
    let prompt = if draft.prompt.trim().is_empty() { &source.called } else { &draft.prompt };
    Draft {
        task: Task::Upscale,
        prompt: prompt.clone(),
        negative: None,
        references: draft.references.clone(),
        width: Some(source.size.width.saturating_mul(scale)),
        height: Some(source.size.height.saturating_mul(scale)),
        steps: Some(1),
        guidance: Some(0.0),
        seed: Some(0),
        variations: 1,
        model: draft.model.clone(),
        frames: None,
        rate: None,
        strength: None,
        scheduler: None,
        rewritten: None,
    }
}

/// The picture that an upscale enlarges.
pub fn source(draft: &Draft) -> Option<&super::terms::Reference> {
    draft.references.iter().find(|r| r.role == Role::Source)
}

/// Whether the enlarged picture is one that the studio can keep.
pub(super) fn fits(becomes: Size, card: &ModelCard) -> Result<(), Fault> {
    let scale = card.scale.unwrap_or(1).max(1);
    let (side, pixels) = (card.sizes.max.width.min(card.sizes.max.height), Limits::default().pixels);
    if becomes.width <= side && becomes.height <= side && becomes.pixels() <= pixels {
        return Ok(());
    }
    let from = Size::new(becomes.width / scale, becomes.height / scale);
    Err(Fault::UpscaleSize { from, becomes, side, millions: pixels / 1_000_000 })
}
