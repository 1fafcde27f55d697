//! How a command fails: a sentence for the person, a stable word for programs, an exit code for scripts.

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use crate::{domain, inference, media, work};

/// What went wrong, ready to be told.
#[derive(Debug)]
pub(super) struct Failure {
    exit: u8,
    code: String,
    sentence: String,
}

impl Failure {
    /// The machine, a file or a check failed.
    pub(super) fn failed(code: impl Into<String>, told: impl Display) -> Self {
        Failure { exit: 1, code: code.into(), sentence: sentence(told) }
    }

    /// The words fit no command: as clap's own answers.
    pub(super) fn usage(code: impl Into<String>, told: impl Display) -> Self {
        Failure { exit: 2, code: code.into(), sentence: sentence(told) }
    }

    /// What was given was read and refused.
    pub(super) fn refused(code: impl Into<String>, told: impl Display) -> Self {
        Failure { exit: 3, code: code.into(), sentence: sentence(told) }
    }

    /// Ctrl+C, after everything half-done was removed.
    pub(super) fn stopped() -> Self {
        Failure { exit: 130, code: "stopped".to_owned(), sentence: "Stopped; nothing was written.".to_owned() }
    }

    pub(super) fn code(&self) -> &str {
        &self.code
    }

    pub(super) fn sentence(&self) -> &str {
        &self.sentence
    }

    /// Says which of several things it is about.
    #[must_use]
    pub(super) fn about(mut self, what: impl Display) -> Self {
        self.sentence = format!("{what}: {}", self.sentence);
        self
    }

    /// Prints the two lines and answers with the exit code.
    pub(super) fn tell(&self) -> ExitCode {
        // When even stderr is gone, the exit code still tells.
        let _ = writeln!(std::io::stderr(), "error: {}\ncode: {}", self.sentence, self.code);
        ExitCode::from(self.exit)
    }
}

/// A floor's sentence as the command line writes it: capital first, full stop last.
fn sentence(told: impl Display) -> String {
    let text = told.to_string();
    let mut letters = text.trim().chars();
    let mut whole: String = letters.next().map(char::to_uppercase).into_iter().flatten().collect();
    whole.push_str(letters.as_str());
    if !whole.ends_with(['.', '!', '?']) {
        whole.push('.');
    }
    whole
}

impl From<inference::Error> for Failure {
    fn from(e: inference::Error) -> Self {
        match e.kind() {
            inference::Kind::Stopped => Failure::stopped(),
            inference::Kind::Refused | inference::Kind::Missing => Failure::refused(e.code(), e),
            inference::Kind::Broken => Failure::failed(e.code(), e),
        }
    }
}

impl From<media::Error> for Failure {
    fn from(e: media::Error) -> Self {
        match e.kind() {
            media::Kind::Internal => Failure::failed(e.code(), e),
            _ => Failure::refused(e.code(), e),
        }
    }
}

impl From<domain::Error> for Failure {
    fn from(e: domain::Error) -> Self {
        match e.kind() {
            domain::Kind::Invalid => Failure::refused(e.code(), e),
            _ => Failure::failed(e.code(), e),
        }
    }
}

/// The assembly tells with `anyhow`; the word comes from the floor that knew the cause.
impl From<anyhow::Error> for Failure {
    fn from(e: anyhow::Error) -> Self {
        let e = match e.downcast::<domain::Error>() {
            Ok(known) => return known.into(),
            Err(e) => e,
        };
        let code = e.chain().find_map(code).unwrap_or("failed").to_owned();
        Failure::failed(code, format!("{e:#}"))
    }
}

fn code<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a str> {
    cause
        .downcast_ref::<domain::Error>()
        .map(domain::Error::code)
        .or_else(|| cause.downcast_ref::<inference::Error>().map(inference::Error::code))
        .or_else(|| cause.downcast_ref::<media::Error>().map(media::Error::code))
        .or_else(|| cause.downcast_ref::<work::Error>().map(work::Error::code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_is_a_sentence() {
        assert_eq!(sentence("there is none; make one"), "There is none; make one.");
        assert_eq!(sentence("Is it? "), "Is it?");
        assert_eq!(sentence("é"), "É.");
    }
}
