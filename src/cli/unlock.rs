//! `unlock`: opens the keys of a studio that runs locked.

use std::path::PathBuf;

use clap::Args;

use crate::app::open::{self, Opener};

use super::Place;
use super::failure::Failure;
use super::output;
use super::secrets;

/// Unlock the running studio on this machine with its passphrase or the recovery key.
///
/// The secret is typed unseen or read from a file, and sent over TLS to the server on this machine only; its
/// certificate is checked against the studio's own authority.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sudo dreamomni2 unlock                                 asks for the passphrase
  dreamomni2 unlock --passphrase-file /run/secrets/pw
  dreamomni2 unlock --recovery-key-file sheet.txt        when the passphrase is lost")]
pub(super) struct Unlock {
    /// A file whose first line is the passphrase.
    #[arg(long, value_name = "FILE", conflicts_with = "recovery_key_file")]
    passphrase_file: Option<PathBuf>,
    /// A file whose first line is the recovery key (AGE-SECRET-KEY-1…).
    #[arg(long, value_name = "FILE")]
    recovery_key_file: Option<PathBuf>,
}

impl Unlock {
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let config = place.config()?;
        let with = match (&self.passphrase_file, &self.recovery_key_file) {
            (Some(file), _) => Opener::Passphrase(secrets::first_line(file)?),
            (None, Some(file)) => Opener::RecoveryKey(secrets::first_line(file)?),
            (None, None) => Opener::Passphrase(secrets::ask("Passphrase: ", "--passphrase-file FILE")?),
        };
        open::unlock(&config, &with)?;
        output::line("The studio is unlocked.")
    }
}
