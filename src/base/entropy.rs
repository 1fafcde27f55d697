//! Chance: the operating system's, or a repeatable one for tests.

use std::sync::{Arc, Mutex, PoisonError};

/// Where random bytes come from. Keys and codes in a running studio always use [`Entropy::system`].
#[derive(Clone, Debug, Default)]
pub struct Entropy(Option<Arc<Mutex<SplitMix>>>);

impl Entropy {
    pub fn system() -> Self {
        Entropy(None)
    }

    /// The same bytes for the same seed: for tests only, never for keys that matter.
    pub fn seeded(seed: u64) -> Self {
        Entropy(Some(Arc::new(Mutex::new(SplitMix(seed)))))
    }

    /// Fills `bytes`.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing may go on without it.
    #[expect(
        clippy::expect_used,
        reason = "a machine without randomness can make no key; stopping is the only safe answer"
    )]
    pub fn fill(&self, bytes: &mut [u8]) {
        match &self.0 {
            None => getrandom::fill(bytes).expect("the operating system gives random bytes"),
            Some(seeded) => {
                let mut state = seeded.lock().unwrap_or_else(PoisonError::into_inner);
                for chunk in bytes.chunks_mut(8) {
                    let word = state.next().to_le_bytes();
                    chunk.copy_from_slice(&word[..chunk.len()]);
                }
            }
        }
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

#[derive(Debug)]
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
