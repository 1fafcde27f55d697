//! What goes to stdout: plain lines or JSON; a reader that stops reading is no failure.

use std::fmt::Display;
use std::io::{ErrorKind, Write, stdout};

use serde::Serialize;

use super::failure::Failure;

pub(super) fn line(text: impl Display) -> Result<(), Failure> {
    bytes(format!("{text}\n").as_bytes())
}

/// Indented, so that a person can read it too.
pub(super) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|e| Failure::failed("json", format!("The result could not be written as JSON: {e}")))?;
    line(text)
}

pub(super) fn bytes(data: &[u8]) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match out.write_all(data).and_then(|()| out.flush()) {
        // `dreamomni2 … | head` has what it wanted.
        Err(e) if e.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::failed("output_closed", format!("The result could not be printed: {e}")))
        }
        _ => Ok(()),
    }
}
