//! The people's side of the queue: order, look, cancel.

use std::borrow::Cow;

use super::job::{Job, JobState, Preview};
use super::row::{self, Cells, Gridded, JobRow, cost};
use crate::base::id::{JobId, WorkspaceId};
use crate::base::page::{Limit, Page};
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::assets::asset::AssetRow;
use crate::domain::error::{Error, Result};
use crate::domain::event::Event;
use crate::domain::feed::{Audience, News};
use crate::domain::models::card::ModelCard;
use crate::domain::recipes::check::check;
use crate::domain::recipes::fault::{Fault, Faults};
use crate::domain::recipes::grid::Grid;
use crate::domain::recipes::terms::{Draft, Picture, Recipe, Role, Task};
use crate::domain::recipes::upscale;
use crate::domain::renders::render::{RenderKind, RenderRow};
use crate::domain::tile::Tile;
use crate::store::{Direction, Reads, Span};

/// So many jobs of one person may wait; more is a mistake or a script gone wild.
const MOST_WAITING: usize = 500;

/// Checks the draft against the model and puts it in the queue.
pub fn order(act: &Act, workspace: WorkspaceId, draft: &Draft) -> Result<Job> {
    order_as(act, workspace, act.id(), draft, None)
}

/// The same, under an id that is drawn already and for renders that come with a caption.
pub(crate) fn order_as(
    act: &Act,
    workspace: WorkspaceId,
    id: JobId,
    draft: &Draft,
    caption: Option<&str>,
) -> Result<Job> {
    act.may(Action::OrderJob, Scope::Work(workspace))?;
    let cards = act.house().shelf.cards();
    let draft = settled(act, workspace, draft, &cards)?;
    let recipe = check(&draft, &cards, chance(act))?;
    queue(act, workspace, New { id, recipe, caption: caption.map(str::to_owned), cells: None })
}

/// Checks every cell and puts the whole grid in the queue as one job.
pub fn order_grid(act: &Act, workspace: WorkspaceId, draft: &Draft, grid: &Grid) -> Result<Job> {
    act.may(Action::OrderJob, Scope::Work(workspace))?;
    let cells = grid.cells(draft, &act.house().shelf.cards(), chance(act))?;
    let first = cells.first().cloned().ok_or_else(|| Faults(vec![Fault::AxisEmpty]))?;
    let cells = Some((grid.clone(), cells));
    queue(act, workspace, New { id: act.id(), recipe: first, caption: None, cells })
}

fn chance(act: &Act) -> u64 {
    u64::from_le_bytes(act.house().entropy.bytes())
}

/// What an order would make, and how long that takes alone; none before its models were measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    pub count: u32,
    pub seconds: Option<u64>,
}

/// Checks an order like the real one, and orders nothing.
pub fn estimate(act: &Act, workspace: WorkspaceId, draft: &Draft, grid: Option<&Grid>) -> Result<Estimate> {
    act.may(Action::OrderJob, Scope::Work(workspace))?;
    let cards = act.house().shelf.cards();
    let recipes = if let Some(grid) = grid {
        grid.cells(draft, &cards, chance(act))?
    } else {
        let draft = settled(act, workspace, draft, &cards)?;
        let recipe = check(&draft, &cards, chance(act))?;
        (0..recipe.variations).map(|index| recipe.variation(index)).collect()
    };
    let queue = &act.house().queue;
    let seconds: Option<f64> = recipes.iter().map(|recipe| queue.seconds(&recipe.model, cost(recipe))).sum();
    Ok(Estimate { count: recipes.len() as u32, seconds: seconds.map(|s| s.ceil() as u64) })
}

