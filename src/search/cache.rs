//! Opened parts of index files, kept while they are used: all indexes of the process share one bounded memory.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

use tantivy::directory::OwnedBytes;

/// Index readers ask for the same ranges again and again: columns, word lists, the postings of common words.
const MOST_BYTES: usize = 32 << 20;
/// What an entry costs besides its bytes.
const ENTRY: usize = 128;

static CACHE: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
static NEXT: AtomicU64 = AtomicU64::new(0);

/// The part of the cache that belongs to one open file; let go, it empties.
#[derive(Debug)]
pub(super) struct FileCache(u64);

#[derive(Default)]
struct Kept {
    parts: HashMap<(u64, usize, usize), Part>,
    bytes: usize,
    uses: u64,
}

struct Part {
    bytes: OwnedBytes,
    used: u64,
}

impl FileCache {
    pub(super) fn new() -> Self {
        FileCache(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) fn find(&self, range: &Range<usize>) -> Option<OwnedBytes> {
        let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
        cache.uses += 1;
        let used = cache.uses;
        let part = cache.parts.get_mut(&(self.0, range.start, range.end))?;
        part.used = used;
        Some(part.bytes.clone())
    }

    pub(super) fn keep(&self, range: &Range<usize>, bytes: &OwnedBytes) {
        let cost = bytes.len() + ENTRY;
        if cost > MOST_BYTES / 2 {
            return;
        }
        let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.bytes + cost > MOST_BYTES {
            cache.shrink();
        }
        cache.uses += 1;
        let part = Part { bytes: bytes.clone(), used: cache.uses };
        if cache.parts.insert((self.0, range.start, range.end), part).is_none() {
            cache.bytes += cost;
        }
    }
}

impl Drop for FileCache {
    fn drop(&mut self) {
        let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
        let mut freed = 0;
        cache.parts.retain(|(file, ..), part| {
            let keep = *file != self.0;
            freed += if keep { 0 } else { part.bytes.len() + ENTRY };
            keep
        });
        cache.bytes -= freed;
    }
}

impl Kept {
    /// Lets go what was not used for longest, down to half: rarely done, so it may look at everything.
    fn shrink(&mut self) {
        let mut ages: Vec<(u64, (u64, usize, usize))> =
            self.parts.iter().map(|(key, part)| (part.used, *key)).collect();
        ages.sort_unstable();
        for (_, key) in ages {
            if self.bytes <= MOST_BYTES / 2 {
                return;
            }
            if let Some(part) = self.parts.remove(&key) {
                self.bytes -= part.bytes.len() + ENTRY;
            }
        }
    }
}
