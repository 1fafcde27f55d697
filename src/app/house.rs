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
use crate::inference::runtime_embedded;
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
            device: device::chosen(&self.config),
            runtime: match &self.config.runtime {
                Some(file) => file.display().to_string(),
                None if runtime_embedded() => "ONNX Runtime, built in".to_owned(),
                None => "none".to_owned(),
            },
            disk: self.disk.read(&self.config.data),
            certificate: self.tls.certificate(),
            workers: self.queues.iter().flat_map(Queue::workers).collect(),
        }
    }

    fn checks(&self) -> Vec<Check> {
        doctor::checks(&self.config)
    }
}
