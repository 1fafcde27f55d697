//! The row of a job, and how it moves from state to state.

use serde::{Deserialize, Serialize};

use super::job::{Job, JobState, Trouble};
use super::queue::{Live, Place};
use super::turns::Entry;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, JobId, RenderId, WorkspaceId};
use crate::domain::error::{Error, Result};
use crate::domain::recipes::grid::Grid;
use crate::domain::recipes::terms::Recipe;
use crate::domain::stamp::Person;
use crate::store::{Direction, Reads, Record, Span, Table, WriteTx, schema};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct JobRow {
    pub(crate) id: JobId,
    pub(crate) state: JobState,
    pub(crate) recipe: Recipe,
    pub(crate) by: AccountId,
    pub(crate) created: Moment,
    pub(crate) started: Option<Moment>,
    pub(crate) ended: Option<Moment>,
    /// How often a worker began it.
    pub(crate) attempts: u32,
    /// What is made so far, by variation.
    pub(crate) renders: Vec<(u32, RenderId)>,
    pub(crate) trouble: Option<Trouble>,
    pub(crate) unknown_words: Vec<String>,
    /// What its variations took, for the estimates.
    pub(crate) millis: u64,
    /// What its renders are called from the beginning.
    #[serde(default)]
    pub(crate) caption: Option<String>,
    /// Only where the job is a grid: then the recipe is its first cell's.
    #[serde(default)]
    pub(crate) grid: Option<Gridded>,
}

/// A grid as its job knows it; the cells' recipes lie in a row of their own, because they never change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Gridded {
    pub(crate) grid: Grid,
    /// What a cell costs on average.
    pub(crate) cost: f64,
}

/// The recipe of every cell of one job, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cells {
    pub(crate) job: JobId,
    pub(crate) recipes: Vec<Recipe>,
}

impl Record for Cells {
    const TABLE: Table = schema::GRIDS;
    type Key = JobId;

    fn key(&self) -> JobId {
        self.job
    }
}

/// The recipe of every picture that the job makes: of its variations, or of the cells of its grid.
pub(crate) fn pieces(rows: &impl Reads, row: &JobRow) -> Result<Vec<Recipe>> {
    if row.grid.is_none() {
        return Ok((0..row.recipe.variations).map(|index| row.recipe.variation(index)).collect());
    }
    let cells = rows.get::<Cells>(&row.id)?;
    let cells = cells.ok_or_else(|| Error::Broken("the cells of a grid are missing".to_owned()))?;
    // A wildcard is settled by the cell's own seed.
    Ok(cells.recipes.iter().map(|cell| cell.variation(0)).collect())
}

impl Record for JobRow {
    const TABLE: Table = schema::JOBS;
    type Key = JobId;

    fn key(&self) -> JobId {
        self.id
    }
}

fn mark_of(state: JobState) -> u8 {
    match state {
        JobState::Queued => 1,
        JobState::Running => 2,
        JobState::Done => 3,
        JobState::Failed => 4,
        JobState::Cancelled => 5,
    }
}

pub(crate) fn found(rows: &impl Reads, job: JobId) -> Result<JobRow> {
    rows.get::<JobRow>(&job)?.ok_or(Error::NotFound { what: "job" })
}

/// Those in one state, oldest first.
pub(crate) fn in_state(rows: &impl Reads, state: JobState) -> Result<Vec<JobRow>> {
    let mut all = Vec::new();
    for id in rows.find::<JobId>(schema::JOBS_BY_STATE, Span::under(&mark_of(state)), Direction::Forward) {
        all.extend(rows.get::<JobRow>(&id?)?);
    }
    Ok(all)
}

pub(crate) fn add(tx: &WriteTx, row: &JobRow) -> Result<()> {
    tx.put(row)?;
    Ok(tx.mark(schema::JOBS_BY_STATE, &mark_of(row.state), &row.id)?)
}

/// Writes the row in another state.
pub(crate) fn shift(tx: &WriteTx, row: &mut JobRow, to: JobState) -> Result<()> {
    tx.unmark(schema::JOBS_BY_STATE, &mark_of(row.state), &row.id)?;
    row.state = to;
    add(tx, row)
}

impl JobRow {
    /// What the queue must know of it.
    pub(crate) fn entry(&self, workspace: WorkspaceId) -> Entry {
        let missing = self.count().saturating_sub(self.renders.len() as u32);
        Entry {
            job: self.id,
            workspace,
            by: self.by,
            model: self.recipe.model.clone(),
            cost: self.each() * f64::from(missing),
        }
    }

    /// What is made so far, by cell.
    fn cells(&self) -> Vec<Option<RenderId>> {
        let made = |cell| self.renders.iter().find(|(index, _)| *index == cell).map(|(_, id)| *id);
        (0..self.count()).map(made).collect()
    }

    /// How many pictures it makes.
    pub(crate) fn count(&self) -> u32 {
        self.grid.as_ref().map_or(self.recipe.variations, |g| g.grid.count() as u32)
    }

    /// What one of them costs, on average.
    pub(crate) fn each(&self) -> f64 {
        self.grid.as_ref().map_or_else(|| cost(&self.recipe), |g| g.cost)
    }

    pub(crate) fn seen(self, workspace: WorkspaceId, by: Person, live: Option<Live>, place: Option<Place>) -> Job {
        let live = live.unwrap_or_default();
        Job {
            id: self.id,
            workspace,
            state: self.state,
            by,
            created: self.created,
            started: self.started,
            ended: self.ended,
            step: if self.state == JobState::Done { self.recipe.steps } else { live.step },
            steps_total: if live.of == 0 { self.recipe.steps } else { live.of },
            variation: live.variation,
            preview: live.preview,
            position: place.as_ref().map(|p| p.position),
            waiting: place.map(|p| p.waiting),
            count: self.count(),
            cells: self.grid.as_ref().map(|_| self.cells()).unwrap_or_default(),
            renders: self.renders.iter().map(|(_, id)| *id).collect(),
            grid: self.grid.map(|g| g.grid),
            trouble: self.trouble,
            unknown_words: self.unknown_words,
            attempts: self.attempts,
            recipe: self.recipe,
        }
    }
}

/// What one variation costs, in steps of a megapixel: compared with others only.
pub(crate) fn cost(recipe: &Recipe) -> f64 {
    let megapixels = (recipe.size.pixels() as f64 / 1e6).max(0.05);
    megapixels * f64::from(recipe.steps) * f64::from(recipe.frames.unwrap_or(1)).max(1.0)
}
