//! `openapi`: prints the API's own description.

use clap::Args;

use super::failure::Failure;

/// Print the OpenAPI 3.1 document of the REST API, the same one that /api/v1/openapi.json serves.
#[derive(Args)]
#[command(after_help = "\
Examples:
  dreamomni2 openapi > openapi.json")]
pub(super) struct Openapi {}

impl Openapi {
    pub(super) fn run(self) -> Result<(), Failure> {
        todo!()
    }
}
