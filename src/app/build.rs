//! Puts the studio together: the sealed folder, the models, the hands.

use std::sync::Arc;
use std::time::Duration;

use super::config::Config;
use super::device;
use super::shelf::Shelf;
use crate::base::clock::Clock;
use crate::base::entropy::Entropy;
use crate::domain::studio::{Opening, Studio};
use crate::inference::{Packages, Settings, Wish};
use crate::store::keys::Keyring;
use crate::work;

/// A worker without work for so long is ended, and its memory given back.
const IDLE: Duration = Duration::from_mins(5);

/// Opens the data folder, and the keys where a key file is.
pub(super) fn studio(config: &Config) -> anyhow::Result<Studio> {
    let first = device::lanes(config).first().copied().unwrap_or_default();
    let shelf = Shelf::new(Packages::new(Some(config.models())), hands(config, first), config.incoming.clone());
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
    let start = |device| work::Queue::start(studio.clone(), hands(config, device), IDLE);
    Ok(device::lanes(config).into_iter().map(start).collect::<Result<_, _>>()?)
}

fn hands(config: &Config, device: Wish) -> work::Start {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let engine = Settings {
        cache: Some(config.data.join("run/runtime")),
        library: config.library(),
        threads: cores.div_ceil(device::lanes(config).len().max(1)),
        device,
        no_captures: !config.cuda_graphs,
    };
    work::Start::own(engine, Some(config.models()))
}
