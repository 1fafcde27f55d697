//! The queue's arm: takes jobs from the domain's table, has a worker do them, and hands in what came out.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::base::clock::Stopwatch;
use crate::domain::act::Act;
use crate::domain::health;
use crate::domain::jobs::Trouble;
use crate::domain::jobs::lane::{self, Claimed, Handed, Lease, Material, Word};
use crate::domain::models;
use crate::domain::recipes::{self, Recipe};
use crate::domain::renders::MadeWith;
use crate::domain::rewrites::lane as asked;
use crate::domain::studio::Studio;
use crate::inference::Device;

use super::error::{Error, Result};
use super::hands::{News, Start, Worker};
use super::order;
use super::protocol::Finished;

/// How long one look at the job table waits for work.
const LOOK: Duration = Duration::from_secs(1);
/// About how many previews a picture gets.
const PREVIEWS: u32 = 5;
/// Nobody sees more than a few a second, and each costs a decoding: milliseconds between two.
const PREVIEW_PAUSE: u32 = 250;

/// A thread that keeps one worker busy. Stops with its value.
pub struct Queue {
    stop: Arc<AtomicBool>,
    seen: Arc<Mutex<Seen>>,
    thread: Option<JoinHandle<()>>,
}

/// What can be seen of a lane from outside.
#[derive(Clone, Default)]
struct Seen {
    worker: Option<health::Worker>,
    /// What the last worker found out that it renders on.
    device: Option<Device>,
}

impl Queue {
    /// `idle`: a worker without work for so long is ended, and its memory given back.
    pub fn start(studio: Studio, how: Start, idle: Duration) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::new(Mutex::new(Seen::default()));
        let mut lane = Lane { studio, how, idle, stop: stop.clone(), seen: seen.clone(), worker: None, model: None };
        let thread = thread::Builder::new().name("queue".to_owned()).spawn(move || lane.work())?;
        Ok(Queue { stop, seen, thread: Some(thread) })
    }

    /// The worker process there is now.
    pub fn worker(&self) -> Option<health::Worker> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).worker.clone()
    }

    /// What its workers render on; none before the first one was started.
    pub fn device(&self) -> Option<Device> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).device.clone()
    }

    /// Ends the worker; a job in the middle goes back into the queue.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.end();
    }
}

/// What the thread works with.
struct Lane {
    studio: Studio,
    how: Start,
    idle: Duration,
    stop: Arc<AtomicBool>,
    seen: Arc<Mutex<Seen>>,
    worker: Option<Worker>,
    /// What the worker has loaded.
    model: Option<String>,
}

/// How a job ended, as far as it did.
enum End {
    /// All variations are in, or nobody wants the rest.
    Settled,
    /// It is to be tried again.
    Back(String),
    Failed(Trouble),
}

impl Lane {
    fn work(&mut self) {
        let mut last = Stopwatch::start();
        while !self.stopping() {
            // None while the studio is being set up or is locked.
            let Ok(system) = self.studio.system() else {
                thread::sleep(LOOK / 2);
                continue;
            };
            if self.rewrites(&system) {
                last = Stopwatch::start();
                continue;
            }
            match lane::claim(&system, &self.how.engine.device.to_string(), self.model.as_deref()) {
                Ok(Some(claimed)) => {
                    self.job(&system, claimed);
                    last = Stopwatch::start();
                }
                Ok(None) => {
                    if self.worker.is_some() && last.elapsed() >= self.idle {
                        self.let_go();
                    }
                    lane::wait_for_work(&system, LOOK);
                }
                Err(e) => {
                    tracing::error!(code = e.code(), "the queue could not take a job: {e}");
                    thread::sleep(LOOK);
                }
            }
        }
        self.let_go();
    }

    fn job(&mut self, system: &Act, claimed: Claimed) {
        let lease = claimed.lease.clone();
        let told = match self.variations(system, claimed) {
            End::Settled => lane::finish(system, &lease),
            End::Back(why) => {
                tracing::warn!(job = %lease.job, "job {} goes back into the queue: {why}", lease.job);
                lane::give_back(system, &lease, &why)
            }
            End::Failed(trouble) => {
                tracing::warn!(job = %lease.job, code = trouble.code, "job {} failed ({})", lease.job, trouble.code);
                lane::fail(system, &lease, trouble)
            }
        };
        if let Err(e) = told {
            tracing::error!(job = %lease.job, code = e.code(), "the end of job {} could not be written down: {e}", lease.job);
        }
        self.show("idle");
    }

    fn variations(&mut self, system: &Act, claimed: Claimed) -> End {
        for (variation, recipe) in claimed.variations {
            let finished = match self.variation(system, &claimed.lease, variation, &recipe, &claimed.materials) {
                Ok(finished) => finished,
                Err(e) if e.lost() => {
                    self.let_go();
                    return End::Back(e.to_string());
                }
                Err(Error::Cancelled) if self.stopping() => return End::Back("the studio is being stopped".to_owned()),
                Err(Error::Cancelled) => return End::Settled,
                // It would fail again in this process, and not without captures in another.
                Err(e) if e.code() == "capture_failed" => {
                    self.how.engine.no_captures = true;
                    self.let_go();
                    return End::Back(e.to_string());
                }
                // What it holds may be what was missing: the next job gets a fresh process.
                Err(e) if e.code() == "out_of_memory" => {
                    self.let_go();
                    return End::Failed(Trouble { code: e.code().to_owned(), sentence: e.to_string() });
                }
                Err(e) => return End::Failed(Trouble { code: e.code().to_owned(), sentence: e.to_string() }),
            };
            if let Err(e) = lane::finish_variation(system, &claimed.lease, variation, handed(recipe, finished)) {
                return End::Failed(Trouble { code: e.code().to_owned(), sentence: e.to_string() });
            }
        }
        End::Settled
    }

