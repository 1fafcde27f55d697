//! `init`: sets a studio up from the terminal, in place of the pages of the first run.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Place;
use super::failure::Failure;

/// Set up a new studio without the browser: owner, name, unlock method, first workspace.
///
/// Does in one command what the first-run pages do. What is not given is asked for at the terminal; secrets are
/// read from files or typed unseen, never taken from the command line, where other users could read them.
/// The recovery key is printed once: write it down, keep it away from this machine.
#[derive(Args)]
#[command(after_help = "\
Examples:
  dreamomni2 init                                             asks for everything
  dreamomni2 init --studio-name Orchid --contact it@orchid.example --owner-name Ana \\
      --owner-email ana@orchid.example --password-file pw --unlock key-file --workspace \"Spot 12\" --data /srv/studio")]
pub(super) struct Init {
    /// The studio's name, as people will see it.
    #[arg(long, value_name = "NAME")]
    studio_name: Option<String>,
    /// Where people reach the persons who run the studio: an e-mail address or a telephone number.
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
    /// The owner's name.
    #[arg(long, value_name = "NAME")]
    owner_name: Option<String>,
    /// The owner's e-mail address; it is the name to sign in with.
    #[arg(long, value_name = "ADDRESS")]
    owner_email: Option<String>,
    /// A file whose first line is the owner's password (12 characters or more).
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// How the keys open at a start: a passphrase that somebody types, or a key file beside the data.
    #[arg(long, value_enum)]
    unlock: Option<Method>,
    /// A file whose first line is the unlock passphrase.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// The first workspace's name.
    #[arg(long, value_name = "NAME", default_value = "First workspace")]
    workspace: String,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Method {
    Passphrase,
    KeyFile,
}

impl Init {
    pub(super) fn run(self, _place: &Place) -> Result<(), Failure> {
        todo!()
    }
}
