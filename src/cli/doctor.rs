//! `doctor`: looks at the machine and the data folder and says what is wrong and how to mend it.

use clap::Args;

use crate::app::doctor::{self, Level};

use super::Place;
use super::failure::Failure;
use super::output;

/// Check this machine and the data folder: one line per check, with the reason and the fix.
///
/// Ends with 0 when nothing failed (warnings are allowed), with 1 otherwise. Reads only; changes nothing.
#[derive(Args)]
#[command(after_help = "\
Examples:
  dreamomni2 doctor
  dreamomni2 doctor --data /srv/studio --json")]
pub(super) struct Doctor {
    /// Print the checks as JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let checks = doctor::checks(&place.config()?);
        if self.json {
            output::json(&checks)?;
        } else {
            for check in &checks {
                let word = match check.level {
                    Level::Ok => "ok  ",
                    Level::Warn => "WARN",
                    Level::Fail => "FAIL",
                };
                output::line(format_args!("{word}  {:<14} {}", check.id, check.reason))?;
                if !check.fix.is_empty() {
                    output::line(format_args!("                     -> {}", check.fix))?;
                }
            }
        }
        match checks.iter().filter(|check| check.level == Level::Fail).count() {
            0 => Ok(()),
            1 => Err(Failure::failed("doctor", "One check failed; do what stands behind its arrow")),
            n => Err(Failure::failed("doctor", format!("{n} checks failed; do what stands behind their arrows"))),
        }
    }
}
