//! `worker`: the process that computes; the studio starts it, people do not.

use clap::Args;

use std::process::ExitCode;

use crate::work::worker;

/// Compute renders for a studio, over the socket on standard input.
#[derive(Args)]
#[command(hide = true)]
pub(super) struct Worker {}

impl Worker {
    pub(super) fn run() -> ExitCode {
        worker::serve()
    }
}
