//! `model`: the packages a studio renders with.

mod fuse;
mod import;
mod list;
mod seal;
mod test;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::inference::{Packages, Settings, Task, Wish};

use super::Place;
use super::failure::Failure;
use super::keys::Keys;
use super::output;

/// List, import, fuse, seal, test and remove models: folders of ONNX graphs and data, never code.
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
    /// Bring a package in: a folder as diffusers or optimum export it, a .tar, a .tar.zst, or an upscaler's lone .onnx.
    ///
    /// Copied whole or not at all. Anything that could run (pickles, scripts, links, paths that lead outside) is
    /// refused; so is a file whose hash differs from the package's own list. An import that was stopped goes on when
    /// the same files are imported again: what stands is checked, and not copied a second time.
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
        /// Seal the weights: on this disk only the studio's keys open them. Opening the model takes longer, and weights
        /// that lie beside a graph are in memory twice meanwhile.
        #[arg(long)]
        seal: bool,
        #[command(flatten)]
        keys: Keys,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make a further model from one that is there and LoRAs (.safetensors), which become part of its weights.
    ///
    /// Names of layers as diffusers, kohya and the models' first repositories write them are understood. Only the files
    /// that change take room on the disk. A LoRA for one task gets a transformer of its own, as DreamOmni2 has it.
    #[command(after_help = "\
Examples:
  dreamomni2 model fuse sdxl --lora house-style.safetensors=0.8 --name sdxl-house
  dreamomni2 model fuse kontext --edit-lora edit.safetensors --generation-lora generation.safetensors --name dreamomni2")]
    Fuse {
        /// The model to begin from; it stays as it is.
        #[arg(value_name = "BASE")]
        base: String,
        /// A LoRA for all tasks, and how strongly (1 when left out); may be given several times.
        #[arg(long, value_name = "FILE[=WEIGHT]", value_parser = fuse::given)]
        lora: Vec<fuse::Given>,
        /// A LoRA for edits only.
        #[arg(long, value_name = "FILE[=WEIGHT]", value_parser = fuse::given)]
        edit_lora: Vec<fuse::Given>,
        /// A LoRA for new pictures only.
        #[arg(long, value_name = "FILE[=WEIGHT]", value_parser = fuse::given)]
        generation_lora: Vec<fuse::Given>,
        /// The name of the model that is made.
        #[arg(long, value_name = "NAME")]
        name: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Seal the weights of a model that is here already, as `import --seal` does for a new one.
    ///
    /// It stays the same model, with the same hash, and every command and page works as before. What lay open before
    /// may still be found in the disk's free blocks; with `import --seal` nothing ever lies open in the data folder.
    #[command(after_help = "\
Examples:
  dreamomni2 model seal house-style --data /srv/studio
  dreamomni2 model seal house-style --passphrase-file pw")]
    Seal {
        #[arg(value_name = "NAME")]
        name: String,
        #[command(flatten)]
        keys: Keys,
    },
    /// Run a model's reference cases on this machine and compare with the numbers of its makers.
    ///
    /// Prints the largest and the mean difference per case; ends with 0 only when every case is within 2e-2 and 1e-3
    /// (1e-1 and 5e-3 for a model in half precision, 2e-1 and 2e-2 in bfloat16).
    Test {
        #[arg(value_name = "NAME", default_value = "starter")]
        name: String,
        /// What to render on: auto, cpu, cuda or cuda:NUMBER.
        #[arg(long, value_name = "DEVICE", default_value = "auto")]
        device: Wish,
        #[command(flatten)]
        keys: Keys,
        /// Print the cases as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove a model's files from this studio; renders made with it stay.
    Remove {
        #[arg(value_name = "NAME", required_unless_present = "unfinished")]
        name: Option<String>,
        /// Remove what stopped imports left, in place of a model; else it goes by itself after seven days.
        #[arg(long, conflicts_with = "name")]
        unfinished: bool,
    },
}

impl Model {
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let packages = Packages::new(Some(place.config()?.models()));
        match self.verb {
            Verb::List { json } => list::list(&packages, json),
            Verb::Info { name, json } => list::info(&packages, &name, json),
            Verb::Import { path, name, accept_licence, seal, keys, json } => {
                let packages = if seal { keys.unlock(packages, place)? } else { packages };
                import::run(&packages, &path, name.as_deref(), accept_licence, seal, place.engine()?, json)
            }
            Verb::Seal { name, keys } => seal::run(&keys.unlock(packages, place)?, &name),
            Verb::Fuse { base, lora, edit_lora, generation_lora, name, json } => {
                let loras = vec![(lora, None), (edit_lora, Some(Task::Edit)), (generation_lora, Some(Task::Picture))];
                fuse::run(&packages, &base, &name, loras, json)
            }
            Verb::Test { name, device, keys, json } => {
                let packages = keys.unlock_for(&name, packages, place)?;
                test::run(&packages, &name, Settings { device, ..place.engine()? }, json)
            }
            Verb::Remove { name: Some(name), .. } => {
                packages.remove(&name)?;
                output::line(format_args!("{name} is removed."))
            }
            Verb::Remove { name: None, .. } => match packages.forget_stopped() {
                0 => output::line(format_args!("No unfinished import was there.")),
                1 => output::line(format_args!("One unfinished import is removed.")),
                count => output::line(format_args!("{count} unfinished imports are removed.")),
            },
        }
    }
}
