//! Whose turn it is: fair by person, then by age, with a bounded look ahead for the model that is loaded.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use crate::base::clock::Moment;
use crate::base::id::{AccountId, JobId, WorkspaceId};

/// A job may be passed by for the sake of a loaded model so often, and no more.
const MOST_PASSED: u32 = 3;
/// How far the look ahead goes.
const LOOK_AHEAD: usize = 8;
/// What somebody used an hour ago no longer counts against him.
const FORGOTTEN: Duration = Duration::from_hours(1);

/// One waiting job.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) job: JobId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) by: AccountId,
    pub(crate) model: String,
    pub(crate) cost: f64,
}

/// The waiting jobs, and what their people have used lately.
#[derive(Default)]
pub(crate) struct Turns {
    /// By id, and so by age.
    waiting: BTreeMap<JobId, Entry>,
    used: HashMap<AccountId, Used>,
    /// Seconds per unit of cost, as measured.
    pace: HashMap<String, f64>,
    passed: u32,
}

#[derive(Clone, Copy)]
struct Used {
    cost: f64,
    last: Moment,
}

impl Turns {
    pub(crate) fn add(&mut self, entry: Entry) {
        self.waiting.insert(entry.job, entry);
    }

    pub(crate) fn remove(&mut self, job: JobId) -> Option<Entry> {
        self.waiting.remove(&job)
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn of(&self, by: AccountId) -> usize {
        self.waiting.values().filter(|e| e.by == by).count()
    }

    pub(crate) fn of_model(&self, model: &str) -> usize {
        self.waiting.values().filter(|e| e.model == model).count()
    }

    /// The order in which the jobs will run if nothing is added: each turn goes to the person who has used
    /// the least (`running` included), and of his jobs to the oldest.
    pub(crate) fn order(&self, running: &[Entry], now: Moment) -> Vec<&Entry> {
        let mut people: BTreeMap<AccountId, (f64, Vec<&Entry>)> = BTreeMap::new();
        for entry in self.waiting.values().rev() {
            people.entry(entry.by).or_insert_with(|| (self.used(entry.by, now), Vec::new())).1.push(entry);
        }
        for entry in running {
            if let Some((used, _)) = people.get_mut(&entry.by) {
                *used += entry.cost;
            }
        }
        let mut order = Vec::with_capacity(self.waiting.len());
        loop {
            let next = people.values_mut().filter_map(|(used, jobs)| Some((*used, jobs.last()?.job, used, jobs)));
            let Some((_, _, used, jobs)) = next.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))) else {
                return order;
            };
            if let Some(entry) = jobs.pop() {
                *used += entry.cost;
                order.push(entry);
            }
        }
    }

    /// Takes the next job for a worker that has `model` loaded.
    pub(crate) fn take(&mut self, model: Option<&str>, running: &[Entry], now: Moment) -> Option<Entry> {
        let order = self.order(running, now);
        let first = order.first()?.job;
        let loaded = |entry: &&&Entry| Some(entry.model.as_str()) == model;
        let near = order.iter().take(LOOK_AHEAD).find(loaded).map(|entry| entry.job);
        let chosen = match near {
            Some(near) if near != first && self.passed < MOST_PASSED => {
                self.passed += 1;
                near
            }
            _ => {
                self.passed = 0;
                first
            }
        };
        self.waiting.remove(&chosen)
    }

    /// Counts what somebody used, and learns the model's pace from it.
    pub(crate) fn measure(&mut self, by: AccountId, model: &str, cost: f64, took: Duration, now: Moment) {
        let used = self.used(by, now) + cost;
        self.used.insert(by, Used { cost: used, last: now });
        self.learn(model, cost, took);
    }

    pub(crate) fn learn(&mut self, model: &str, cost: f64, took: Duration) {
        if cost > 0.0 {
            let measured = took.as_secs_f64() / cost;
            let pace = self.pace.entry(model.to_owned()).or_insert(measured);
            *pace = 0.7 * *pace + 0.3 * measured;
        }
    }

    /// How long work of this cost takes; none before the model was measured.
    pub(crate) fn seconds(&self, model: &str, cost: f64) -> Option<f64> {
        self.pace.get(model).map(|pace| pace * cost)
    }

    /// Fades evenly within an hour.
    fn used(&self, by: AccountId, now: Moment) -> f64 {
        let Some(used) = self.used.get(&by) else { return 0.0 };
        let left = FORGOTTEN.saturating_sub(now.since(used.last)).as_secs_f64() / FORGOTTEN.as_secs_f64();
        used.cost * left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::entropy::Entropy;
    use crate::base::id::Id;

    fn entry(at: i64, by: u8, model: &str) -> Entry {
        let chance = Entropy::seeded(at.unsigned_abs());
        Entry {
            job: JobId::new(Moment(at), &chance),
            workspace: WorkspaceId::from_bytes([0; 16]),
            by: AccountId::from_bytes([by; 16]),
            model: model.to_owned(),
            cost: 1.0,
        }
    }

    fn people(order: &[&Entry]) -> Vec<u8> {
        order.iter().map(|e| e.by.bytes()[0]).collect()
    }

    #[test]
    fn one_person_with_many_jobs_does_not_block_the_others() {
        let mut turns = Turns::default();
        (1..=4).for_each(|at| turns.add(entry(at, 1, "a")));
        turns.add(entry(5, 2, "a"));
        turns.add(entry(6, 3, "a"));
        assert_eq!(people(&turns.order(&[], Moment(10))), [1, 2, 3, 1, 1, 1]);
        assert_eq!(people(&turns.order(&[entry(0, 1, "a")], Moment(10))), [2, 3, 1, 1, 1, 1]);
        turns.measure(AccountId::from_bytes([2; 16]), "a", 9.0, Duration::from_secs(9), Moment(10));
        assert_eq!(people(&turns.order(&[], Moment(10))), [1, 3, 1, 1, 1, 2]);
    }

    #[test]
    fn a_loaded_model_is_preferred_but_not_for_ever() {
        let mut turns = Turns::default();
        turns.add(entry(1, 1, "other"));
        (2..=9).for_each(|at| turns.add(entry(at, 1, "loaded")));
        let taken: Vec<_> = (0..5).map(|_| turns.take(Some("loaded"), &[], Moment(10)).unwrap().model).collect();
        assert_eq!(taken, ["loaded", "loaded", "loaded", "other", "loaded"]);
    }

    #[test]
    fn two_models_in_turn_are_not_loaded_for_every_job() {
        let mut turns = Turns::default();
        (1..=16).for_each(|at| turns.add(entry(at, 1, if at % 2 == 0 { "b" } else { "a" })));
        let (mut loaded, mut loads): (Option<String>, u32) = (None, 0);
        while let Some(taken) = turns.take(loaded.as_deref(), &[], Moment(20)) {
            loads += u32::from(loaded.as_ref() != Some(&taken.model));
            loaded = Some(taken.model);
        }
        // One for each job would be 16.
        assert_eq!(loads, 4);
    }
}
