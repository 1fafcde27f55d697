//! The studio's own certificate authority: it can vouch for private names and addresses only.

use std::net::IpAddr;
use std::time::Duration;

use aws_lc_rs::digest;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P256_SHA256, SanType,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::error::{Error, Result};
pub use super::leaf::Leaf;
use crate::base::clock::Moment;
use crate::base::secret::Secret;

const DAY: Duration = Duration::from_hours(24);
/// Ten years: people install it by hand.
const LIFE: Duration = Duration::from_hours(3650 * 24);
/// The longest a browser accepts.
const LEAF_LIFE: Duration = Duration::from_secs(397 * 86_400 - 1);

/// Names that never exist on the internet.
const PRIVATE_NAMES: [&str; 5] = ["localhost", "local", "lan", "internal", "home.arpa"];
/// Loopback, private, carrier and link-local networks.
const PRIVATE_NETWORKS: [(&str, u8); 9] = [
    ("127.0.0.0", 8),
    ("10.0.0.0", 8),
    ("172.16.0.0", 12),
    ("192.168.0.0", 16),
    ("100.64.0.0", 10),
    ("169.254.0.0", 16),
    ("::1", 128),
    ("fc00::", 7),
    ("fe80::", 10),
];

/// The authority people install once so that their browsers trust the studio.
pub struct Authority {
    told: Told,
    certificate: Vec<u8>,
    key: KeyPair,
}

/// What the authority's file holds.
#[derive(Serialize, Deserialize)]
struct Told {
    studio: String,
    names: Vec<String>,
    made: i64,
    certificate: String,
    key: String,
}

impl Authority {
    /// Named after the studio. `names` are host names outside `.local`, `.lan`, `.internal` and
    /// `.home.arpa`, or addresses outside private networks, that it may vouch for too.
    pub fn new(studio: &str, names: &[String], at: Moment) -> Result<Authority> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
        let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        let certificate = described(studio, &names, at)?.self_signed(&key).map_err(failed)?;
        let told = Told {
            studio: studio.to_owned(),
            names,
            made: at.0,
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        };
        Ok(Authority { told, certificate: certificate.der().to_vec(), key })
    }

    /// Everything of the authority as text, for a file that only the server may read.
    pub fn keep(&self) -> Result<Secret> {
        serde_json::to_string(&self.told).map(Secret::new).map_err(|e| Error::Certificate(e.to_string()))
    }

    /// Reads [`Authority::keep`].
    pub fn recall(kept: &Secret) -> Result<Authority> {
        const WHAT: &str = "the file of the certificate authority";
        let told: Told = serde_json::from_str(kept.reveal()).map_err(|_| Error::Damaged(WHAT))?;
        let key = KeyPair::from_pem(&told.key).map_err(|_| Error::Damaged(WHAT))?;
        let certificate = der(&told.certificate).ok_or(Error::Damaged(WHAT))?;
        Ok(Authority { told, certificate, key })
    }

    pub fn certificate_pem(&self) -> &str {
        &self.told.certificate
    }

    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// SHA-256 of the certificate, `AB:CD:…`: what people compare before they trust it.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.certificate)
    }

    /// A server certificate, valid from a day ago for 397 days. Names and addresses outside what
    /// this authority may vouch for are left out, as [`Leaf::left_out`] tells.
    pub fn issue(&self, names: &[String], addresses: &[IpAddr], at: Moment) -> Result<Leaf> {
        let mut params = CertificateParams::default();
        let (mut covered, mut left_out) = (Vec::new(), Vec::new());
        for name in names {
            let name = name.to_lowercase();
            if self.covers(&name) && is_host_name(&name) {
                let text = name.clone().try_into().map_err(|_| Error::BadName(name.clone()))?;
                params.subject_alt_names.push(SanType::DnsName(text));
                covered.push(name);
            } else {
                left_out.push(name);
            }
        }
        for address in addresses {
            if self.covers_address(*address) {
                params.subject_alt_names.push(SanType::IpAddress(*address));
                covered.push(address.to_string());
            } else {
                left_out.push(address.to_string());
            }
        }
        if covered.is_empty() {
            return Err(Error::NameOutside(left_out.join(", ")));
        }
        let start = at.minus(DAY);
        let expires = start.plus(LEAF_LIFE);
        params.distinguished_name.push(DnType::CommonName, self.told.studio.as_str());
        (params.not_before, params.not_after) = (date(start), date(expires));
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
        let issuer = Issuer::new(described(&self.told.studio, &self.told.names, Moment(self.told.made))?, &self.key);
        let certificate: Certificate = params.signed_by(&key, &issuer).map_err(failed)?;
        let chain = certificate.pem() + self.certificate_pem();
        Ok(Leaf::new(chain, Secret::new(key.serialize_pem()), covered, left_out, expires))
    }

    /// Whether it may vouch for a host name.
    pub fn covers(&self, name: &str) -> bool {
        let under = |root: &str| name.strip_suffix(root).is_some_and(|head| head.is_empty() || head.ends_with('.'));
        PRIVATE_NAMES.into_iter().any(under) || self.told.names.iter().any(|own| under(own))
    }

    /// Whether it may vouch for an address.
    pub fn covers_address(&self, address: IpAddr) -> bool {
        let own = self.told.names.iter().filter_map(|name| name.parse::<IpAddr>().ok()).any(|own| own == address);
        own || PRIVATE_NETWORKS
            .into_iter()
            .any(|(network, bits)| network.parse().is_ok_and(|n| within(address, n, bits)))
    }
}

