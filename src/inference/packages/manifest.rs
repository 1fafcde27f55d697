//! `studio-model.toml`: what a package may say of itself; every line is optional.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::units::{Rate, Size};
use crate::inference::error::{Error, Result};
use crate::inference::order::{Role, Task};

use super::files::Files;

pub(crate) const FILE: &str = "studio-model.toml";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Manifest {
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) family: Option<String>,
    pub(crate) licence: Option<String>,
    pub(crate) memory_bytes: Option<u64>,
    /// Below this the starter's encoder says that a picture is none of its own.
    pub(crate) known_threshold: Option<f32>,
    /// The sizes in which references enter, like `["80x64"]`.
    pub(crate) buckets: Option<Vec<String>>,
    pub(crate) capabilities: Capabilities,
    pub(crate) defaults: Defaults,
    /// BLAKE3 of every other file of the package.
    pub(crate) files: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Capabilities {
    pub(crate) tasks: Option<Vec<Task>>,
    pub(crate) max_references: Option<usize>,
    pub(crate) roles: Option<Vec<Role>>,
    pub(crate) min_side: Option<u32>,
    pub(crate) max_side: Option<u32>,
    pub(crate) multiple: Option<u32>,
    pub(crate) sizes: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Defaults {
    pub(crate) size: Option<String>,
    pub(crate) steps: Option<u32>,
    pub(crate) guidance: Option<f32>,
    pub(crate) frames: Option<u32>,
    pub(crate) rate: Option<String>,
    /// What a decoder that knows timesteps is told, and how much noise is mixed in for it.
    pub(crate) decode_timestep: Option<f32>,
    pub(crate) decode_noise_scale: Option<f32>,
}

impl Manifest {
    /// An empty one where the package has none.
    pub(crate) fn of(files: &Files) -> Result<Self> {
        if !files.has(FILE) {
            return Ok(Manifest::default());
        }
        Manifest::read(&files.text(FILE)?)
    }

    pub(crate) fn read(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|e| malformed(&e.to_string()))
    }

    pub(crate) fn default_size(&self) -> Result<Option<Size>> {
        self.defaults.size.as_deref().map(size).transpose()
    }

    pub(crate) fn default_rate(&self) -> Result<Option<Rate>> {
        self.defaults.rate.as_deref().map(|r| r.parse().map_err(|e: String| malformed(&e))).transpose()
    }

    pub(crate) fn suggested(&self) -> Result<Option<Vec<Size>>> {
        self.capabilities.sizes.as_deref().map(sizes).transpose()
    }

    pub(crate) fn bucket_sizes(&self) -> Result<Option<Vec<Size>>> {
        self.buckets.as_deref().map(sizes).transpose()
    }
}

fn sizes(texts: &[String]) -> Result<Vec<Size>> {
    texts.iter().map(|t| size(t)).collect()
}

fn size(text: &str) -> Result<Size> {
    let size: Size = text.parse().map_err(|e: String| malformed(&e))?;
    let sane = 1..=crate::media::picture::MOST_SIDE;
    if sane.contains(&size.width) && sane.contains(&size.height) {
        return Ok(size);
    }
    Err(malformed(&format!("{size} is no size that a picture can have")))
}

fn malformed(detail: &str) -> Error {
    Error::FileMalformed { file: FILE.to_owned(), detail: detail.to_owned() }
}
