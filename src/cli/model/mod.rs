//! `model`: the packages a studio renders with.

mod import;
mod list;
mod test;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::inference::Packages;

use super::Place;
use super::failure::Failure;
use super::output;

/// List, import, test and remove models: folders of ONNX graphs and data, never code.
///
/// All of these work with and without a running server; a running one sees the change at the next job.
#[derive(Args)]
#[command(after_help = "\
Examples:
  dreamomni2 model list
  dreamomni2 model import /media/usb/kontext.tar.zst --name kontext --accept-licence
  dreamomni2 model test starter")]
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
    /// Show what one model can do, its sizes, defaults, licence and hash.
    Info {
        #[arg(value_name = "NAME")]
        name: String,
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Bring a package in: a folder as diffusers or optimum export it, a .tar or a .tar.zst.
    ///
    /// Copied whole or not at all. Anything that could run (pickles, scripts, links, paths that lead outside) is
    /// refused; so is a file whose hash differs from the package's own list.
    #[command(after_help = "\
Examples:
  dreamomni2 model import ./my-export --name house-style --accept-licence
  dreamomni2 model import model.tar.zst --data /srv/studio")]
    Import {
        /// The folder or archive.
        #[arg(value_name = "PATH")]
        path: PathBuf,
        /// The name to give it; without it the package's own.
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// You have read the package's licence and may use it here.
        #[arg(long)]
        accept_licence: bool,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Run a model's reference cases on this machine and compare with the numbers of its makers.
    ///
    /// Prints the largest and the mean difference per case; ends with 0 only when every case is within 2e-2 and 1e-3.
    Test {
        #[arg(value_name = "NAME", default_value = "starter")]
        name: String,
        /// Print the cases as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove a model's files from this studio; renders made with it stay.
    Remove {
        #[arg(value_name = "NAME")]
        name: String,
    },
}

impl Model {
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let packages = Packages::new(Some(place.config()?.models()));
        match self.verb {
            Verb::List { json } => list::list(&packages, json),
            Verb::Info { name, json } => list::info(&packages, &name, json),
            Verb::Import { path, name, accept_licence, json } => {
                import::run(&packages, &path, name.as_deref(), accept_licence, json)
            }
            Verb::Test { name, json } => test::run(&packages, &name, place.engine()?, json),
            Verb::Remove { name } => {
                packages.remove(&name)?;
                output::line(format_args!("{name} is removed."))
            }
        }
    }
}
