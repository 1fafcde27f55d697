//! Sample content for a workspace that is new: a handful of recipes of the starter, ordered like anybody's.

use super::access::standing::Scope;
use super::access::table::Action;
use super::act::Act;
use super::error::{Error, Result};
use super::jobs::job::Job;
use super::jobs::orders::order_as;
use super::models::card::ModelCard;
use super::recipes::terms::{Draft, Picture, Reference, Role, Task};
use super::renders::render::{RenderKind, RenderRow};
use crate::base::id::{JobId, RenderId, WorkspaceId};
use crate::store::{Direction, Reads, Span};

/// The prompts below are in its vocabulary; another model would do something else with them.
const MODEL: &str = "starter";

struct Sample {
    task: Task,
    prompt: &'static str,
    caption: &'static str,
    /// Width to height; the area is the model's own.
    shape: (u32, u32),
}

const WIDE: (u32, u32) = (16, 9);
const CLASSIC: (u32, u32) = (4, 3);
const SQUARE: (u32, u32) = (1, 1);
const TALL: (u32, u32) = (3, 4);

const fn picture(shape: (u32, u32), prompt: &'static str, caption: &'static str) -> Sample {
    Sample { task: Task::Picture, prompt, caption, shape }
}

const SAMPLES: &[Sample] = &[
    picture(WIDE, "two red boats on the sea at sunset, wide shot, flat colours", "Sample: the fleet comes home"),
    picture(TALL, "a white rocket in the night sky, blueprint", "Sample: how the rocket is built"),
    picture(CLASSIC, "a yellow house in a forest at night, snowfall, ink outline", "Sample: the house in the snow"),
    picture(SQUARE, "an orange cat on a table in a room, pixel art", "Sample: the cat knows everything"),
    picture(WIDE, "three birds above a tree in a meadow, fog, charcoal", "Sample: morning fog, before the storm"),
    picture(TALL, "a person on a stage, silhouette, medium shot", "Sample: alone on the stage"),
    Sample {
        task: Task::Clip,
        prompt: "a green car drives left on a street at dawn, film grain",
        caption: "Sample: the car leaves town",
        shape: WIDE,
    },
];

/// Made of a picture that is there already, whatever it shows.
const EDIT: (&str, &str) = ("make it a pencil drawing, at night", "Sample: the same picture in pencil, at night");

/// Orders the samples; where a picture of the starter is there already, one of them is an edit of the newest.
pub fn order(act: &Act, workspace: WorkspaceId) -> Result<Vec<Job>> {
    act.may(Action::OrderJob, Scope::Work(workspace))?;
    let cards = act.house().shelf.cards();
    let card = cards.iter().find(|card| card.name == MODEL).ok_or_else(|| Error::Unavailable {
        code: "starter_missing",
        sentence:
            "The samples are made by the starter model, which is not installed. Make pictures of your own instead"
                .to_owned(),
    })?;
    // Ids of one moment are in no order: sorted, the pictures are made in the order of the list, and the clip is last.
    let mut ids: Vec<JobId> = (0..=SAMPLES.len()).map(|_| act.id()).collect();
    ids.sort_unstable();
    let mut ids = ids.into_iter();
    let mut jobs = Vec::with_capacity(SAMPLES.len() + 1);
    let mut place = |draft: &Draft, caption: &str| -> Result<()> {
        let id = ids.next().unwrap_or_else(|| act.id());
        jobs.push(order_as(act, workspace, id, draft, Some(caption))?);
        Ok(())
    };
    if let Some((source, width, height)) = newest(act, workspace)? {
        let references = vec![Reference { picture: Picture::Render(source), role: Role::Source }];
        let (prompt, caption) = EDIT;
        let (width, height) = (Some(width), Some(height));
        let draft = Draft { references, width, height, ..draft(card, Task::Edit, prompt, WIDE) };
        place(&draft, caption)?;
    }
    for sample in SAMPLES {
        let draft = draft(card, sample.task, sample.prompt, sample.shape);
        place(&draft, sample.caption)?;
    }
    Ok(jobs)
}

/// The newest picture that the starter made here, with its size.
fn newest(act: &Act, workspace: WorkspaceId) -> Result<Option<(RenderId, u32, u32)>> {
    act.read(Action::SeeWork, Scope::Work(workspace), |tx| {
        for row in tx.scan::<RenderRow>(Span::all(), Direction::Backward) {
            let row = row?;
            let (size, gone) = (row.common.size, row.common.deleted.is_some());
            if row.kind == RenderKind::Picture && row.model.name == MODEL && !gone {
                return Ok(Some((row.id, size.width, size.height)));
            }
        }
        Ok(None)
    })
}

fn draft(card: &ModelCard, task: Task, prompt: &str, shape: (u32, u32)) -> Draft {
    let (width, height) = sides(card, shape);
    Draft {
        task,
        prompt: prompt.to_owned(),
        negative: None,
        references: Vec::new(),
        width: Some(width),
        height: Some(height),
        steps: None,
        guidance: None,
        seed: None,
        variations: 1,
        model: card.name.clone(),
        frames: None,
        rate: None,
        strength: None,
        scheduler: None,
        rewritten: None,
    }
}

/// As many pixels as the model makes by itself, in another shape, on its grid.
fn sides(card: &ModelCard, (across, down): (u32, u32)) -> (u32, u32) {
    let area = f64::from(card.defaults.width) * f64::from(card.defaults.height);
    let grid = card.sizes.multiple.max(1);
    let side = |of: u32, to: u32, min: u32, max: u32| {
        let wanted = (area * f64::from(of) / f64::from(to)).sqrt();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a root of two sides, never negative"
        )]
        let cells = (wanted / f64::from(grid)).round() as u32;
        (cells * grid).clamp(min, max)
    };
    let (min, max) = (card.sizes.min, card.sizes.max);
    (side(across, down, min.width, max.width), side(down, across, min.height, max.height))
}
