//! `model import`: a package comes in whole, after its licence was accepted.

use std::ops::ControlFlow;
use std::path::Path;

use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::progress::Bar;
use crate::inference::{Engine, Packages, Settings};

pub(super) fn run(
    packages: &Packages,
    path: &Path,
    name: Option<&str>,
    accepted: bool,
    seal: bool,
    settings: Settings,
    json: bool,
) -> Result<(), Failure> {
    if !path.exists() {
        let told = format!("There is no {}; give a folder, a .tar, a .tar.zst or an upscaler's .onnx", path.display());
        return Err(Failure::refused("file_missing", told));
    }
    if !accepted {
        let told = "A model's licence binds those who use it: read the one in the package, then say --accept-licence";
        return Err(Failure::refused("licence_not_accepted", told));
    }
    let bar = Bar::bytes("importing");
    let measure = |folder: &Path| Engine::open(settings.clone())?.measure(packages, folder);
    let mut told = |done, of: Option<u64>| {
        bar.reach(done, of.unwrap_or(done));
        ControlFlow::Continue(())
    };
    let info = packages.import_as(path, name, seal, &mut told, &measure);
    bar.end();
    let info = info?;
    if json {
        return output::json(&info);
    }
    let sealed = if info.sealed { ", weights sealed" } else { "" };
    output::line(format_args!("{} is imported ({}, licence {}{sealed}).", info.name, info.family, info.licence))?;
    output::line(format_args!("Prove it on this machine with: dreamomni2 model test {}", info.name))
}
