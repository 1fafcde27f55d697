//! How the studio is: facts from outside, put beside what the domain knows, judged in sentences.

use serde::Serialize;

use super::act::Act;
use super::error::Result;
use crate::base::clock::Moment;

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Device {
    pub name: String,
    pub kind: String,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Disk {
    pub free: u64,
    pub total: u64,
    pub data: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Certificate {
    pub fingerprint: String,
    pub expires: Moment,
    pub names: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Worker {
    pub pid: u32,
    pub state: String,
    pub model: Option<String>,
}

/// What only the app can see.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub version: String,
    pub uptime_seconds: u64,
    pub device: Device,
    pub runtime: String,
    pub disk: Disk,
    pub certificate: Option<Certificate>,
    pub workers: Vec<Worker>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Ok,
    Warn,
    Fail,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    pub id: &'static str,
    pub level: Level,
    pub reason: String,
    /// What to do; empty when all is well.
    pub fix: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct QueueCount {
    pub waiting: usize,
    pub running: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    pub facts: Facts,
    pub queue: QueueCount,
    pub unlock_methods: Vec<&'static str>,
    pub certificate_days: Option<i64>,
    pub checks: Vec<Check>,
}

/// For the operator: no content in it.
pub fn report(_act: &Act, _facts: Facts) -> Result<Health> {
    todo!()
}
