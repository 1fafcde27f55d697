//! The workers' side of the queue: claim, beat, step, hand in, give back.

use std::time::Duration;

use super::job::{JobState, Trouble};
use super::orders::tell;
use super::queue::Live;
use super::row::{self, JobRow, cost};
use crate::base::id::{JobId, RenderId, WorkspaceId};
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::assets::asset::AssetRow;
use crate::domain::error::{Error, Result};
use crate::domain::event::Event;
use crate::domain::feed::{Audience, News};
use crate::domain::recipes::terms::{Picture, Recipe, Role};
pub use crate::domain::renders::making::Handed;
use crate::domain::renders::making::{Origin, add, draft};
use crate::domain::renders::render::{RenderKind, RenderRow};
use crate::domain::works::Written;
use crate::store::{Direction, Reads, Span};

/// A job that failed its workers so often is not tried again.
const MOST_ATTEMPTS: u32 = 3;

/// The right to work on one job, until it is not renewed for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub job: JobId,
    pub workspace: WorkspaceId,
    /// Tells one attempt from the next.
    pub ticket: u64,
}

/// A reference picture with its bytes.
pub struct Material {
    pub role: Role,
    /// PNG, JPEG or WebP.
    pub bytes: Vec<u8>,
    /// The scene of a render, where it was kept, and the package hash that made it.
    pub latents: Option<(Vec<u8>, String)>,
}

/// A job to do now.
pub struct Claimed {
    pub lease: Lease,
    /// One recipe per variation that is still missing, with its index.
    pub variations: Vec<(u32, Recipe)>,
    /// In the order of the recipe's references.
    pub materials: Vec<Material>,
}

/// What the studio answers to a beat or a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    GoOn,
    /// Cancelled, or the lease was lost: stop and drop everything.
    Stop,
}

/// The next job for `worker` (a device, for the log) that has `model` loaded; none when nothing waits.
pub fn claim(system: &Act, worker: &str, model: Option<&str>) -> Result<Option<Claimed>> {
    system.may(Action::WorkQueue, Scope::Studio)?;
    while let Some((entry, ticket)) = system.house().queue.take(model, system.now()) {
        let lease = Lease { job: entry.job, workspace: entry.workspace, ticket };
        let claimed = begin(system, &lease, worker);
        match claimed {
            Ok(Some(claimed)) => return Ok(Some(claimed)),
            Ok(None) => drop(system.house().queue.release(lease.job, ticket)),
            // A job that cannot even begin must not stop the ones behind it. Should not even the failure be
            // written, its lease runs out and it is tried again.
            Err(error) => {
                let trouble = Trouble { code: error.code().to_owned(), sentence: error.to_string() };
                let _ = fail(system, &lease, trouble);
            }
        }
    }
    Ok(None)
}

fn begin(system: &Act, lease: &Lease, worker: &str) -> Result<Option<Claimed>> {
    let row = system.read(Action::WorkQueue, Scope::Work(lease.workspace), |tx| Ok(tx.get::<JobRow>(&lease.job)?))?;
    if row.is_none_or(|row| row.state != JobState::Queued) {
        return Ok(None);
    }
    let row = system.change(Action::WorkQueue, Scope::Work(lease.workspace), |tx| {
        let mut row = row::found(tx, lease.job)?;
        still(&row, JobState::Queued)?;
        row.attempts += 1;
        row.started = row.started.or(Some(system.now()));
        row::shift(tx, &mut row, JobState::Running)?;
        let event = Event::JobStarted { job: row.id, attempt: row.attempts, worker: worker.to_owned() };
        Ok((row, event))
    })?;
    let made = |index: u32| row.renders.iter().any(|(variation, _)| *variation == index);
    let pieces = system.read(Action::WorkQueue, Scope::Work(lease.workspace), |tx| row::pieces(tx, &row))?;
    let mut missing: Vec<(u32, Recipe)> = (0..).zip(pieces).filter(|(index, _)| !made(*index)).collect();
    // A grid of models loads each of them once.
    missing.sort_by(|a, b| a.1.model.cmp(&b.1.model).then(a.0.cmp(&b.0)));
    let claimed = Claimed {
        lease: lease.clone(),
        variations: missing,
        materials: materials(system, lease.workspace, &row.recipe)?,
    };
    tell(system, lease.workspace, row)?;
    Ok(Some(claimed))
}

