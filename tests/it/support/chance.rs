//! Repeatable chance for tests: the same seed gives the same story.

use dreamomni2::base::entropy::Entropy;

pub(crate) struct Chance(Entropy);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Chance(Entropy::seeded(seed))
    }

    /// A number below `most`; zero when `most` is.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        usize::try_from(u64::from_le_bytes(self.0.bytes()) % (most.max(1) as u64)).unwrap()
    }
}
