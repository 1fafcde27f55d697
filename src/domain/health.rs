//! How the studio is: facts from outside, put beside what the domain knows, judged in sentences.

use serde::Serialize;

use super::access::standing::Scope;
use super::access::table::Action;
use super::act::Act;
use super::error::Result;
use crate::base::clock::Moment;
use crate::store::keys::{Keyring, Method};

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
    /// What it renders on.
    pub device: String,
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
pub fn report(act: &Act, facts: Facts) -> Result<Health> {
    act.may(Action::SeeHealth, Scope::Studio)?;
    let house = act.house();
    let (waiting, running) = house.queue.count();
    let queue = QueueCount { waiting, running };
    let unlock_methods = Keyring::methods(&house.folder.keys())?.into_iter().map(word).collect();
    let certificate_days = facts.certificate.as_ref().map(|c| (c.expires.0 - act.now().0).div_euclid(86_400_000));
    let models = house.shelf.cards().len();
    let checks =
        vec![disk(facts.disk), device(&facts), workers(&facts, queue), model(models), certificate(certificate_days)];
    Ok(Health { facts, queue, unlock_methods, certificate_days, checks })
}

pub(crate) fn word(method: Method) -> &'static str {
    match method {
        Method::Passphrase => "passphrase",
        Method::KeyFile => "key_file",
        Method::Recovery => "recovery",
    }
}

fn check(id: &'static str, level: Level, reason: impl Into<String>, fix: &str) -> Check {
    Check { id, level, reason: reason.into(), fix: fix.to_owned() }
}

fn disk(disk: Disk) -> Check {
    let free = format!("{:.1} GB are free where the data folder is", disk.free as f64 / 1e9);
    let fix = "Free some space, or move the data folder to a larger disk";
    match disk.free {
        0..1_000_000_000 => check("disk", Level::Fail, free, fix),
        1_000_000_000..10_000_000_000 => check("disk", Level::Warn, free, fix),
        _ => check("disk", Level::Ok, free, ""),
    }
}

fn device(facts: &Facts) -> Check {
    let Device { name, kind, reason } = &facts.device;
    if kind == "cpu" {
        let fix = "The starter model needs no more. For larger ones: a card by NVIDIA with its driver, and \
            `dreamomni2 runtime import`";
        return check("device", Level::Warn, format!("Pictures are made on {name}: {reason}"), fix);
    }
    check("device", Level::Ok, format!("Pictures are made on {name}: {reason}"), "")
}

fn workers(facts: &Facts, queue: QueueCount) -> Check {
    match (facts.workers.len(), queue.waiting) {
        (0, 0) => check("workers", Level::Ok, "No worker is running, and nothing waits", ""),
        (0, waiting) => {
            let reason = format!("{waiting} jobs wait and no worker is running");
            check("workers", Level::Fail, reason, "Look into the log for why the worker ended, then restart the studio")
        }
        (workers, _) => check("workers", Level::Ok, format!("{workers} running"), ""),
    }
}

fn model(models: usize) -> Check {
    match models {
        0 => check("models", Level::Fail, "There is no model", "Import one with `dreamomni2 model import`"),
        models => check("models", Level::Ok, format!("{models} installed"), ""),
    }
}

fn certificate(days: Option<i64>) -> Check {
    match days {
        None => check("certificate", Level::Warn, "The certificate is not known here", "Run `dreamomni2 doctor`"),
        Some(days) if days < 14 => {
            let reason = format!("The certificate ends in {days} days");
            check("certificate", Level::Warn, reason, "Restart the studio to renew it, or bring a new one")
        }
        Some(days) => check("certificate", Level::Ok, format!("Good for {days} days"), ""),
    }
}
