//! Ctrl+C while something is made: the work ends between two steps, and nothing half-done stays.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether somebody asked to stop.
#[derive(Clone)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// From here on Ctrl+C sets the flag instead of ending the process.
    pub(super) fn watch() -> Self {
        let asked = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&asked);
        let wait = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
            if let Ok(runtime) = runtime
                && runtime.block_on(tokio::signal::ctrl_c()).is_ok()
            {
                flag.store(true, Ordering::Relaxed);
            }
        };
        // Without that thread Ctrl+C ends the process at once, which is only less tidy.
        let _ = std::thread::Builder::new().name("ctrl-c".to_owned()).spawn(wait);
        Stop(asked)
    }

    pub(super) fn check(&self) -> ControlFlow<()> {
        if self.0.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
