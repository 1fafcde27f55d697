//! The studio's own certificate authority: it can vouch for private names and addresses only.

use std::net::IpAddr;

use super::error::Result;
use crate::base::clock::Moment;
use crate::base::secret::Secret;

/// The authority people install once so that their browsers trust the studio.
pub struct Authority {}

impl Authority {
    /// Named after the studio. `names` are host names outside `.local`, `.lan`, `.internal` and
    /// `.home.arpa` that it may vouch for too.
    pub fn new(studio: &str, names: &[String], at: Moment) -> Result<Authority> {
        let _ = (studio, names, at);
        todo!()
    }

    /// Everything of the authority as text, for a file that only the server may read.
    pub fn keep(&self) -> Result<Secret> {
        todo!()
    }

    /// Reads [`Authority::keep`].
    pub fn recall(kept: &Secret) -> Result<Authority> {
        let _ = kept;
        todo!()
    }

    pub fn certificate_pem(&self) -> &str {
        todo!()
    }

    pub fn certificate_der(&self) -> &[u8] {
        todo!()
    }

    /// SHA-256 of the certificate, `AB:CD:…`: what people compare before they trust it.
    pub fn fingerprint(&self) -> String {
        todo!()
    }

    /// A server certificate for these names and addresses, valid from yesterday for at most 397 days.
    pub fn issue(&self, names: &[String], addresses: &[IpAddr], at: Moment) -> Result<Leaf> {
        let _ = (names, addresses, at);
        todo!()
    }
}

/// A server certificate with its key.
pub struct Leaf {}

impl Leaf {
    /// Leaf first, then the authority.
    pub fn chain_pem(&self) -> &str {
        todo!()
    }

    pub fn key_pem(&self) -> &Secret {
        todo!()
    }

    pub fn names(&self) -> &[String] {
        todo!()
    }

    pub fn expires(&self) -> Moment {
        todo!()
    }

    /// Whether it must be issued anew: a third of its life or less is left, or it lacks a name.
    pub fn due(&self, names: &[String], addresses: &[IpAddr], at: Moment) -> bool {
        let _ = (names, addresses, at);
        todo!()
    }

    /// As text, for a file that only the server may read.
    pub fn keep(&self) -> Result<Secret> {
        todo!()
    }

    /// Reads [`Leaf::keep`].
    pub fn recall(kept: &Secret) -> Result<Leaf> {
        let _ = kept;
        todo!()
    }
}
