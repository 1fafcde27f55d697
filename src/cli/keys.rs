//! How a command opens the studio's keys without a server.

use std::path::PathBuf;

use clap::Args;

use crate::app::config::Config;
use crate::app::open::{self, Opener};
use crate::inference::Packages;

use super::Place;
use super::failure::Failure;
use super::secrets;

/// The key file by itself, or one of these.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Keys {
    /// A file whose first line is the passphrase; without it a key file is used, or the passphrase asked for.
    #[arg(long, value_name = "FILE", conflicts_with = "recovery_key_file", help_heading = "Keys")]
    passphrase_file: Option<PathBuf>,
    /// A file whose first line is the recovery key (AGE-SECRET-KEY-1…).
    #[arg(long, value_name = "FILE", help_heading = "Keys")]
    recovery_key_file: Option<PathBuf>,
}

impl Keys {
    /// What was said; else the key file where there is one; else the passphrase, asked for.
    pub(super) fn opener(&self, config: &Config) -> Result<Opener, Failure> {
        Ok(match (&self.passphrase_file, &self.recovery_key_file) {
            (Some(file), _) => Opener::Passphrase(secrets::first_line(file)?),
            (None, Some(file)) => Opener::RecoveryKey(secrets::first_line(file)?),
            (None, None) if config.key_file.is_file() => Opener::KeyFile,
            (None, None) => Opener::Passphrase(secrets::ask("Passphrase: ", "--passphrase-file FILE")?),
        })
    }

    /// The same models with the key that opens sealed ones.
    pub(super) fn unlock(&self, packages: Packages, place: &Place) -> Result<Packages, Failure> {
        let config = place.config()?;
        if !config.data.join("keys/marker").exists() {
            let told = format!(
                "There is no studio in {} yet, so there are no keys; set it up first: dreamomni2 init, or serve and the page",
                config.data.display()
            );
            return Err(Failure::refused("not_set_up", told));
        }
        Ok(packages.unlocked(open::models_key(&config, &self.opener(&config)?)?))
    }

    /// The same, where this model needs it or somebody gave what opens the keys: an open one asks for nothing.
    pub(super) fn unlock_for(&self, model: &str, packages: Packages, place: &Place) -> Result<Packages, Failure> {
        let given = self.passphrase_file.is_some() || self.recovery_key_file.is_some();
        if given || packages.find(model)?.info.sealed { self.unlock(packages, place) } else { Ok(packages) }
    }
}