/// An upscale's draft with what its source decides; others as they are.
fn settled<'a>(act: &Act, workspace: WorkspaceId, draft: &'a Draft, cards: &[ModelCard]) -> Result<Cow<'a, Draft>> {
    let Some(reference) = upscale::source(draft).filter(|_| draft.task == Task::Upscale) else {
        return Ok(Cow::Borrowed(draft));
    };
    let fault = |fault| Err(Faults(vec![fault]).into());
    let source = act.read(Action::SeeWork, Scope::Work(workspace), |tx| match reference.picture {
        Picture::Asset(id) => match tx.get::<AssetRow>(&id)? {
            None => fault(Fault::ReferenceMissing),
            Some(row) => Ok(upscale::Source { size: row.common.size, called: row.name.to_string() }),
        },
        Picture::Render(id) => match tx.get::<RenderRow>(&id)? {
            None => fault(Fault::ReferenceMissing),
            Some(row) if row.kind == RenderKind::Clip => fault(Fault::UpscaleOfClip),
            Some(row) => Ok(upscale::Source { size: row.common.size, called: row.recipe.prompt.to_string() }),
        },
    })?;
    Ok(Cow::Owned(upscale::settled(draft, cards, &source)))
}

/// A checked job that is not in the queue yet.
struct New {
    id: JobId,
    recipe: Recipe,
    caption: Option<String>,
    /// A grid and the recipe of each of its cells.
    cells: Option<(Grid, Vec<Recipe>)>,
}

fn queue(act: &Act, workspace: WorkspaceId, new: New) -> Result<Job> {
    let (house, New { id, recipe, caption, cells }) = (act.house(), new);
    let (grid, recipes) = cells.map_or((None, None), |(grid, recipes)| (Some(grid), Some(recipes)));
    let mean = recipes.as_ref().map(|all| all.iter().map(cost).sum::<f64>() / all.len().max(1) as f64);
    let unknown_words = house.shelf.reading(&recipe.model, recipe.prompt.as_str());
    let row = JobRow {
        id,
        state: JobState::Queued,
        by: act.account()?,
        created: act.now(),
        started: None,
        ended: None,
        attempts: 0,
        renders: Vec::new(),
        trouble: None,
        unknown_words: unknown_words.into_iter().map(|w| w.word).collect(),
        millis: 0,
        caption,
        grid: grid.zip(mean).map(|(grid, cost)| Gridded { grid, cost }),
        recipe,
    };
    if house.queue.waiting_of(row.by) >= MOST_WAITING {
        let sentence = format!("{MOST_WAITING} of your jobs wait already; cancel some or wait for them");
        return Err(Error::Conflict { code: "queue_full", sentence });
    }
    let row = act.change(Action::OrderJob, Scope::Work(workspace), |tx| {
        references_are_here(tx, &row.recipe)?;
        mask_fits(tx, &row.recipe)?;
        row::add(tx, &row)?;
        if let Some(recipes) = recipes {
            tx.put(&Cells { job: row.id, recipes })?;
        }
        let (task, variations) = (row.recipe.task.word(), row.count());
        let event = Event::JobOrdered { job: row.id, task, variations };
        Ok((row, event))
    })?;
    house.queue.add(row.entry(workspace));
    tell(act, workspace, row)
}

pub(crate) fn references_are_here(rows: &impl Reads, recipe: &Recipe) -> Result<()> {
    for reference in &recipe.references {
        if rows.get::<Tile>(&Tile::key_of(reference.picture))?.is_none_or(|t| t.deleted) {
            return Err(Faults(vec![Fault::ReferenceMissing]).into());
        }
    }
    Ok(())
}

/// A mask is painted over its source: of another size it belongs to another picture.
fn mask_fits(rows: &impl Reads, recipe: &Recipe) -> Result<()> {
    let size = |role| match recipe.references.iter().find(|r| r.role == role).map(|r| r.picture) {
        None => Ok(None),
        Some(Picture::Asset(id)) => Ok(rows.get::<AssetRow>(&id)?.map(|row| row.common.size)),
        Some(Picture::Render(id)) => Ok::<_, Error>(rows.get::<RenderRow>(&id)?.map(|row| row.common.size)),
    };
    match (size(Role::Mask)?, size(Role::Source)?) {
        (Some(mask), Some(of)) if mask != of => Err(Faults(vec![Fault::MaskSize { mask, of }]).into()),
        _ => Ok(()),
    }
}

