//! `serve`: runs the studio until it is told to stop.

use std::net::SocketAddr;

use clap::Args;

use crate::app::serve::{self, Ready};

use super::Place;
use super::failure::Failure;

/// Run the studio: web pages, API and workers, over TLS, until Ctrl+C.
///
/// Where there is no studio yet, the first start prints a one-use set-up code and the address to type it at.
/// A studio whose keys open by a passphrase starts locked and waits for `dreamomni2 unlock` or the unlock page.
#[derive(Args)]
#[command(after_help = "\
Examples:
  dreamomni2 serve                                  data in the standard place, port 8443 on every address
  dreamomni2 serve --data /srv/studio --listen 10.0.0.5:443
  curl -k https://localhost:8443/healthz            {\"status\":\"ok\"}: the process is up
  curl -k https://localhost:8443/readyz             200 once the studio is set up and unlocked")]
pub(super) struct Serve {
    /// Where to listen for HTTPS; an address of 0.0.0.0 means every network card.
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
}

impl Serve {
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let mut config = place.config()?;
        if let Some(listen) = self.listen {
            let plain = config.plain;
            config = config.listening(listen, plain);
        }
        Ok(serve::run(config, greet)?)
    }
}

/// What the operator reads once the studio answers; the log follows on stderr.
fn greet(ready: &Ready) {
    let told = greeting(ready);
    // A closed terminal is no reason to stop serving.
    let _ = std::io::Write::write_all(&mut std::io::stdout(), told.as_bytes());
}

/// Real addresses, the fingerprint to compare, and what is to be done next.
pub(super) fn greeting(ready: &Ready) -> String {
    let mut lines = vec![String::new(), "DreamOmni2 Studio is at".to_owned()];
    lines.extend(ready.urls.iter().map(|url| format!("  {url}")));
    lines.push(format!("Fingerprint of its authority (SHA-256):\n  {}", ready.fingerprint));
    if let (Some(port), Some(url)) = (ready.plain_port, ready.urls.first()) {
        let host = url.trim_start_matches("https://").split(':').next().unwrap_or("localhost");
        lines.push(format!("How a browser comes to trust it:\n  http://{host}:{port}/trust"));
    }
    match (ready.phase, &ready.setup_code) {
        (_, Some(code)) => {
            let told = "Set-up code (one use, 30 minutes; `dreamomni2 setup-url` prints a new one)";
            lines.push(format!("{told}:\n  {code}"));
        }
        ("locked", _) => {
            lines.push("It is locked: run `dreamomni2 unlock`, or open its page and type the passphrase.".to_owned());
        }
        ("recovery", _) => {
            lines.push("It is in recovery mode: its page says what is missing and what to do.".to_owned());
        }
        _ => {}
    }
    lines.push("Ctrl+C ends it.\n\n".to_owned());
    lines.join("\n")
}
