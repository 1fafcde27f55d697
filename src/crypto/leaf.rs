//! A server certificate with its key, and when it must be made anew.

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use crate::base::clock::Moment;
use crate::base::secret::Secret;

/// A third of its life.
const RENEW_BEFORE: Duration = Duration::from_hours(132 * 24);

/// A server certificate with its key.
pub struct Leaf {
    chain: String,
    key: Secret,
    names: Vec<String>,
    left_out: Vec<String>,
    expires: Moment,
}

/// What the certificate's file holds.
#[derive(Serialize, Deserialize)]
struct Told<'a> {
    chain: Cow<'a, str>,
    key: Cow<'a, str>,
    names: Cow<'a, [String]>,
    left_out: Cow<'a, [String]>,
    expires: i64,
}

impl Leaf {
    pub(super) fn new(chain: String, key: Secret, names: Vec<String>, left_out: Vec<String>, expires: Moment) -> Leaf {
        Leaf { chain, key, names, left_out, expires }
    }

    /// Leaf first, then the authority.
    pub fn chain_pem(&self) -> &str {
        &self.chain
    }

    pub fn key_pem(&self) -> &Secret {
        &self.key
    }

    /// Host names and addresses it is good for.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What was asked for, but lies outside of what the authority may vouch for.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    pub fn expires(&self) -> Moment {
        self.expires
    }

    /// Whether it must be issued anew: a third of its life or less is left, or it lacks a name.
    pub fn due(&self, names: &[String], addresses: &[IpAddr], at: Moment) -> bool {
        let known = |name: String| self.names.contains(&name) || self.left_out.contains(&name);
        let complete = names.iter().map(|name| name.to_lowercase()).all(known);
        let reachable = addresses.iter().map(IpAddr::to_string).all(known);
        !complete || !reachable || at.plus(RENEW_BEFORE) >= self.expires()
    }

    /// As text, for a file that only the server may read.
    pub fn keep(&self) -> Result<Secret> {
        let told = Told {
            chain: (&self.chain).into(),
            key: self.key.reveal().into(),
            names: (&self.names).into(),
            left_out: (&self.left_out).into(),
            expires: self.expires.0,
        };
        serde_json::to_string(&told).map(Secret::new).map_err(|e| Error::Certificate(e.to_string()))
    }

    /// Reads [`Leaf::keep`].
    pub fn recall(kept: &Secret) -> Result<Leaf> {
        let read: Result<Told<'_>, _> = serde_json::from_str(kept.reveal());
        let told = read.map_err(|_| Error::Damaged("the file of the certificate"))?;
        Ok(Leaf {
            chain: told.chain.into_owned(),
            key: Secret::new(told.key.into_owned()),
            names: told.names.into_owned(),
            left_out: told.left_out.into_owned(),
            expires: Moment(told.expires),
        })
    }
}
