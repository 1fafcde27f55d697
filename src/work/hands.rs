//! The parent's side of a worker process: starts it, feeds it one run at a time, and notices when it dies.

use std::path::PathBuf;

use crate::inference::Settings;

use super::error::Result;
use super::protocol::{FromWorker, Run};

/// How worker processes are started.
#[derive(Clone, Debug)]
pub struct Start {
    /// The binary to run as `worker`; the studio's own.
    pub program: PathBuf,
    pub engine: Settings,
    /// `DATA/models`; the worker only reads there.
    pub models: Option<PathBuf>,
}

/// One living worker process; ends with its value.
pub struct Worker {
    pid: u32,
}

impl Worker {
    pub fn start(how: &Start) -> Result<Self> {
        let _ = how;
        todo!()
    }

    /// Does one run and tells of everything that happens, `Made` frames included, until it is done.
    /// When the process dies on the way the error says so and this value is of no more use.
    pub fn run(&mut self, run: Run, told: &mut dyn FnMut(FromWorker)) -> Result<()> {
        let _ = (run, told);
        todo!()
    }

    /// Stops runs from another thread.
    pub fn canceller(&self) -> Result<Canceller> {
        todo!()
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }
}

/// Asks a worker to stop a run between two steps or frames.
pub struct Canceller {}

impl Canceller {
    pub fn cancel(&self, ticket: u64) {
        let _ = ticket;
        todo!()
    }
}
