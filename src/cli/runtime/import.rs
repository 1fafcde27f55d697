//! `runtime import`: wheels, folders or archives of libraries come in as one runtime.

use std::path::PathBuf;

use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::progress::Bar;
use crate::inference::Runtimes;

pub(super) fn run(runtimes: &Runtimes, files: &[PathBuf], name: Option<&str>, json: bool) -> Result<(), Failure> {
    if let Some(lost) = files.iter().find(|file| !file.exists()) {
        let told = format!("There is no {}; give wheels, a folder or a .tar of libraries", lost.display());
        return Err(Failure::refused("file_missing", told));
    }
    let bar = Bar::bytes("importing");
    let info = runtimes.import(files, name, &mut |done| bar.reach(done, done));
    bar.end();
    let info = info?;
    if json {
        return output::json(&info);
    }
    let (name, megabytes) = (&info.name, info.bytes / 1_000_000);
    let providers = info.providers.join(", ");
    output::line(format_args!("{name} is imported: {megabytes} MB, made for {providers}."))?;
    output::line(format_args!("Try it with: dreamomni2 runtime test {name}"))?;
    output::line(format_args!("Then use it:  dreamomni2 runtime use {name}"))
}
