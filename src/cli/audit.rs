//! `audit`: proves that the record of who did what was not changed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use serde_json::json;

use crate::app::config::Config;
use crate::app::open::{self, Opener, Verified};

use super::Place;
use super::failure::Failure;
use super::output;
use super::secrets;

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
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let Verb::Verify { keys, json } = self.verb;
        let config = place.config()?;
        let chains = open::verify_audit(&config, &keys.opener(&config)?)?;
        if json {
            output::json(&json!({ "ok": chains.iter().all(|c| c.first_bad.is_none()), "chains": chains }))?;
        } else {
            for chain in &chains {
                output::line(told(chain))?;
            }
        }
        match chains.iter().find_map(|c| Some((&c.chain, c.first_bad?))) {
            None => Ok(()),
            Some((chain, bad)) => Err(Failure::failed(
                "audit_broken",
                format!(
                    "The chain {chain} was altered: record {bad} is the first that does not fit; compare it with a backup"
                ),
            )),
        }
    }
}

/// One chain as a line of text.
pub(super) fn told(chain: &Verified) -> String {
    let verdict = match chain.first_bad {
        None => "holds".to_owned(),
        Some(bad) => format!("BROKEN at record {bad}"),
    };
    format!("{:<32} {:>8} audit records: {verdict}", chain.chain, chain.records)
}

impl Keys {
    /// What was said; else the key file where there is one; else the passphrase, asked for.
    pub(super) fn opener(&self, config: &Config) -> Result<Opener, Failure> {
        Ok(match (&self.passphrase_file, &self.recovery_key_file) {
            (Some(file), _) => Opener::Passphrase(secrets::first_line(file)?),
            (None, Some(file)) => Opener::RecoveryKey(secrets::first_line(file)?),
            (None, None) if config.key_file.is_file() => Opener::KeyFile,
            (None, None) => Opener::Passphrase(secrets::ask("Passphrase: ", "--passphrase-file FILE")?),
        })
    }
}
