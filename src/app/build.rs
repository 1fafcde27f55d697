//! Puts the studio together: the sealed folder, the models, the hands.

use std::sync::Arc;
use std::time::Duration;

use super::config::Config;
use super::shelf::Shelf;
use crate::base::clock::Clock;
use crate::base::entropy::Entropy;
use crate::domain::studio::{Opening, Studio};
use crate::inference::{Packages, Settings};
use crate::store::keys::Keyring;
use crate::work;

/// A worker without work for so long is ended, and its memory given back.
const IDLE: Duration = Duration::from_mins(5);

/// Opens the data folder, and the keys where a key file is.
pub(super) fn studio(config: &Config) -> anyhow::Result<Studio> {
    let shelf = Shelf::new(Packages::new(Some(config.models())), hands(config));
    Ok(Studio::open(Opening {
        data: config.data.clone(),
        clock: Clock::system(),
        entropy: Entropy::system(),
        shelf: Arc::new(shelf),
        key_file: config.key_file.clone(),
        hardness: Keyring::HARDNESS,
    })?)
}

/// One queue for each worker; they wait until the studio is unlocked.
pub(super) fn queues(config: &Config, studio: &Studio) -> anyhow::Result<Vec<work::Queue>> {
    let start = |_| work::Queue::start(studio.clone(), hands(config), IDLE);
    Ok((0..config.workers).map(start).collect::<Result<_, _>>()?)
}

fn hands(config: &Config) -> work::Start {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let engine = Settings {
        cache: Some(config.data.join("run/runtime")),
        library: config.runtime.clone(),
        threads: cores.div_ceil(config.workers.max(1)),
    };
    work::Start::own(engine, Some(config.models()))
}
