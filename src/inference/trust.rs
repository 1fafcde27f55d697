//! Whether a captured graph may answer alone: only where it said the same numbers as a plain run, and sooner.

use std::time::Duration;

/// A capture saves the launching of kernels one by one, some milliseconds of a step: one that takes longer than this is
/// not worth the steps asked twice.
const WORTH: Duration = Duration::from_millis(100);
/// The first run of a shape allocates and chooses algorithms; the second shows how long one takes.
const PLAIN_FIRST: u8 = 2;
/// How often both ways are compared while what stays is the same, and again after it changed.
const COMPARED: u8 = 2;

/// How the next step is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Plain,
    /// In both ways, and what the plain run says counts.
    Both,
    Captured,
}

#[derive(Debug)]
pub(super) struct Trust {
    plain_runs: u8,
    /// Comparisons that still have to be made before the capture answers alone.
    owed: u8,
    /// Whether what stays was another after the capture: an address that was captured and not the buffer's shows then.
    renewed: bool,
    compared: u8,
    plain: Duration,
    captured: Duration,
    verdict: Option<bool>,
}

impl Trust {
    pub(super) fn new() -> Self {
        Trust {
            plain_runs: 0,
            owed: COMPARED,
            renewed: false,
            compared: 0,
            plain: Duration::ZERO,
            captured: Duration::ZERO,
            verdict: None,
        }
    }

    pub(super) fn way(&self) -> Way {
        let open = self.verdict.is_none();
        if self.verdict == Some(false) || (open && self.plain_runs < PLAIN_FIRST) {
            Way::Plain
        } else if open && self.owed > 0 {
            Way::Both
        } else {
            Way::Captured
        }
    }

    /// What stays over the steps was written anew.
    pub(super) fn renew(&mut self) {
        if self.compared > 0 && !self.renewed {
            self.renewed = true;
            self.owed = COMPARED;
        }
    }

    pub(super) fn ran_plainly(&mut self, took: Duration) {
        self.plain_runs = (self.plain_runs + 1).min(PLAIN_FIRST);
        if self.plain_runs == PLAIN_FIRST && self.compared == 0 && took > WORTH {
            self.verdict = Some(false);
        }
    }

    pub(super) fn ran_both(&mut self, same: bool, plain: Duration, captured: Duration) {
        // The first captured run is the capturing itself.
        if self.compared > 0 {
            self.plain += plain;
            self.captured += captured;
        }
        self.compared = self.compared.saturating_add(1);
        self.owed = self.owed.saturating_sub(1);
        if !same {
            self.verdict = Some(false);
        } else if self.owed == 0 && self.renewed {
            self.verdict = Some(self.captured < self.plain);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(10);
    const LATE: Duration = Duration::from_millis(12);

    /// A picture of so many steps; gives the ways they were asked.
    fn picture(trust: &mut Trust, steps: u8, same: bool, plain: Duration, captured: Duration) -> Vec<Way> {
        trust.renew();
        let mut ways = Vec::new();
        for _ in 0..steps {
            let way = trust.way();
            match way {
                Way::Plain => trust.ran_plainly(plain),
                Way::Both => trust.ran_both(same, plain, captured),
                Way::Captured => {}
            }
            ways.push(way);
        }
        ways
    }

    #[test]
    fn a_capture_answers_alone_after_it_agreed_twice_and_twice_again_with_another_picture() {
        use Way::{Both, Captured, Plain};
        let mut trust = Trust::new();
        assert_eq!(picture(&mut trust, 6, true, LATE, SOON), [Plain, Plain, Both, Both, Captured, Captured]);
        assert_eq!(picture(&mut trust, 4, true, LATE, SOON), [Both, Both, Captured, Captured]);
        assert_eq!(picture(&mut trust, 2, true, LATE, SOON), [Captured, Captured]);
    }

    #[test]
    fn a_capture_that_said_other_numbers_once_is_never_asked_again() {
        let mut trust = Trust::new();
        picture(&mut trust, 5, true, LATE, SOON);
        assert_eq!(picture(&mut trust, 3, false, LATE, SOON), [Way::Both, Way::Plain, Way::Plain]);
        assert_eq!(picture(&mut trust, 2, true, LATE, SOON), [Way::Plain, Way::Plain]);
    }

    #[test]
    fn what_takes_long_is_not_captured_and_a_capture_that_is_no_faster_is_dropped() {
        let mut trust = Trust::new();
        assert_eq!(picture(&mut trust, 9, true, 2 * WORTH, WORTH), [Way::Plain; 9]);
        let mut trust = Trust::new();
        picture(&mut trust, 4, true, SOON, LATE);
        picture(&mut trust, 2, true, SOON, LATE);
        assert_eq!(trust.way(), Way::Plain);
    }

    #[test]
    fn two_branches_in_turn_are_compared_as_two_pictures_are() {
        let mut trust = Trust::new();
        let ways: Vec<Way> = (0..8).flat_map(|_| picture(&mut trust, 1, true, LATE, SOON)).collect();
        assert_eq!(ways[..2], [Way::Plain; 2]);
        assert_eq!(ways[2..5], [Way::Both; 3]);
        assert_eq!(ways[5..], [Way::Captured; 3]);
    }
}
