//! Looks into a folder or an archive before anything of it is copied: what it says of itself, and its licence.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::inference::error::{Error, Result};

use super::import::{refuse_by_name, stem};
use super::info;
use super::lone;
use super::manifest::{self, Manifest};
use super::pace::{Pace, Told};
use super::seal::is_licence;
use super::source::{self, Links};

/// What a package says of itself before it is brought in.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// The name it would get.
    pub name: String,
    pub version: String,
    pub family: String,
    pub licence: String,
    /// None where the package brings no file with the text.
    pub licence_text: Option<String>,
    pub files: u64,
    /// Of all files, unpacked.
    pub bytes: u64,
}

/// What a graph that comes alone is.
const UPSCALER: &str = "upscaler";

/// No licence and no manifest is longer.
const MOST_TEXT: u64 = 1 << 20;

/// Reads an archive through and keeps next to nothing; a file that may not be in a package is refused here already.
pub(super) fn look(from: &Path, told: &mut Told) -> Result<Offer> {
    let mut pace = Pace::new(None, told);
    let read = read(from, &mut pace);
    pace.outcome(read)
}

fn read(from: &Path, pace: &mut Pace) -> Result<Offer> {
    let (mut files, mut total) = (0, 0);
    let (mut manifest, mut index, mut licence) = (None, None, None);
    let mut lone = Vec::new();
    source::each(from, Links::Refuse, &mut |member| {
        refuse_by_name(member.name)?;
        files += 1;
        total += member.bytes;
        let last = member.name.rsplit('/').next().unwrap_or(member.name);
        let mut content = pace.through(member.content);
        // At the top, or in the one folder that archives often have around everything.
        let wanted = member.name.matches('/').count() <= 1;
        if wanted {
            lone.push(last.to_owned());
        }
        match last {
            manifest::FILE if wanted => manifest = text(&mut content),
            "model_index.json" if wanted => index = text(&mut content),
            _ if wanted && is_licence(last) && licence.is_none() => licence = text(&mut content),
            _ => {}
        }
        if member.streamed {
            let failed = |error| Error::Io { path: PathBuf::from(member.name), error };
            io::copy(&mut content, &mut io::sink()).map_err(failed)?;
        }
        Ok(())
    })?;
    let manifest = manifest.as_deref().map(Manifest::read).transpose()?.unwrap_or_default();
    let lone = lone::is_lone(lone.iter().map(String::as_str));
    let family = if lone { UPSCALER } else { info::family_of(&manifest, index.as_deref())? }.to_owned();
    Ok(Offer {
        name: manifest.name.clone().unwrap_or_else(|| stem(from)),
        version: info::version(&manifest),
        licence: info::licence(&manifest),
        licence_text: licence,
        family,
        files,
        bytes: total,
    })
}

/// What is no text is none.
fn text(bytes: &mut impl Read) -> Option<String> {
    let mut text = String::new();
    bytes.take(MOST_TEXT).read_to_string(&mut text).ok().map(|_| text)
}