/// Newest first; `active` leaves out what has ended.
pub fn list(act: &Act, workspace: WorkspaceId, active: bool, limit: Limit, after: Option<&str>) -> Result<Page<Job>> {
    let past = after.map(str::parse::<JobId>).transpose()?;
    let (rows, next) = act.read(Action::SeeWork, Scope::Work(workspace), |tx| {
        let mut rows: Vec<JobRow> = Vec::new();
        if active {
            rows = row::in_state(tx, JobState::Running)?;
            rows.extend(row::in_state(tx, JobState::Queued)?);
            rows.sort_by_key(|r| std::cmp::Reverse(r.id));
            rows.retain(|r| past.is_none_or(|past| r.id < past));
            rows.truncate(limit.get() + 1);
        } else {
            let newest = tx.scan::<JobRow>(Span::all().past(past.as_ref()), Direction::Backward);
            for row in newest.take(limit.get() + 1) {
                rows.push(row?);
            }
        }
        let more = rows.len() > limit.get();
        rows.truncate(limit.get());
        let next = rows.last().filter(|_| more).map(|r| r.id.to_string());
        Ok((rows, next))
    })?;
    let mut places = act.house().queue.places(act.now());
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let (by, live) = (act.person(row.by)?, act.house().queue.live(row.id));
        let place = places.remove(&row.id);
        items.push(row.seen(workspace, by, live, place));
    }
    Ok(Page { items, next })
}

pub fn get(act: &Act, workspace: WorkspaceId, job: JobId) -> Result<Job> {
    let row = act.read(Action::SeeWork, Scope::Work(workspace), |tx| row::found(tx, job))?;
    seen(act, workspace, row)
}

/// One's own, or anybody's as an owner or producer; what has ended stays as it is.
pub fn cancel(act: &Act, workspace: WorkspaceId, job: JobId) -> Result<Job> {
    let row = act.read(Action::SeeWork, Scope::Work(workspace), |tx| row::found(tx, job))?;
    let own = act.account().is_ok_and(|own| own == row.by);
    let action = if own { Action::CancelOwnJob } else { Action::CancelAnyJob };
    let row = act.change(action, Scope::Work(workspace), |tx| {
        let mut row = row::found(tx, job)?;
        if !row.state.active() {
            let sentence = "This job has ended already, so there is nothing to cancel".to_owned();
            return Err(Error::Conflict { code: "job_ended", sentence });
        }
        row.ended = Some(act.now());
        row::shift(tx, &mut row, JobState::Cancelled)?;
        Ok((row, Event::JobCancelled { job }))
    })?;
    act.house().queue.cancel(job);
    tell(act, workspace, row)
}

/// The newest preview while the job runs.
pub fn preview(act: &Act, workspace: WorkspaceId, job: JobId) -> Result<Preview> {
    act.read(Action::SeeWork, Scope::Work(workspace), |tx| row::found(tx, job))?;
    act.house().queue.preview(job).ok_or(Error::NotFound { what: "preview" })
}

fn seen(act: &Act, workspace: WorkspaceId, row: JobRow) -> Result<Job> {
    let queue = &act.house().queue;
    let place = if row.state == JobState::Queued { queue.places(act.now()).remove(&row.id) } else { None };
    let (by, live) = (act.person(row.by)?, queue.live(row.id));
    Ok(row.seen(workspace, by, live, place))
}

/// Tells everybody of the workspace how the job stands now.
pub(super) fn tell(act: &Act, workspace: WorkspaceId, row: JobRow) -> Result<Job> {
    let job = seen(act, workspace, row)?;
    act.tell(Audience::Workspace(workspace), News::Job(Box::new(job.clone())));
    Ok(job)
}
