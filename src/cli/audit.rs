//! `audit`: proves that the record of who did what was not changed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Place;
use super::failure::Failure;

/// The audit record: every change by every person, in a chain that breaks where anything is altered.
#[derive(Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Follow every chain from its first record; names the first bad one.
    ///
    /// Run it on a stopped studio (or a copy of its folder); on a running one use the audit page. Ends with 0 when every
    /// chain holds, with 1 otherwise.
    #[command(after_help = "\
Examples:
  dreamomni2 audit verify --data /srv/studio
  dreamomni2 audit verify --data /mnt/copy --passphrase-file pw --json")]
    Verify {
        #[command(flatten)]
        keys: Keys,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

/// How a command opens the keys without a server: the key file by itself, or one of these.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Keys {
    /// A file whose first line is the passphrase; without it a key file is used, or the passphrase asked for.
    #[arg(long, value_name = "FILE", conflicts_with = "recovery_key_file")]
    passphrase_file: Option<PathBuf>,
    /// A file whose first line is the recovery key (AGE-SECRET-KEY-1…).
    #[arg(long, value_name = "FILE")]
    recovery_key_file: Option<PathBuf>,
}

impl Audit {
    pub(super) fn run(self, _place: &Place) -> Result<(), Failure> {
        match self.verb {
            Verb::Verify { .. } => todo!(),
        }
    }
}
