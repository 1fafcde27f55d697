//! `version`: what this binary is and what it carries.

use clap::Args;
use serde_json::json;

use crate::inference::{self, packages::STARTER};

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
        let runtime = inference::runtime_embedded();
        let starter = inference::Packages::new(None).find(STARTER).map(|package| package.info).ok();
        if self.json {
            return output::json(&json!({
                "name": "dreamomni2",
                "version": version,
                "runtime": runtime,
                "starter": starter.map(|info| json!({ "version": info.version, "hash": info.hash })),
            }));
        }
        output::line(format_args!("dreamomni2 {version}"))?;
        output::line(if runtime { "ONNX Runtime: built in" } else { "ONNX Runtime: not built in" })?;
        output::line(match starter {
            Some(info) => format!("starter model: {} ({})", info.version, info.hash.get(..12).unwrap_or(&info.hash)),
            None => "starter model: not built in".to_owned(),
        })
    }
}
