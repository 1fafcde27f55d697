//! `model test`: does this machine give the numbers of the model's makers?

use crate::cli::failure::Failure;
use crate::inference::Packages;

pub(super) fn run(packages: &Packages, name: &str, json: bool) -> Result<(), Failure> {
    let package = packages.find(name)?;
    todo!("{} {json}", package.info.name)
}
