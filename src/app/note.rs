//! A note in `DATA/run` by which commands find the studio that runs on this machine.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::config::Config;

/// Where the running studio answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    pub(super) pid: u32,
    pub(super) port: u16,
    pub(super) plain_port: Option<u16>,
}

pub(super) fn write(config: &Config, note: Note) -> anyhow::Result<()> {
    fs::create_dir_all(config.data.join("run"))?;
    Ok(fs::write(file(config), serde_json::to_vec(&note)?)?)
}

/// The note of a process that is still there.
pub(super) fn read(config: &Config) -> Option<Note> {
    let note: Note = serde_json::from_slice(&fs::read(file(config)).ok()?).ok()?;
    Path::new("/proc").join(note.pid.to_string()).exists().then_some(note)
}

pub(super) fn remove(config: &Config) {
    // One that stays is found out by its process number.
    let _ = fs::remove_file(file(config));
}

fn file(config: &Config) -> PathBuf {
    config.data.join("run/serve.json")
}
