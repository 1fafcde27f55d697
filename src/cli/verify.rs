//! `verify`: opens every sealed file once and checks it to its last byte.

use clap::Args;

use crate::app::open;

use super::Place;
use super::audit;
use super::failure::Failure;
use super::keys::Keys;
use super::output;

/// Check that everything in the data folder still opens: rows, pictures and clips, audit chains, packages.
///
/// Run it on a stopped studio or on a restored backup. Changes nothing but the record that the keys were opened.
/// Ends with 0 when all is whole, with 1 and the list of what is not otherwise. Files that belong to nothing, as a crash
/// leaves them, are counted and hurt nobody; they go only when asked, and only where all else is whole.
#[derive(Args)]
#[command(after_help = "\
Examples:
  dreamomni2 verify --data /srv/studio
  dreamomni2 verify --data /mnt/restored --passphrase-file pw --json
  dreamomni2 verify --data /srv/studio --remove-strays")]
pub(super) struct Verify {
    #[command(flatten)]
    keys: Keys,
    /// Remove files that no picture, clip or upload names. Not after an older database was put beside newer files: it
    /// does not know those yet.
    #[arg(long)]
    remove_strays: bool,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        let config = place.config()?;
        let opener = self.keys.opener(&config)?;
        let found = open::verify_folder(&config, &opener)?;
        if self.json {
            output::json(&found)?;
        } else {
            for chain in &found.chains {
                output::line(audit::told(chain))?;
            }
            for place in &found.workspaces {
                let (whole, megabytes) = (&place.whole, place.whole.bytes as f64 / 1e6);
                let (renders, assets, files) = (whole.renders, whole.assets, whole.files);
                output::line(format_args!(
                    "{:<32} {renders} renders, {assets} assets: {files} files, {megabytes:.1} MB read",
                    place.id
                ))?;
                if whole.strays > 0 {
                    let (strays, megabytes) = (whole.strays, whole.stray_bytes as f64 / 1e6);
                    output::line(format_args!("  {strays} files ({megabytes:.1} MB) belong to nothing"))?;
                }
                for damage in &whole.damaged {
                    output::line(format_args!("  DAMAGED {}: {}", damage.id, damage.reason))?;
                }
            }
            for model in &found.damaged_models {
                output::line(format_args!("  DAMAGED model {model}"))?;
            }
        }
        if !found.is_whole() {
            return Err(Failure::failed(
                "data_damaged",
                "Not everything in the data folder is whole; restore what is named above",
            ));
        }
        if self.remove_strays {
            let removed = open::remove_strays(&config, &opener)?;
            if !self.json {
                output::line(format_args!("{removed} files that belonged to nothing are removed."))?;
            }
        }
        Ok(())
    }
}
