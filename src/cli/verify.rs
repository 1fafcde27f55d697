//! `verify`: opens every sealed file once and checks it to its last byte.

use clap::Args;

use super::Place;
use super::failure::Failure;

/// Check that everything in the data folder still opens: rows, pictures and clips, audit chains, packages.
///
/// Run it on a stopped studio or on a restored backup. Reads only. Ends with 0 when all is whole, with 1 and the
/// list of what is not otherwise.
#[derive(Args)]
#[command(after_help = "\
Examples:
  dreamomni2 verify --data /srv/studio
  dreamomni2 verify --data /mnt/restored --passphrase-file pw --json")]
pub(super) struct Verify {
    #[command(flatten)]
    keys: super::audit::Keys,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) fn run(self, _place: &Place) -> Result<(), Failure> {
        todo!()
    }
}
