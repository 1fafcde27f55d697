//! The queue in memory: who waits, who works, since when; made anew from the rows at every start.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::job::{Preview, Waiting};
use super::turns::{Entry, Turns};
use crate::base::clock::Moment;
use crate::base::id::{AccountId, JobId};

/// A lease that is not renewed for this long is over.
pub(crate) const LEASE: Duration = Duration::from_mins(1);
/// Without a question for this long there is no worker.
const NO_WORKER: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(crate) struct Queue {
    inner: Mutex<Inner>,
    added: Condvar,
}

#[derive(Default)]
struct Inner {
    turns: Turns,
    running: HashMap<JobId, Running>,
    ticket: u64,
    /// When a worker last asked for work.
    asked: Option<Moment>,
}

struct Running {
    entry: Entry,
    ticket: u64,
    until: Moment,
    cancelled: bool,
    live: Live,
    jpeg: Option<Arc<[u8]>>,
}

/// How far a running job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) variation: u32,
    pub(crate) step: u32,
    pub(crate) of: u32,
    pub(crate) preview: Option<u64>,
}

/// Where a waiting job stands, and why.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) position: u32,
    pub(crate) waiting: Waiting,
}

impl Queue {
    pub(crate) fn add(&self, entry: Entry) {
        self.inner().turns.add(entry);
        self.added.notify_all();
    }

    /// Takes the next job under a new ticket.
    pub(crate) fn take(&self, model: Option<&str>, now: Moment) -> Option<(Entry, u64)> {
        let mut inner = self.inner();
        inner.asked = Some(now);
        let running: Vec<Entry> = inner.running.values().map(|r| r.entry.clone()).collect();
        let entry = inner.turns.take(model, &running, now)?;
        inner.ticket += 1;
        let ticket = inner.ticket;
        let until = now.plus(LEASE);
        let work = Running { entry: entry.clone(), ticket, until, cancelled: false, live: Live::default(), jpeg: None };
        inner.running.insert(entry.job, work);
        Some((entry, ticket))
    }

    /// Waits until something is there to take, or `most` has passed.
    pub(crate) fn wait(&self, most: Duration, now: Moment) {
        let mut inner = self.inner();
        inner.asked = Some(now);
        let waited = self.added.wait_timeout_while(inner, most, |inner| inner.turns.len() == 0);
        drop(waited);
    }

    /// Renews the lease; false when it is lost or the job was cancelled.
    pub(crate) fn beat(&self, job: JobId, ticket: u64, now: Moment) -> bool {
        let mut inner = self.inner();
        inner.asked = Some(now);
        let Some(work) = inner.running.get_mut(&job).filter(|r| r.ticket == ticket) else { return false };
        work.until = now.plus(LEASE);
        !work.cancelled
    }

    /// Notes progress; a preview gets the next number.
    pub(crate) fn step(&self, job: JobId, ticket: u64, at: Live, jpeg: Option<Vec<u8>>) -> Option<Live> {
        let mut inner = self.inner();
        let work = inner.running.get_mut(&job).filter(|r| r.ticket == ticket)?;
        let number = work.live.preview;
        work.live = Live { preview: number, ..at };
        if let Some(jpeg) = jpeg {
            work.live.preview = Some(number.unwrap_or(0) + 1);
            work.jpeg = Some(jpeg.into());
        }
        Some(work.live)
    }

    /// Whether the lease still holds and nobody cancelled.
    pub(crate) fn holds(&self, job: JobId, ticket: u64) -> bool {
        self.inner().running.get(&job).is_some_and(|r| r.ticket == ticket && !r.cancelled)
    }

    /// Ends a lease.
    pub(crate) fn release(&self, job: JobId, ticket: u64) -> Option<Entry> {
        let mut inner = self.inner();
        inner.running.get(&job).filter(|r| r.ticket == ticket)?;
        inner.running.remove(&job).map(|r| r.entry)
    }

    /// Takes a job out of the line, or asks its worker to stop.
    pub(crate) fn cancel(&self, job: JobId) {
        let mut inner = self.inner();
        inner.turns.remove(job);
        if let Some(work) = inner.running.get_mut(&job) {
            work.cancelled = true;
        }
    }

