//! Room on the disk, and what the data folder takes of it.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::base::clock::Stopwatch;
use crate::domain::health::Disk;

/// How long one count of the data folder is good: it looks at every file.
const FRESH: Duration = Duration::from_mins(1);

/// Counts now and then, not at every look.
#[derive(Default)]
pub(super) struct Meter(Mutex<Option<(Stopwatch, u64)>>);

impl Meter {
    pub(super) fn read(&self, data: &Path) -> Disk {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used = match *last {
            Some((at, used)) if at.elapsed() < FRESH => used,
            _ => used(data),
        };
        if last.is_none_or(|(at, _)| at.elapsed() >= FRESH) {
            *last = Some((Stopwatch::start(), used));
        }
        Disk { data: used, ..room(data) }
    }
}

/// Free and total bytes of the disk that a folder lies on; zero when they cannot be known.
pub(super) fn room(folder: &Path) -> Disk {
    let existing = folder.ancestors().find(|f| f.exists()).unwrap_or(folder);
    rustix::fs::statvfs(existing).map_or_else(
        |_| Disk::default(),
        |disk| Disk { free: disk.f_bavail * disk.f_frsize, total: disk.f_blocks * disk.f_frsize, data: 0 },
    )
}

fn used(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(about) if about.is_dir() => used(&entry.path()),
        Ok(about) if about.is_file() => about.len(),
        _ => 0,
    });
    sizes.sum()
}
