//! How a command fails: a sentence for the person, a stable word for programs, an exit code for scripts.

use std::io::Write;
use std::process::ExitCode;

/// What went wrong, ready to be told.
#[derive(Debug)]
pub(super) struct Failure {
    exit: u8,
    code: String,
    sentence: String,
}

impl Failure {
    /// The machine, a file or a check failed.
    pub(super) fn failed(code: impl Into<String>, sentence: impl Into<String>) -> Self {
        Failure { exit: 1, code: code.into(), sentence: sentence.into() }
    }

    /// The words fit no command: as clap's own answers.
    pub(super) fn usage(code: impl Into<String>, sentence: impl Into<String>) -> Self {
        Failure { exit: 2, code: code.into(), sentence: sentence.into() }
    }

    /// What was given was read and refused.
    pub(super) fn refused(code: impl Into<String>, sentence: impl Into<String>) -> Self {
        Failure { exit: 3, code: code.into(), sentence: sentence.into() }
    }

    /// Ctrl+C, after everything half-done was removed.
    pub(super) fn stopped() -> Self {
        Failure { exit: 130, code: "stopped".to_owned(), sentence: "Stopped; nothing was written.".to_owned() }
    }

    /// Prints the two lines and answers with the exit code.
    pub(super) fn tell(&self) -> ExitCode {
        // When even stderr is gone, the exit code still tells.
        let _ = writeln!(std::io::stderr(), "error: {}\ncode: {}", self.sentence.trim_end(), self.code);
        ExitCode::from(self.exit)
    }
}
