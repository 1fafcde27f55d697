//! Certificates: trusted for what they name, and the authority is worth nothing outside the house.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use dreamomni2::base::clock::Moment;
use dreamomni2::base::secret::Secret;
use dreamomni2::crypto::authority::{Authority, Leaf};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{RootCertStore, crypto::aws_lc_rs};

const AT: Moment = Moment(1_764_000_000_000);
const DAY: Duration = Duration::from_hours(24);

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

/// What a browser that trusts `authority` says to `chain`, asked for `name` at `at`.
fn accepts(authority: &Authority, chain: &str, name: &str, at: Moment) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority.certificate_der().to_vec())).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let chain: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(chain.as_bytes()).map(Result::unwrap).collect();
    let now = UnixTime::since_unix_epoch(Duration::from_millis(at.0.cast_unsigned()));
    let name = ServerName::try_from(name.to_owned()).unwrap();
    verifier.verify_server_cert(&chain[0], &chain[1..], &name, &[], now).is_ok()
}

#[test]
fn a_browser_accepts_the_studio_by_name_and_address_while_it_lasts() {
    let authority = Authority::new("Lighthouse Pictures", &names(&["render-box", "studio.example"]), AT).unwrap();
    let addresses: Vec<IpAddr> = ["192.168.7.5", "::1"].iter().map(|a| a.parse().unwrap()).collect();
    let asked = names(&["localhost", "Render-Box", "render-box.local", "studio.example"]);
    let leaf = authority.issue(&asked, &addresses, AT).unwrap();
    for name in ["localhost", "render-box", "render-box.local", "studio.example", "192.168.7.5", "::1"] {
        assert!(accepts(&authority, leaf.chain_pem(), name, AT), "{name}");
    }
    assert!(!accepts(&authority, leaf.chain_pem(), "other.local", AT));
    let expires = leaf.expires();
    assert!(expires.since(AT.minus(DAY)) <= DAY * 397);
    assert!(accepts(&authority, leaf.chain_pem(), "localhost", expires.minus(DAY)));
    assert!(!accepts(&authority, leaf.chain_pem(), "localhost", expires.plus(DAY)));
    assert!(!leaf.due(&asked, &addresses, AT.plus(DAY * 200)));
    assert!(leaf.due(&asked, &addresses, AT.plus(DAY * 270)));
    assert!(leaf.due(&names(&["new.local"]), &addresses, AT));
    assert!(leaf.due(&asked, &["10.0.0.9".parse().unwrap()], AT));
}

#[test]
fn names_on_the_internet_are_left_out_and_told() {
    let authority = Authority::new("Lighthouse Pictures", &[], AT).unwrap();
    let leaf = authority.issue(&names(&["localhost", "bank.example"]), &["8.8.8.8".parse().unwrap()], AT).unwrap();
    assert_eq!(leaf.names(), ["localhost"]);
    assert_eq!(leaf.left_out(), ["bank.example", "8.8.8.8"]);
    assert!(!leaf.due(&names(&["bank.example"]), &[], AT));
    assert_eq!(authority.issue(&names(&["bank.example"]), &[], AT).err().unwrap().code(), "name_outside_authority");
    assert_eq!(Authority::new("S", &names(&["not a host"]), AT).err().unwrap().code(), "host_name_malformed");
}

/// Whoever steals the authority's key still cannot pretend to be a bank.
#[test]
fn a_stolen_authority_is_worth_nothing_on_the_internet() {
    let authority = Authority::new("Lighthouse Pictures", &[], AT).unwrap();
    let kept: serde_json::Value = serde_json::from_str(authority.keep().unwrap().reveal()).unwrap();
    let stolen = rcgen::KeyPair::from_pem(kept["key"].as_str().unwrap()).unwrap();
    let mut issuer = rcgen::CertificateParams::default();
    issuer.distinguished_name = rcgen::DistinguishedName::new();
    issuer.distinguished_name.push(rcgen::DnType::CommonName, "Lighthouse Pictures");
    let issuer = rcgen::Issuer::new(issuer, stolen);
    let key = rcgen::KeyPair::generate().unwrap();
    for (name, good) in [("desk.local", true), ("bank.example", false), ("93.184.216.34", false)] {
        let forged = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        assert_eq!(accepts(&authority, &forged.pem(), name, AT), good, "{name}");
    }
}

#[test]
fn authority_and_certificate_survive_their_files() {
    let authority = Authority::new("Lighthouse Pictures", &names(&["studio.example"]), AT).unwrap();
    let print = authority.fingerprint();
    assert!(print.len() == 95 && print.bytes().filter(|b| *b == b':').count() == 31);
    let again = Authority::recall(&authority.keep().unwrap()).unwrap();
    assert_eq!(again.fingerprint(), print);
    let leaf = again.issue(&names(&["studio.example"]), &[], AT).unwrap();
    assert!(accepts(&authority, leaf.chain_pem(), "studio.example", AT));
    let kept = Leaf::recall(&leaf.keep().unwrap()).unwrap();
    assert_eq!(kept.chain_pem(), leaf.chain_pem());
    assert_eq!(kept.key_pem(), leaf.key_pem());
    assert_eq!(kept.expires(), leaf.expires());
    assert_eq!(Authority::recall(&Secret::new("{}")).err().unwrap().code(), "sealed_data_damaged");
    assert_eq!(Leaf::recall(&Secret::new("x")).err().unwrap().code(), "sealed_data_damaged");
}
