//! Ctrl+C while something is made: the work ends between two steps, and nothing half-done stays.

use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use tokio::signal::unix::{SignalKind, signal};

/// Whether somebody asked to stop, by Ctrl+C or SIGTERM.
#[derive(Clone)]
pub(super) struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// From here on the two signals set the flag instead of ending the process.
    pub(super) fn watch() -> Self {
        let stop = Stop(Arc::default());
        let told = stop.clone();
        let wait = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
            if runtime.is_ok_and(|runtime| runtime.block_on(asked()).is_ok()) {
                let (flag, bell) = &*told.0;
                *flag.lock().unwrap_or_else(PoisonError::into_inner) = true;
                bell.notify_all();
            }
        };
        // Without that thread a signal ends the process at once, which is only less tidy.
        let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(wait);
        stop
    }

    pub(super) fn check(&self) -> ControlFlow<()> {
        let asked = *self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if asked { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Until somebody asks.
    pub(super) fn wait(&self) {
        let (flag, bell) = &*self.0;
        let asked = flag.lock().unwrap_or_else(PoisonError::into_inner);
        drop(bell.wait_while(asked, |asked| !*asked));
    }
}

async fn asked() -> std::io::Result<()> {
    let mut term = signal(SignalKind::terminate())?;
    tokio::select! {
        told = tokio::signal::ctrl_c() => told,
        _ = term.recv() => Ok(()),
    }
}
