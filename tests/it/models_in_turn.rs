//! Real workers with real packages: two models in turn are not loaded for every job, and a model that nobody uses gives
//! its memory back.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dreamomni2::app::shelf::Shelf;
use dreamomni2::base::id::JobId;
use dreamomni2::domain::jobs::{self, Job, JobState};
use dreamomni2::domain::recipes::Draft;
use dreamomni2::inference::{Packages, Settings};
use dreamomni2::work::{Queue, Start};

use crate::packages::copy_into;
use crate::support::studio::{Premises, draft};

/// Every load reads every file of a package, so this many bytes are read with each.
const READ_BY_A_LOAD: u64 = 64 << 20;
const MIB: u64 = 1 << 20;

/// A studio with two packages, and how its workers are started.
fn studio() -> (Premises, Start) {
    let dir = tempfile::tempdir().unwrap();
    let models = dir.path().join("data/models");
    let packages = Packages::new(Some(models.clone()));
    for name in ["first", "second"] {
        let from = dir.path().join(name);
        copy_into(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages/scene"), &from);
        fs::File::create(from.join("ballast.bin")).unwrap().set_len(READ_BY_A_LOAD).unwrap();
        packages.import(&from, Some(name), &mut |_, _| std::ops::ControlFlow::Continue(())).unwrap();
    }
    let engine = Settings {
        cache: Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("runtime")),
        threads: 1,
        ..Settings::default()
    };
    let start = Start { program: PathBuf::from(env!("CARGO_BIN_EXE_dreamomni2")), engine, models: Some(models) };
    (Premises::with_models(dir, Arc::new(Shelf::new(packages, start.clone(), None))), start)
}

fn order(p: &Premises, model: &str) -> JobId {
    // Ids are of a millisecond: no two jobs are of the same age.
    std::thread::sleep(Duration::from_millis(2));
    let draft = Draft { model: model.to_owned(), width: Some(64), height: Some(36), ..draft("a red circle") };
    jobs::order(&p.owner(), p.workspace, &draft).unwrap().id
}

/// Waits until all are done; `look` is called now and then.
fn done(p: &Premises, ordered: &[JobId], mut look: impl FnMut()) -> Vec<Job> {
    for _ in 0..6000 {
        look();
        let now: Vec<Job> = ordered.iter().map(|job| jobs::get(&p.owner(), p.workspace, *job).unwrap()).collect();
        if now.iter().all(|job| job.state == JobState::Done) {
            return now;
        }
        assert!(now.iter().all(|job| job.state != JobState::Failed), "{now:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the jobs were not done within a minute");
}

/// A number out of one of the kernel's files about a process.
fn of_process(pid: u32, file: &str, key: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}")).ok()?;
    text.lines().find_map(|line| line.strip_prefix(key))?.split_whitespace().next()?.parse().ok()
}

#[test]
fn two_models_ordered_in_turn_are_loaded_four_times_for_sixteen_jobs_and_nobody_waits_long() {
    let (p, start) = studio();
    let ordered: Vec<JobId> = (0..16).map(|at| order(&p, if at % 2 == 0 { "first" } else { "second" })).collect();
    let queue = Queue::start(p.studio.clone(), start, Duration::from_mins(5)).unwrap();
    let mut workers = BTreeSet::new();
    let jobs = done(&p, &ordered, || workers.extend(queue.worker().map(|worker| worker.pid)));
    assert_eq!(workers.len(), 1, "one worker did it all");
    // What the worker itself read from files, by the kernel's count.
    let read = of_process(*workers.first().unwrap(), "io", "rchar:").unwrap();
    assert_eq!(read / READ_BY_A_LOAD, 4, "{read} bytes were read");
    let mut turns: Vec<usize> = (0..jobs.len()).collect();
    turns.sort_by_key(|at| jobs[*at].ended);
    let late = turns.iter().enumerate().map(|(turn, at)| turn.saturating_sub(*at)).max().unwrap();
    assert!(late <= 3, "a job was passed by {late} times: {turns:?}");
}

#[test]
fn a_worker_that_nobody_needs_ends_and_gives_its_memory_back() {
    let (p, start) = studio();
    let own = || of_process(std::process::id(), "status", "VmRSS:").unwrap() * 1024;
    let before = own();
    let queue = Queue::start(p.studio.clone(), start, Duration::from_secs(1)).unwrap();
    let (mut most, mut worker) = (0, 0);
    done(&p, &[order(&p, "first")], || {
        worker = queue.worker().map_or(worker, |found| found.pid);
        most = most.max(own() + of_process(worker, "status", "VmRSS:").unwrap_or(0) * 1024);
    });
    assert!(most > before + 40 * MIB, "the worker took only {} MiB", most.saturating_sub(before) / MIB);
    for _ in 0..600 {
        if queue.worker().is_none() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!Path::new(&format!("/proc/{worker}")).exists(), "the worker is still there");
    let after = own();
    assert!(after < before + 30 * MIB, "{} MiB stay", after.saturating_sub(before) / MIB);
    // The next job gets a worker again.
    done(&p, &[order(&p, "second")], || ());
}
