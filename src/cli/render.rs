//! `render`: words and references in, a picture or a clip out, with no server.

use clap::Args;

use super::Place;
use super::failure::Failure;

/// Render a picture or a clip here and now, with no server and no data folder.
#[derive(Args)]
pub(super) struct Render {
    #[arg(long)]
    prompt: String,
}

impl Render {
    pub(super) fn run(self, _place: &Place) -> Result<(), Failure> {
        todo!("{}", self.prompt)
    }
}
