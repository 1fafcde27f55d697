//! Which tickets shall not go on: said by the studio, asked between two steps or frames.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

/// The tickets that shall not go on.
#[derive(Clone, Default)]
pub(super) struct Stops(Arc<Mutex<Stopped>>);

#[derive(Default)]
struct Stopped {
    tickets: HashSet<u64>,
    all: bool,
}

impl Stops {
    pub(super) fn stop(&self, ticket: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).tickets.insert(ticket);
    }

    pub(super) fn stop_all(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all = true;
    }

    pub(super) fn ask(&self, ticket: u64) -> ControlFlow<()> {
        let stopped = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if stopped.all || stopped.tickets.contains(&ticket) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
