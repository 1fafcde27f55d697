//! `audit`: proves that the record of who did what was not changed.

use clap::{Args, Subcommand};

use serde_json::json;

use crate::app::open::{self, Verified};

use super::Place;
use super::failure::Failure;
use super::keys::Keys;
use super::output;

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