pub(crate) fn materials(system: &Act, workspace: WorkspaceId, recipe: &Recipe) -> Result<Vec<Material>> {
    let room = system.room(workspace)?;
    let gone = || Error::Gone {
        code: "reference_missing",
        sentence: "A reference of this job was erased before its turn came. Choose another and order it again"
            .to_owned(),
    };
    system.read(Action::WorkQueue, Scope::Work(workspace), |tx| {
        let mut all = Vec::new();
        for reference in &recipe.references {
            let (blob, latents) = match reference.picture {
                Picture::Asset(id) => (tx.get::<AssetRow>(&id)?.ok_or_else(gone)?.common.file, None),
                Picture::Render(id) => {
                    let row = tx.get::<RenderRow>(&id)?.ok_or_else(gone)?;
                    let blob = if row.kind == RenderKind::Clip { row.common.view } else { row.common.file };
                    (blob, row.latents.map(|latents| (latents, row.model.hash)))
                }
            };
            let latents = latents.map(|(blob, hash)| room.blobs.get(blob.id).map(|bytes| (bytes, hash))).transpose()?;
            all.push(Material { role: reference.role, bytes: room.blobs.get(blob.id)?, latents });
        }
        Ok(all)
    })
}

fn still(row: &JobRow, state: JobState) -> Result<()> {
    if row.state == state { Ok(()) } else { Err(lost()) }
}

fn lost() -> Error {
    Error::Conflict { code: "lease_lost", sentence: "This job was cancelled or given to another worker".to_owned() }
}

/// Waits until there may be something to claim, or `most` has passed.
pub fn wait_for_work(system: &Act, most: Duration) {
    system.house().queue.wait(most, system.now());
}

/// Still alive. Without one for 60 seconds the job is given to another.
pub fn beat(system: &Act, lease: &Lease) -> Word {
    let queue = &system.house().queue;
    if queue.beat(lease.job, lease.ticket, system.now()) {
        return Word::GoOn;
    }
    queue.release(lease.job, lease.ticket);
    Word::Stop
}

/// A denoising step was made; in memory only.
pub fn step(system: &Act, lease: &Lease, variation: u32, step: u32, of: u32, preview: Option<Vec<u8>>) -> Word {
    let at = Live { variation, step, of, preview: None };
    let Some(live) = system.house().queue.step(lease.job, lease.ticket, at, preview) else { return Word::Stop };
    let word = beat(system, lease);
    if word == Word::GoOn {
        let news = News::Step { job: lease.job, step, of, variation, preview: live.preview };
        system.tell(Audience::Workspace(lease.workspace), news);
    }
    word
}

/// Hands in one variation. Handing the same one in twice keeps the first.
pub fn finish_variation(system: &Act, lease: &Lease, variation: u32, handed: Handed) -> Result<RenderId> {
    let (queue, scope) = (&system.house().queue, Scope::Work(lease.workspace));
    let (row, pieces) = system.read(Action::WorkQueue, scope, |tx| {
        let row = row::found(tx, lease.job)?;
        let pieces = row::pieces(tx, &row)?;
        Ok((row, pieces))
    })?;
    if let Some((_, made)) = row.renders.iter().find(|(index, _)| *index == variation) {
        return Ok(*made);
    }
    if !queue.holds(lease.job, lease.ticket) {
        return Err(lost());
    }
    let recipe = pieces.into_iter().nth(variation as usize).ok_or(Error::NotFound { what: "variation" })?;
    let (cost, took) = (cost(&recipe), handed.took);
    let (by, model) = (row.by, recipe.model.clone());
    let origin = Origin { id: system.id(), job: row.id, by, variation, recipe, caption: row.caption };
    let room = system.room(lease.workspace)?;
    let mut written = Written::new(system, &room);
    let render = draft(&mut written, origin, &handed)?;
    let row = system.change(Action::WorkQueue, scope, |tx| {
        let mut row = row::found(tx, lease.job)?;
        still(&row, JobState::Running)?;
        if row.renders.iter().any(|(index, _)| *index == variation) {
            return Err(lost());
        }
        row.renders.push((variation, render.id));
        row.renders.sort_unstable();
        row.millis = row.millis.saturating_add(u64::try_from(took.as_millis()).unwrap_or(0));
        for word in &render.unknown_words {
            if !row.unknown_words.contains(word) {
                row.unknown_words.push(word.clone());
            }
        }
        tx.put(&row)?;
        add(tx, &render)?;
        Ok((row, Event::RenderMade { workspace: lease.workspace, render: render.id, job: lease.job }))
    })?;
    written.keep();
    queue.measure(by, &model, cost, took, system.now());
    tell(system, lease.workspace, row)?;
    Ok(render.id)
}

