//! Seals the weights of a package that is here already: a sealed copy beside it takes its place in one step.

use std::path::{Path, PathBuf};

use crate::crypto::FileKey;
use crate::inference::error::{Error, Result};
use crate::inference::staging::{self, Stage};

use super::Package;
use super::copied;
use super::pace::{Pace, Told};
use super::receipt::{self, Receipt};
use super::seal::{self, Seal};

pub(super) fn seal(package: &Package, models: &Path, key: &FileKey, told: &mut Told) -> Result<()> {
    let name = &package.info.name;
    let Some(folder) = package.files.folder() else {
        return Err(Error::BadOrder("the starter is part of this program, which lies open anyway".to_owned()));
    };
    if package.files.are_sealed() {
        return Err(Error::BadOrder(format!("the weights of {name} are sealed already")));
    }
    let receipt = Receipt::of(&package.files)?;
    let stage = Stage::begin(models)?;
    stage.expect_room(receipt.bytes)?;
    let seal = Seal::make(stage.folder(), key)?;
    let mut pace = Pace::new(Some(receipt.bytes), told);
    let copied = copy(package, &receipt, &stage, &seal, &mut pace);
    pace.outcome(copied)?;
    // The stage's folder becomes the package's, and the open one goes with the stage.
    staging::exchange(stage.folder(), folder)
}

fn copy(package: &Package, receipt: &Receipt, stage: &Stage, seal: &Seal, pace: &mut Pace) -> Result<()> {
    let failed = |file: &str, error| Error::Io { path: PathBuf::from(file), error };
    for (file, expected) in &receipt.files {
        let seal = Some(seal).filter(|_| seal::covers(file));
        let (_, found) = copied::into(stage, file, pace.through(package.files.open(file)?), seal)?;
        if found != *expected {
            return Err(Error::HashDiffers { file: file.clone(), expected: expected.clone(), found });
        }
        pace.tell().map_err(|e| failed(file, e))?;
    }
    let text = serde_json::to_vec_pretty(receipt).map_err(|e| failed(receipt::FILE, e.into()))?;
    stage.copy(receipt::FILE, &mut text.as_slice()).map(drop)
}
