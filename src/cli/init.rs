//! `init`: sets a studio up from the terminal, in place of the pages of the first run.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use serde_json::json;

use crate::app::open::{self, First, Unlock};

use super::Place;
use super::failure::Failure;
use super::output;
use super::secrets;

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
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let config = place.config()?;
        let first = self.answers()?;
        let name = first.studio_name.clone();
        let recovery = open::init(&config, first)?;
        if self.json {
            return output::json(
                &json!({ "data": config.data, "studio_name": name, "recovery_key": recovery.reveal() }),
            );
        }
        output::line(format_args!(
            "The studio \"{name}\" is set up in {}.\n\nRecovery key, shown this once:\n\n  {}\n\nWrite it down and keep it away \
             from this machine: without it, a lost passphrase or key file loses every picture.\nStart the studio with: dreamomni2 serve",
            config.data.display(),
            recovery.reveal()
        ))
    }

    fn answers(&self) -> Result<First, Failure> {
        let method = match self.unlock {
            Some(method) => method,
            None if self.passphrase_file.is_some() => Method::Passphrase,
            None => Method::read(&secrets::ask_plain("Unlock by (passphrase | key-file): ", "--unlock METHOD")?)?,
        };
        let told = |given: &Option<String>, question: &str, flag: &str| match given {
            Some(text) => Ok(text.clone()),
            None => secrets::ask_plain(question, flag),
        };
        Ok(First {
            studio_name: told(&self.studio_name, "Name of the studio: ", "--studio-name NAME")?,
            contact: told(&self.contact, "Contact of its operators: ", "--contact TEXT")?,
            owner_name: told(&self.owner_name, "Your name: ", "--owner-name NAME")?,
            owner_email: told(&self.owner_email, "Your e-mail address: ", "--owner-email ADDRESS")?,
            owner_password: match &self.password_file {
                Some(file) => secrets::first_line(file)?,
                None => secrets::choose("Your password (12 characters or more): ", "--password-file FILE")?,
            },
            unlock: match (method, &self.passphrase_file) {
                (Method::KeyFile, _) => Unlock::KeyFile,
                (Method::Passphrase, Some(file)) => Unlock::Passphrase(secrets::first_line(file)?),
                (Method::Passphrase, None) => {
                    Unlock::Passphrase(secrets::choose("Unlock passphrase: ", "--passphrase-file FILE")?)
                }
            },
            workspace_name: self.workspace.clone(),
        })
    }
}

impl Method {
    fn read(text: &str) -> Result<Self, Failure> {
        <Method as ValueEnum>::from_str(text, true)
            .map_err(|_| Failure::refused("unlock_method", format!("\"{text}\" is neither passphrase nor key-file")))
    }
}