/// All variations are in.
pub fn finish(system: &Act, lease: &Lease) -> Result<()> {
    end(system, lease, |row| {
        if row.renders.len() < row.count() as usize {
            let sentence = "Not all variations are in".to_owned();
            return Err(Error::Conflict { code: "variations_missing", sentence });
        }
        Ok((JobState::Done, Event::JobDone { job: row.id }))
    })
}

/// It cannot be done, and trying again will not help.
pub fn fail(system: &Act, lease: &Lease, trouble: Trouble) -> Result<()> {
    end(system, lease, |row| {
        let event = Event::JobFailed { job: row.id, code: trouble.code.clone() };
        row.trouble = Some(trouble);
        Ok((JobState::Failed, event))
    })
}

/// The worker died or was stopped: back into the queue, or failed after the third attempt.
pub fn give_back(system: &Act, lease: &Lease, why: &str) -> Result<()> {
    end(system, lease, |row| Ok(next_try(row, why)))
}

/// What becomes of a job whose worker is gone.
pub(crate) fn next_try(row: &mut JobRow, why: &str) -> (JobState, Event) {
    if row.attempts < MOST_ATTEMPTS {
        return (JobState::Queued, Event::JobReturned { job: row.id });
    }
    let sentence = format!("The worker was lost {MOST_ATTEMPTS} times while making this ({why}); try a smaller size");
    row.trouble = Some(Trouble { code: "worker_lost".to_owned(), sentence });
    (JobState::Failed, Event::JobFailed { job: row.id, code: "worker_lost".to_owned() })
}

/// Ends the lease and moves the job on, if it is still this lease's to move.
fn end(system: &Act, lease: &Lease, to: impl FnOnce(&mut JobRow) -> Result<(JobState, Event)>) -> Result<()> {
    let queue = &system.house().queue;
    if !queue.holds(lease.job, lease.ticket) {
        queue.release(lease.job, lease.ticket);
        return Err(lost());
    }
    let row = system.change(Action::WorkQueue, Scope::Work(lease.workspace), |tx| {
        let mut row = row::found(tx, lease.job)?;
        if !row.state.active() {
            return Err(lost());
        }
        let (state, event) = to(&mut row)?;
        row.ended = (!state.active()).then_some(system.now());
        row::shift(tx, &mut row, state)?;
        Ok((row, event))
    });
    // An end that failed keeps its lease: it runs out, and the job is offered again.
    let row = row?;
    queue.release(lease.job, lease.ticket);
    if row.state == JobState::Queued {
        queue.add(row.entry(lease.workspace));
    }
    tell(system, lease.workspace, row)?;
    Ok(())
}

/// Gives the jobs of silent workers to others; answers how many.
pub(crate) fn expire(system: &Act) -> Result<usize> {
    let silent = system.house().queue.silent(system.now());
    for (entry, ticket) in &silent {
        let lease = Lease { job: entry.job, workspace: entry.workspace, ticket: *ticket };
        match give_back(system, &lease, "it fell silent") {
            // Cancelled meanwhile: the lease is gone, which was the aim.
            Ok(()) | Err(Error::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(silent.len())
}

/// Fills the queue from the rows of a workspace that was just opened: what ran is offered again.
pub(crate) fn recover(system: &Act, workspace: WorkspaceId) -> Result<()> {
    let (queue, scope) = (&system.house().queue, Scope::Work(workspace));
    for ran in system.read(Action::WorkQueue, scope, |tx| row::in_state(tx, JobState::Running))? {
        system.change(Action::WorkQueue, scope, |tx| {
            let mut row = row::found(tx, ran.id)?;
            let (state, event) = next_try(&mut row, "the studio stopped");
            row.ended = (!state.active()).then_some(system.now());
            row::shift(tx, &mut row, state)?;
            Ok(((), event))
        })?;
    }
    let (waiting, done) = system.read(Action::WorkQueue, scope, |tx| {
        let waiting = row::in_state(tx, JobState::Queued)?;
        let newest = tx.scan::<JobRow>(Span::all(), Direction::Backward).take(50);
        Ok((waiting, newest.collect::<std::result::Result<Vec<_>, _>>()?))
    })?;
    for row in done.into_iter().rev().filter(|row| row.millis > 0) {
        queue.learn(&row.recipe.model, row.each() * row.renders.len() as f64, Duration::from_millis(row.millis));
    }
    for row in waiting {
        queue.add(row.entry(workspace));
    }
    Ok(())
}
