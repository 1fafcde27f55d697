//! Whether a model in its place is what an import would put there: one that was killed at its very end is then over.

use std::io;
use std::path::{Path, PathBuf};

use crate::inference::error::{Error, Result};

use super::copied;
use super::lone;
use super::pace::{Pace, Told};
use super::receipt::{self, Receipt};
use super::source::{self, Links};

/// Compares every file of the source, by its hash, with what the model's import wrote down. Reads the source through.
pub(super) fn is_of(receipt: Receipt, from: &Path, told: &mut Told) -> Result<bool> {
    let mut pace = Pace::new(source::size(from), told);
    let compared = compared(receipt, from, &mut pace);
    pace.outcome(compared)
}

fn compared(receipt: Receipt, from: &Path, pace: &mut Pace) -> Result<bool> {
    // Names differ where an archive has a folder around everything, or a graph came alone.
    let mut rest: Vec<(String, String)> = receipt.files.into_iter().collect();
    let mut all = true;
    source::each(from, Links::Refuse, &mut |member| {
        if member.name.rsplit('/').next() == Some(receipt::FILE) {
            return Ok(());
        }
        let failed = |error: io::Error| Error::Io { path: PathBuf::from(member.name), error };
        let (hash, _) = copied::hash(pace.through(member.content)).map_err(failed)?;
        match rest.iter().position(|(_, known)| *known == hash) {
            Some(at) => drop(rest.swap_remove(at)),
            None => all = false,
        }
        Ok(())
    })?;
    Ok(all && rest.iter().all(|(file, _)| lone::MADE.contains(&file.as_str())))
}
