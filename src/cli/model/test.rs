//! `model test`: does this machine give the numbers of the model's makers?

use crate::cli::failure::Failure;
use crate::inference::{Packages, Settings};

pub(super) fn run(packages: &Packages, name: &str, settings: Settings, json: bool) -> Result<(), Failure> {
    let package = packages.find(name)?;
    todo!("{} {json} {settings:?}", package.info.name)
}
