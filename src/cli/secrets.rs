//! Secrets come from a file or from a person at the terminal, never from the command line.

use std::io::{IsTerminal, Write, stderr, stdin};
use std::path::Path;

use crate::base::secret::Secret;

use super::failure::Failure;

/// The first line, without its line break.
pub(super) fn first_line(file: &Path) -> Result<Secret, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| Failure::refused("secret_unreadable", format!("{} could not be read: {e}", file.display())))?;
    let text = Secret::new(text);
    match text.reveal().lines().next() {
        Some(line) if !line.is_empty() => Ok(Secret::new(line)),
        _ => Err(Failure::refused("secret_empty", format!("The first line of {} is empty", file.display()))),
    }
}

/// Typed unseen; where there is no terminal, `flag` is what to use.
pub(super) fn ask(question: &str, flag: &str) -> Result<Secret, Failure> {
    somebody(question, flag)?;
    let typed = rpassword::prompt_password(question).map_err(unheard)?;
    Ok(Secret::new(typed))
}

/// A new secret, typed twice.
pub(super) fn choose(question: &str, flag: &str) -> Result<Secret, Failure> {
    let first = ask(question, flag)?;
    if ask("The same again: ", flag)? == first {
        return Ok(first);
    }
    Err(Failure::refused("secret_differs", "The two are not the same; start again"))
}

/// An ordinary answer.
pub(super) fn ask_plain(question: &str, flag: &str) -> Result<String, Failure> {
    somebody(question, flag)?;
    eprint!("{question}");
    let mut line = String::new();
    stderr().flush().and_then(|()| stdin().read_line(&mut line)).map_err(unheard)?;
    Ok(line.trim().to_owned())
}

fn somebody(question: &str, flag: &str) -> Result<(), Failure> {
    if stdin().is_terminal() {
        return Ok(());
    }
    let what = question.trim_end_matches([':', ' ']);
    Err(Failure::usage(
        "not_given",
        format!("\"{what}\" cannot be asked for, as no person is at the terminal; give {flag}"),
    ))
}

fn unheard(e: std::io::Error) -> Failure {
    Failure::failed("terminal", format!("The terminal did not answer: {e}"))
}
