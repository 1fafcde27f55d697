//! `runtime`: the library that computes; another than the built-in one is brought in, tried and chosen here.

mod import;
mod list;
mod test;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::inference::runtimes::EMBEDDED;

use super::Place;
use super::failure::Failure;
use super::output;

/// Bring in, try and choose the ONNX Runtime that renders, for a graphics card by NVIDIA or a newer processor build.
///
/// All of it works without a network: the files are fetched elsewhere and carried here. The one that is built in is
/// called `embedded`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  dreamomni2 runtime import onnxruntime_gpu-*.whl nvidia_*.whl
  dreamomni2 runtime test onnxruntime-gpu-1.32.0
  dreamomni2 runtime use onnxruntime-gpu-1.32.0
  dreamomni2 runtime use embedded")]
pub(super) struct Runtime {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// List the runtimes of this studio and which one it uses.
    List {
        /// Print the list as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Bring a runtime in, whole or not at all: wheels as pip downloads them, or a folder or tar archive of libraries.
    ///
    /// Only libraries and licences are taken, and nothing is run. Give everything that belongs together at once. On a
    /// machine with a network, this fetches what a card needs:
    /// pip download --no-deps onnxruntime-gpu nvidia-cublas nvidia-cudnn-cu13 nvidia-curand nvidia-cufft
    /// nvidia-cuda-runtime nvidia-cuda-nvrtc nvidia-nvjitlink
    #[command(after_help = "\
Examples:
  dreamomni2 runtime import onnxruntime-1.32.0-*.whl
  dreamomni2 runtime import onnxruntime_gpu-*.whl nvidia_*.whl --name gpu
  dreamomni2 runtime import ./my-build/lib --name own")]
    Import {
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// The name to give it; without it the runtime's own name and version.
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Open a runtime in a process of its own and have every provider compute something small.
    ///
    /// Says what works, and why the rest does not. Ends with 0 when the processor at least computes.
    Test {
        /// Without it the one that the studio uses.
        #[arg(value_name = "NAME")]
        name: Option<String>,
        /// Which graphics card to try, from 0.
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        card: u32,
        /// Print what was found as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Choose the runtime that the studio opens from its next start on; it is tried first.
    Use {
        /// A name from `runtime list`; `embedded` goes back to the built-in one.
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Remove an imported runtime.
    Remove {
        #[arg(value_name = "NAME")]
        name: String,
    },
}

impl Runtime {
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let config = place.config()?;
        let runtimes = config.runtimes();
        match self.verb {
            Verb::List { json } => list::run(&runtimes, json),
            Verb::Import { files, name, json } => import::run(&runtimes, &files, name.as_deref(), json),
            Verb::Test { name, card, json } => test::run(&config, name.as_deref(), card, json),
            Verb::Use { name } => {
                let imported = Some(name.as_str()).filter(|name| *name != EMBEDDED);
                test::computes(&config, &name)?;
                runtimes.choose(imported)?;
                output::line(format_args!("The studio uses {name} from its next start on."))
            }
            Verb::Remove { name } => {
                runtimes.remove(&name)?;
                output::line(format_args!("{name} is removed."))
            }
        }
    }
}
