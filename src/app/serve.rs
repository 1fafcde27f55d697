//! The running studio: listeners, workers, a graceful end.

use super::config::Config;

/// What to tell the operator once the studio answers.
#[derive(Clone, Debug)]
pub struct Ready {
    /// What to open in a browser, best first.
    pub urls: Vec<String>,
    /// The port HTTPS is answered on, also when the configuration said 0.
    pub port: u16,
    pub plain_port: Option<u16>,
    /// SHA-256 of the authority's certificate, to compare with the trust page.
    pub fingerprint: String,
    /// `setup`, `locked`, `recovery` or `ready`.
    pub phase: &'static str,
    /// Only before set-up.
    pub setup_code: Option<String>,
}

/// A studio that serves while its owner goes on.
pub struct Running {
    pub ready: Ready,
}

impl Running {
    /// Ends it in good order: no new requests, running ones finish, workers are told.
    pub fn stop(self) -> anyhow::Result<()> {
        todo!()
    }
}

/// Serves until Ctrl+C or SIGTERM; `on_ready` is told once it answers.
pub fn run(config: Config, on_ready: impl FnOnce(&Ready) + Send + 'static) -> anyhow::Result<()> {
    let _ = (config, on_ready);
    todo!()
}

/// Serves in threads of its own.
pub fn start(config: Config) -> anyhow::Result<Running> {
    let _ = config;
    todo!()
}
