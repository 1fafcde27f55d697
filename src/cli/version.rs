//! `version`: what this binary is and what it carries.

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::output;

/// Print the version and what is built in: the runtime, the starter model, the web pages.
#[derive(Args)]
pub(super) struct Version {
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

impl Version {
    pub(super) fn run(self) -> Result<(), Failure> {
        let version = env!("CARGO_PKG_VERSION");
        if self.json {
            return output::json(&json!({ "name": "dreamomni2", "version": version }));
        }
        output::line(format_args!("dreamomni2 {version}"))
    }
}
