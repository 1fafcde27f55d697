//! `serve`: runs the studio until it is told to stop.

use std::net::SocketAddr;

use clap::Args;

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
    pub(super) fn run(self, _place: &Place) -> Result<(), Failure> {
        todo!("serve on {:?}", self.listen)
    }
}
