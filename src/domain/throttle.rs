//! Slows guessing down: a wait that doubles with every miss, per address and per account.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::error::{Error, Result};
use crate::base::clock::Moment;

/// So many misses cost nothing: people mistype.
const FREE: u32 = 5;
/// An address waits at most this long.
const LONGEST: Duration = Duration::from_mins(15);
/// An account waits less, so that a stranger cannot keep its owner out for long.
const LONGEST_FOR_ACCOUNT: Duration = Duration::from_mins(1);
/// After this long without a miss, all is forgotten.
const FORGOTTEN: Duration = Duration::from_hours(1);
/// More places than this are never remembered; the oldest go first.
const MOST: usize = 20_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Place {
    Address(String),
    Account(String),
}

#[derive(Clone, Copy)]
struct Misses {
    count: u32,
    last: Moment,
}

/// Misses in memory: a restart forgives, which only the server's own people can cause.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<Place, Misses>>);

impl Throttle {
    /// Counts a try before its outcome is known, so that a hundred at once are a hundred.
    /// A success takes it back with [`Throttle::forgive`].
    pub(crate) fn attempt(&self, address: &str, account: Option<&str>, now: Moment) -> Result<()> {
        let mut misses = self.misses();
        let places = places(address, account);
        let wait = places.iter().filter_map(|p| misses.get(p).map(|m| m.wait(p, now))).max().unwrap_or_default();
        if !wait.is_zero() {
            return Err(Error::TooMany { wait });
        }
        if misses.len() > MOST {
            misses.retain(|_, m| now.since(m.last) < FORGOTTEN / 4);
        }
        for place in places {
            let miss = misses.entry(place).or_insert(Misses { count: 0, last: now });
            if now.since(miss.last) > FORGOTTEN {
                miss.count = 0;
            }
            *miss = Misses { count: miss.count.saturating_add(1), last: now };
        }
        Ok(())
    }

    pub(crate) fn forgive(&self, address: &str, account: Option<&str>) {
        let mut misses = self.misses();
        for place in places(address, account) {
            misses.remove(&place);
        }
    }

    fn misses(&self) -> MutexGuard<'_, HashMap<Place, Misses>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Misses {
    fn wait(self, place: &Place, now: Moment) -> Duration {
        let Some(over) = self.count.checked_sub(FREE) else { return Duration::ZERO };
        let longest = if matches!(place, Place::Account(_)) { LONGEST_FOR_ACCOUNT } else { LONGEST };
        let wait = Duration::from_secs(1 << over.min(16)).min(longest);
        wait.saturating_sub(now.since(self.last))
    }
}

fn places(address: &str, account: Option<&str>) -> Vec<Place> {
    let mut places = vec![Place::Address(address.to_owned())];
    places.extend(account.map(|a| Place::Account(a.to_owned())));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_ends() {
        let throttle = Throttle::default();
        let mut now = Moment(1_000_000);
        for _ in 0..FREE {
            throttle.attempt("10.0.0.1", Some("ana"), now).unwrap();
        }
        let waits: Vec<u64> = (0..8)
            .map(|_| {
                let wait = throttle.attempt("10.0.0.1", None, now).unwrap_err().wait().unwrap();
                now = now.plus(wait);
                throttle.attempt("10.0.0.1", None, now).unwrap();
                wait.as_secs()
            })
            .collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128]);
        assert!(throttle.attempt("10.0.0.2", None, now).is_ok());
        throttle.forgive("10.0.0.1", Some("ana"));
        assert!(throttle.attempt("10.0.0.1", Some("ana"), now).is_ok());
    }
}
