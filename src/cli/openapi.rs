//! `openapi`: prints the API's own description.

use clap::Args;

use crate::http;

use super::failure::Failure;
use super::output;

/// Print the OpenAPI 3.1 document of the REST API, the same one that /api/v1/openapi.json serves.
#[derive(Args)]
#[command(after_help = "\
Examples:
  dreamomni2 openapi > openapi.json")]
pub(super) struct Openapi {}

impl Openapi {
    pub(super) fn run() -> Result<(), Failure> {
        output::line(http::openapi().trim_end())
    }
}
