//! `doctor`: looks at the machine and the data folder and says what is wrong and how to mend it.

use clap::Args;

use super::Place;
use super::failure::Failure;

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
    pub(super) fn run(self, _place: &Place) -> Result<(), Failure> {
        todo!()
    }
}
