//! `model`: the packages a studio renders with.

use clap::{Args, Subcommand};

use super::Place;
use super::failure::Failure;

/// List, import, test and remove models (packages of ONNX graphs and data, never code).
#[derive(Args)]
pub(super) struct Model {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// List the models of this studio; `starter` is always there.
    List {
        /// Print the list as JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Model {
    pub(super) fn run(self, _place: &Place) -> Result<(), Failure> {
        match self.verb {
            Verb::List { json } => todo!("{json}"),
        }
    }
}