/// The authority's certificate before it is signed; the same words give the same issuer.
fn described(studio: &str, names: &[String], at: Moment) -> Result<CertificateParams> {
    let mut permitted: Vec<GeneralSubtree> =
        PRIVATE_NAMES.into_iter().map(|n| GeneralSubtree::DnsName(n.to_owned())).collect();
    for (network, bits) in PRIVATE_NETWORKS {
        let network: IpAddr = network.parse().map_err(|_| Error::BadName(network.to_owned()))?;
        permitted.push(GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(network, bits)));
    }
    for name in names {
        permitted.push(match name.parse::<IpAddr>() {
            Ok(one) => {
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(one, if one.is_ipv4() { 32 } else { 128 }))
            }
            Err(_) if is_host_name(name) => GeneralSubtree::DnsName(name.clone()),
            Err(_) => return Err(Error::BadName(name.clone())),
        });
    }
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, studio);
    (params.not_before, params.not_after) = (date(at.minus(DAY)), date(at.plus(LIFE)));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.name_constraints = Some(NameConstraints { permitted_subtrees: permitted, excluded_subtrees: Vec::new() });
    Ok(params)
}

/// SHA-256 of a certificate in colon hex.
pub fn fingerprint(der: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, der);
    hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

fn der(pem: &str) -> Option<Vec<u8>> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body).ok()
}

fn date(at: Moment) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn failed(e: rcgen::Error) -> Error {
    Error::Certificate(e.to_string())
}

fn is_host_name(name: &str) -> bool {
    let good = |label: &str| {
        let edge = |c: Option<char>| c.is_some_and(|c| c != '-');
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
            && edge(label.chars().next())
            && edge(label.chars().last())
    };
    name.len() <= 253 && name.split('.').all(good)
}

fn within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let shifted = |a: u128, width: u8| a.checked_shr(u32::from(width - bits)).unwrap_or(0);
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => shifted(a.to_bits().into(), 32) == shifted(n.to_bits().into(), 32),
        (IpAddr::V6(a), IpAddr::V6(n)) => shifted(a.to_bits(), 128) == shifted(n.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_private_networks_are_within() {
        let authority = Authority::new("Studio", &["203.0.113.7".to_owned()], Moment(0)).unwrap();
        for good in
            ["127.0.0.1", "10.1.2.3", "172.31.255.255", "192.168.0.1", "::1", "fd00::1", "fe80::1", "203.0.113.7"]
        {
            assert!(authority.covers_address(good.parse().unwrap()), "{good}");
        }
        for bad in ["8.8.8.8", "172.32.0.1", "203.0.113.8", "2001:db8::1", "::2"] {
            assert!(!authority.covers_address(bad.parse().unwrap()), "{bad}");
        }
    }
}
