//! `setup-url`: prints a new one-use set-up code and where to type it.

use clap::Args;

use super::Place;
use super::failure::Failure;

/// Print a new set-up code (one use, 30 minutes) and the addresses of the set-up page.
///
/// Works while the server runs and while it does not. An earlier code ends. A studio that is set up has no
/// set-up page any more, and this command says so.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sudo dreamomni2 setup-url
  dreamomni2 setup-url --data /srv/studio --json")]
pub(super) struct SetupUrl {
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl SetupUrl {
    pub(super) fn run(self, _place: &Place) -> Result<(), Failure> {
        todo!()
    }
}
