//! A job as people see it: its state, its place in the queue, what came of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::clock::Moment;
use crate::base::id::{JobId, RenderId, WorkspaceId};
use crate::domain::recipes::grid::Grid;
use crate::domain::recipes::terms::Recipe;
use crate::domain::stamp::Person;
pub use crate::domain::trouble::Trouble;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Queued,
    Running,
    Done,
    Failed,
    Cancelled,
}

impl JobState {
    pub fn active(self) -> bool {
        matches!(self, JobState::Queued | JobState::Running)
    }
}

/// Why a job is not running yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// `next`, `own_jobs`, `turn`, `no_worker`.
    pub reason: &'static str,
    pub sentence: String,
    /// None until a first job of that model was measured.
    pub estimate_seconds: Option<u64>,
}

/// A job as this caller sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub id: JobId,
    pub workspace: WorkspaceId,
    pub state: JobState,
    pub recipe: Recipe,
    pub by: Person,
    pub created: Moment,
    pub started: Option<Moment>,
    pub ended: Option<Moment>,
    pub step: u32,
    pub steps_total: u32,
    /// The variation being made, from 0.
    pub variation: u32,
    /// The number of the newest preview picture.
    pub preview: Option<u64>,
    /// 1 is next.
    pub position: Option<u32>,
    pub waiting: Option<Waiting>,
    pub renders: Vec<RenderId>,
    /// How many pictures it makes.
    pub count: u32,
    pub grid: Option<Grid>,
    /// Of a grid: what is made so far, cell by cell.
    pub cells: Vec<Option<RenderId>>,
    pub trouble: Option<Trouble>,
    pub unknown_words: Vec<String>,
    pub attempts: u32,
}

/// A preview picture, as JPEG.
#[derive(Clone, Debug)]
pub struct Preview {
    pub revision: u64,
    pub jpeg: Arc<[u8]>,
}