    fn variation(
        &mut self,
        system: &Act,
        lease: &Lease,
        variation: u32,
        recipe: &Recipe,
        materials: &[Material],
    ) -> Result<Finished> {
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => self.start(system)?,
        };
        if self.model.as_ref() != Some(&recipe.model) {
            tracing::info!(pid = worker.pid(), model = recipe.model, "worker {} loads {}", worker.pid(), recipe.model);
            self.model = Some(recipe.model.clone());
        }
        self.note(&worker, "working");
        let run = order::run(recipe, materials, (recipe.steps.div_ceil(PREVIEWS), PREVIEW_PAUSE));
        let stop = self.stop.clone();
        let finished = worker.run(run, &mut |news| {
            let word = match news {
                News::Step { step, of, preview } => lane::step(system, lease, variation, step, of, preview),
                News::Frame { .. } | News::Said { .. } | News::Waiting => lane::beat(system, lease),
            };
            let go_on = word == Word::GoOn && !stop.load(Ordering::Relaxed);
            if go_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        self.worker = Some(worker);
        finished
    }

    /// Does one rewrite, if one waits: somebody sits before it, and it takes less than a picture.
    fn rewrites(&mut self, system: &Act) -> bool {
        let claimed = match asked::claim(system) {
            Ok(Some(claimed)) => claimed,
            Ok(None) => return false,
            Err(e) => {
                tracing::error!(code = e.code(), "the queue could not take a rewrite: {e}");
                return false;
            }
        };
        let at = (claimed.workspace, claimed.id);
        let told = match self.rewrite(system, &claimed) {
            Ok(text) => asked::finish(system, at, &text),
            Err(e) => {
                if e.lost() || e.code() == "out_of_memory" {
                    self.let_go();
                }
                tracing::warn!(rewrite = %claimed.id, code = e.code(), "rewrite {} failed ({})", claimed.id, e.code());
                asked::fail(system, at, Trouble { code: e.code().to_owned(), sentence: e.to_string() })
            }
        };
        if let Err(e) = told {
            tracing::error!(rewrite = %claimed.id, code = e.code(), "the end of rewrite {} could not be written down: {e}", claimed.id);
        }
        self.show("idle");
        true
    }

    fn rewrite(&mut self, system: &Act, claimed: &asked::Claimed) -> Result<String> {
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => self.start(system)?,
        };
        // The model itself makes room for its rewriter, and is loaded again for the next picture.
        self.model = None;
        self.note(&worker, "working");
        let (stop, mut last) = (self.stop.clone(), 0);
        let text = worker.rewrite(order::rewrite(&claimed.recipe, &claimed.materials), &mut |news| {
            if let News::Said { tokens } = news {
                last = tokens;
            }
            let go_on = asked::said(system, claimed.id, last) == Word::GoOn && !stop.load(Ordering::Relaxed);
            if go_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        self.worker = Some(worker);
        text
    }

    fn start(&self, system: &Act) -> Result<Worker> {
        let key =
            models::key(system).map_err(|e| Error::Failed { code: e.code().to_owned(), sentence: e.to_string() })?;
        let worker = Worker::start(&self.how, Some(&key))?;
        if let Some(device) = worker.device() {
            let (pid, name) = (worker.pid(), &device.name);
            tracing::info!(pid, device = name, "worker {pid} renders on {name}: {}", device.reason);
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).device = Some(device.clone());
        }
        Ok(worker)
    }

    fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn let_go(&mut self) {
        self.worker = None;
        self.model = None;
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).worker = None;
    }

    fn show(&self, state: &str) {
        if let Some(worker) = &self.worker {
            self.note(worker, state);
        }
    }

    fn note(&self, worker: &Worker, state: &str) {
        let device = worker.device().map_or_else(String::new, |device| device.name.clone());
        let note = health::Worker { pid: worker.pid(), state: state.to_owned(), model: self.model.clone(), device };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).worker = Some(note);
    }
}

fn handed(recipe: Recipe, made: Finished) -> Handed {
    let clip = recipe.task == recipes::Task::Clip;
    let latents = made.scene.map(|s| s.latents.iter().flat_map(|v| v.to_le_bytes()).collect());
    Handed {
        file: made.file.0,
        poster: made.poster.map(|p| p.0),
        all_frames: made.lossless.map(|l| l.0),
        latents,
        width: made.size.width,
        height: made.size.height,
        frames: clip.then_some(made.frames),
        rate: if clip { recipe.rate } else { None },
        model: MadeWith { name: recipe.model, version: made.version, hash: made.hash },
        unknown_words: made.unknown_words.into_iter().map(|u| u.word).collect(),
        took: Duration::try_from_secs_f64(made.seconds).unwrap_or_default(),
    }
}
