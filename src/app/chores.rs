//! What the studio does by itself: tidies, keeps the search index in step, renews the certificate.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::addresses::Addresses;
use super::config::Config;
use super::tls::Tls;
use crate::base::clock::Stopwatch;
use crate::domain::feed::News;
use crate::domain::find;
use crate::domain::listening::{self, Heard, Listening};
use crate::domain::models::imports;
use crate::domain::studio::Studio;

const MINUTE: Duration = Duration::from_mins(1);
/// The longest that a thread does not look whether it shall end.
const LOOK: Duration = Duration::from_millis(500);

/// Threads that end with this value.
pub(super) struct Chores {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Chores {
    pub(super) fn start(config: &Config, studio: &Studio, tls: &Arc<Tls>) -> std::io::Result<Chores> {
        let mut chores = Chores { stop: Arc::default(), threads: Vec::new() };
        let (stop, house, config, tls) = (chores.stop.clone(), studio.clone(), config.clone(), Arc::clone(tls));
        chores.spawn("chores", move || each_minute(&stop, || tidy(&house, &config, &tls)))?;
        let (stop, house) = (chores.stop.clone(), studio.clone());
        chores.spawn("index", move || keep_index(&stop, &house))?;
        let (stop, house) = (chores.stop.clone(), studio.clone());
        chores.spawn("imports", move || bring_in(&stop, &house))?;
        Ok(chores)
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        self.threads.push(thread::Builder::new().name(name.to_owned()).spawn(work)?);
        Ok(())
    }
}

impl Drop for Chores {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn each_minute(stop: &AtomicBool, mut chore: impl FnMut()) {
    let mut last = Stopwatch::start();
    while !stop.load(Ordering::Relaxed) {
        thread::sleep(LOOK);
        if last.elapsed() >= MINUTE {
            chore();
            last = Stopwatch::start();
        }
    }
}

fn tidy(studio: &Studio, config: &Config, tls: &Tls) {
    if let Err(e) = tls.refresh(&Addresses::of(config)) {
        tracing::warn!("the certificate could not be renewed; the one before is used: {e:#}");
    }
    // Before unlocking there is nothing to tidy.
    if studio.system().is_ok()
        && let Err(e) = studio.tidy()
    {
        tracing::error!(code = e.code(), "tidying failed: {e}");
    }
}

/// Catches up at once after each change, and once a minute without one.
fn keep_index(stop: &AtomicBool, studio: &Studio) {
    let mut ear: Option<Listening> = None;
    while !stop.load(Ordering::Relaxed) {
        let Ok(system) = studio.system() else {
            thread::sleep(LOOK);
            continue;
        };
        // Listening begins before catching up: what happens meanwhile is heard afterwards.
        if ear.is_none() {
            ear = listening::listen(&system, None).ok();
        }
        if let Err(e) = find::catch_up(&system) {
            tracing::error!(code = e.code(), "the search index is behind: {e}");
        }
        match &mut ear {
            Some(open) => {
                if wait_for_change(stop, open) == Ear::Closed {
                    ear = None;
                }
            }
            None => thread::sleep(LOOK),
        }
    }
}

/// Looks into and copies what operators bring, one after the other.
fn bring_in(stop: &AtomicBool, studio: &Studio) {
    while !stop.load(Ordering::Relaxed) {
        let Ok(system) = studio.system() else {
            thread::sleep(LOOK);
            continue;
        };
        // One that is under way is left where it is when the studio ends, and goes on at the next start.
        if let Err(e) = imports::work(&system, LOOK, &|| stop.load(Ordering::Relaxed)) {
            tracing::error!(code = e.code(), "an import could not be carried on: {e}");
            thread::sleep(LOOK);
        }
    }
}

#[derive(PartialEq, Eq)]
enum Ear {
    Open,
    Closed,
}

fn wait_for_change(stop: &AtomicBool, ear: &mut Listening) -> Ear {
    let since = Stopwatch::start();
    while !stop.load(Ordering::Relaxed) && since.elapsed() < MINUTE {
        match ear.wait(LOOK) {
            Some(Heard::Told(told)) => match told.news {
                News::Render(_) | News::Asset(_) | News::CaptionOfRender { .. } | News::CaptionOfAsset { .. } => {
                    return Ear::Open;
                }
                _ => {}
            },
            Some(Heard::Reset) => return Ear::Open,
            Some(Heard::Ended) => return Ear::Closed,
            None => {}
        }
    }
    Ear::Open
}
