//! The row of a job, and how it moves from state to state.

use serde::{Deserialize, Serialize};

use super::job::{Job, JobState, Trouble};
use super::queue::{Live, Place};
use super::turns::Entry;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, JobId, RenderId, WorkspaceId};
use crate::domain::error::{Error, Result};
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
        let missing = self.recipe.variations.saturating_sub(self.renders.len() as u32);
        Entry {
            job: self.id,
            workspace,
            by: self.by,
            model: self.recipe.model.clone(),
            cost: cost(&self.recipe) * f64::from(missing),
        }
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
            renders: self.renders.iter().map(|(_, id)| *id).collect(),
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
