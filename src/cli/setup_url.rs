//! `setup-url`: prints a new one-use set-up code and where to type it.

use clap::Args;

use serde_json::json;

use crate::app::open;

use super::Place;
use super::failure::Failure;
use super::output;

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
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let new = open::new_code(&place.config()?)?;
        let urls: Vec<String> = new.urls.iter().map(|url| format!("{url}/setup")).collect();
        if self.json {
            return output::json(&json!({
                "code": new.code, "minutes": new.minutes, "urls": urls, "fingerprint": new.fingerprint,
            }));
        }
        output::line(format_args!(
            "Set-up page:\n  {}\nSet-up code (one use, {} minutes):\n  {}\nFingerprint of the studio's authority (SHA-256):\n  {}",
            urls.join("\n  "),
            new.minutes,
            new.code,
            new.fingerprint
        ))
    }
}
