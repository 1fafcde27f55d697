//! What the door tells of the machine: addresses, certificate, disk, device, checks.

use std::sync::Arc;

use super::addresses::Addresses;
use super::config::Config;
use super::disk::Meter;
use super::tls::Tls;
use super::{device, doctor};
use crate::base::clock::Stopwatch;
use crate::domain::health::{Check, Facts};
use crate::http;
use crate::work::Queue;

pub(super) struct House {
    pub(super) config: Config,
    pub(super) port: u16,
    pub(super) tls: Arc<Tls>,
    pub(super) queues: Arc<Vec<Queue>>,
    pub(super) since: Stopwatch,
    pub(super) disk: Meter,
}

impl http::House for House {
    fn addresses(&self) -> Vec<String> {
        Addresses::of(&self.config).urls(self.port)
    }

    fn authority(&self) -> Option<http::TrustAnchor> {
        self.tls.anchor()
    }

    fn fingerprint(&self) -> String {
        self.tls.fingerprint()
    }

    fn facts(&self) -> Facts {
        Facts {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_seconds: self.since.elapsed().as_secs(),
            // What a worker found out is better than what can be told from outside.
            device: match self.queues.iter().find_map(Queue::device) {
                Some(found) => device::found(&found),
                None => device::expected(&self.config),
            },
            runtime: device::runtime(&self.config),
            disk: self.disk.read(&self.config.data),
            certificate: self.tls.certificate(),
            workers: self.queues.iter().filter_map(Queue::worker).collect(),
        }
    }

    fn checks(&self) -> Vec<Check> {
        doctor::checks(&self.config)
    }
}
