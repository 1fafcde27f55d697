//! One caller's ear on the feed: hears what he may, goes on where he was, ends when his session does.

use std::sync::Arc;
use std::time::Duration;

use super::act::Act;
use super::error::Result;
use super::feed::Told;

/// What a listener gets.
#[derive(Clone, Debug)]
pub enum Heard {
    Told(Arc<Told>),
    /// Messages were lost to this listener: ask for everything again.
    Reset,
    /// The session or account has ended: close.
    Ended,
}

/// One caller's ear: hears only what he may.
pub struct Listening {}

impl Listening {
    /// Whether the asked message number was still there, so that nothing is missing.
    pub fn resumed(&self) -> bool {
        todo!()
    }

    /// Waits for the next message, on any executor.
    pub async fn next(&mut self) -> Heard {
        todo!()
    }

    /// The same for a plain thread; none when `most` passes in silence.
    pub fn wait(&mut self, _most: Duration) -> Option<Heard> {
        todo!()
    }
}

/// Everything this caller may hear from now on, or from message `after` on where it is still kept.
pub fn listen(_act: &Act, _after: Option<u64>) -> Result<Listening> {
    todo!()
}
