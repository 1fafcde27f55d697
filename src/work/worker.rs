//! The worker process: hears orders on its standard input, renders, and answers there.

use std::process::ExitCode;

/// What `dreamomni2 worker` does until its socket is closed. Not for people: standard input must be a socket pair.
pub fn serve() -> ExitCode {
    todo!()
}