    /// Jobs whose worker has gone silent, with their tickets.
    pub(crate) fn silent(&self, now: Moment) -> Vec<(Entry, u64)> {
        let inner = self.inner();
        inner.running.values().filter(|r| r.until < now).map(|r| (r.entry.clone(), r.ticket)).collect()
    }

    pub(crate) fn measure(&self, by: AccountId, model: &str, cost: f64, took: Duration, now: Moment) {
        self.inner().turns.measure(by, model, cost, took, now);
    }

    pub(crate) fn learn(&self, model: &str, cost: f64, took: Duration) {
        self.inner().turns.learn(model, cost, took);
    }

    /// How long work of this cost takes; none before the model was measured.
    pub(crate) fn seconds(&self, model: &str, cost: f64) -> Option<f64> {
        self.inner().turns.seconds(model, cost)
    }

    pub(crate) fn live(&self, job: JobId) -> Option<Live> {
        self.inner().running.get(&job).map(|r| r.live)
    }

    pub(crate) fn preview(&self, job: JobId) -> Option<Preview> {
        let inner = self.inner();
        let work = inner.running.get(&job)?;
        Some(Preview { revision: work.live.preview?, jpeg: work.jpeg.clone()? })
    }

    pub(crate) fn waiting_of(&self, by: AccountId) -> usize {
        self.inner().turns.of(by)
    }

    /// How many jobs, waiting and running, are for this model.
    pub(crate) fn of_model(&self, model: &str) -> usize {
        let inner = self.inner();
        inner.turns.of_model(model) + inner.running.values().filter(|r| r.entry.model == model).count()
    }

    /// Waiting and running.
    pub(crate) fn count(&self) -> (usize, usize) {
        let inner = self.inner();
        (inner.turns.len(), inner.running.len())
    }

    /// Where every waiting job stands, all at once: the order is worked out only once.
    pub(crate) fn places(&self, now: Moment) -> HashMap<JobId, Place> {
        let inner = self.inner();
        let worker = inner.asked.is_some_and(|asked| now.since(asked) < NO_WORKER) || !inner.running.is_empty();
        let running: Vec<Entry> = inner.running.values().map(|r| r.entry.clone()).collect();
        let mut ahead: Option<f64> = running.iter().map(|e| inner.turns.seconds(&e.model, e.cost)).sum();
        let mut own: HashMap<AccountId, u32> = HashMap::new();
        let mut places = HashMap::new();
        for (entry, position) in inner.turns.order(&running, now).into_iter().zip(1..) {
            let before = own.entry(entry.by).or_default();
            let estimate = if worker { ahead.map(|s| s.ceil() as u64) } else { None };
            let waiting = waiting(worker, position, *before, !running.is_empty(), estimate);
            places.insert(entry.job, Place { position, waiting });
            *before += 1;
            ahead = ahead.zip(inner.turns.seconds(&entry.model, entry.cost)).map(|(a, b)| a + b);
        }
        places
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Every change is one step: a panic elsewhere leaves nothing half done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why it waits, in words.
fn waiting(worker: bool, position: u32, own: u32, busy: bool, estimate_seconds: Option<u64>) -> Waiting {
    let jobs = |n: u32| if n == 1 { "one job is".to_owned() } else { format!("{n} jobs are") };
    let (reason, sentence) = match (worker, position - 1) {
        (false, _) => ("no_worker", "No worker is ready yet; this job starts as soon as one is".to_owned()),
        (true, 0) if busy => ("next", "This job is next; the worker is still busy with another one".to_owned()),
        (true, 0) => ("next", "This job is next and starts in a moment".to_owned()),
        (true, ahead) if own == ahead => ("own_jobs", format!("{} before it, of your own", jobs(ahead))),
        (true, ahead) => {
            let sentence = format!("{} before it; turns are shared evenly between people", jobs(ahead));
            ("turn", sentence)
        }
    };
    Waiting { reason, sentence, estimate_seconds }
}
