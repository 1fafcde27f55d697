//! The certificate the studio answers with: its own, made and renewed by itself, or the house's own from files.
//!
//! Authority and certificate lie in `DATA/tls` as files that only the server may read, not under the root key: a locked
//! studio must answer, and follow a changed address, so that somebody can unlock it. The authority can vouch for
//! nothing but this studio's names and private addresses, so its file opens no other door.

use std::fs;
use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context, anyhow, bail};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::addresses::Addresses;
use super::config::{Certificate, Config};
use crate::base::clock::{Clock, Moment};
use crate::base::secret::Secret;
use crate::crypto::authority::{Authority, Leaf, fingerprint};
use crate::domain::health;
use crate::http::TrustAnchor;

/// What stands behind every TLS handshake; renewed while the server runs.
pub(super) struct Tls {
    from: From,
    folder: PathBuf,
    clock: Clock,
    live: Arc<Live>,
}

enum From {
    Authority(Box<Authority>),
    Files(Certificate),
}

/// The certificate of this moment.
#[derive(Debug, Default)]
struct Live(RwLock<Option<Shown>>);

#[derive(Clone, Debug)]
struct Shown {
    key: Arc<CertifiedKey>,
    expires: Option<Moment>,
    names: Vec<String>,
}

impl ResolvesServerCert for Live {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.shown().map(|shown| shown.key)
    }
}

impl Live {
    fn shown(&self) -> Option<Shown> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn show(&self, shown: Shown) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(shown);
    }
}

impl Tls {
    /// Reads what is there and makes what is missing.
    pub(super) fn open(config: &Config, clock: &Clock) -> anyhow::Result<Tls> {
        let folder = config.data.join("tls");
        let from = match &config.certificate {
            Some(files) => From::Files(files.clone()),
            None => From::Authority(Box::new(authority(&folder, &Addresses::of(config), clock)?)),
        };
        let tls = Tls { from, folder, clock: clock.clone(), live: Arc::default() };
        tls.refresh(&Addresses::of(config))?;
        Ok(tls)
    }

    /// Called now and then: renews a certificate that ends soon or lacks an address, reads given files again.
    pub(super) fn refresh(&self, addresses: &Addresses) -> anyhow::Result<()> {
        match &self.from {
            From::Files(files) => self.live.show(read_given(files)?),
            From::Authority(authority) => {
                let (names, ips) = addresses.certified();
                let file = self.folder.join("leaf");
                let now = self.clock.now();
                let kept = fs::read_to_string(&file).ok().and_then(|text| Leaf::recall(&Secret::new(text)).ok());
                let leaf = match kept {
                    Some(leaf) if !leaf.due(&names, &ips, now) => leaf,
                    _ => {
                        let leaf = authority.issue(&names, &ips, now)?;
                        keep(&file, &leaf.keep()?)?;
                        tracing::info!("a new certificate was issued for {}", leaf.names().join(", "));
                        if !leaf.left_out().is_empty() {
                            tracing::warn!("{}", left_out(&leaf));
                        }
                        leaf
                    }
                };
                let key = certified(leaf.chain_pem().as_bytes(), leaf.key_pem().reveal().as_bytes())?;
                let names = leaf.names().to_vec();
                self.live.show(Shown { key: Arc::new(key), expires: Some(leaf.expires()), names });
            }
        }
        Ok(())
    }

    /// TLS 1.2 and 1.3, whatever the certificate is at the time of each handshake.
    pub(super) fn server(&self) -> anyhow::Result<ServerConfig> {
        Ok(ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&self.live) as Arc<dyn ResolvesServerCert>))
    }

    /// What people compare: the authority's fingerprint, or that of the house's own certificate.
    pub(super) fn fingerprint(&self) -> String {
        match &self.from {
            From::Authority(authority) => authority.fingerprint(),
            From::Files(_) => {
                let shown = self.live.shown();
                shown.and_then(|s| s.key.end_entity_cert().map(|cert| fingerprint(cert)).ok()).unwrap_or_default()
            }
        }
    }

    pub(super) fn anchor(&self) -> Option<TrustAnchor> {
        match &self.from {
            From::Authority(a) => {
                Some(TrustAnchor { der: a.certificate_der().to_vec(), pem: a.certificate_pem().to_owned() })
            }
            From::Files(_) => None,
        }
    }

    /// For the Health page; none where the end of a given certificate could not be read.
    pub(super) fn certificate(&self) -> Option<health::Certificate> {
        let shown = self.live.shown()?;
        let (expires, names) = (shown.expires?, shown.names);
        Some(health::Certificate { fingerprint: self.fingerprint(), expires, names })
    }
}

/// The studio's authority from its file; made once, when there is none.
fn authority(folder: &Path, addresses: &Addresses, clock: &Clock) -> anyhow::Result<Authority> {
    let file = folder.join("authority");
    match fs::read_to_string(&file) {
        Ok(text) => Authority::recall(&Secret::new(text)).with_context(|| {
            format!("{} is damaged; restore it, or remove it and have every browser trust a new one", file.display())
        }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let (mut names, ips) = addresses.certified();
            // A network of public addresses is vouched for one by one.
            let public = |ip: &&IpAddr| matches!(ip, IpAddr::V4(v4) if !v4.is_private() && !v4.is_loopback());
            names.extend(ips.iter().filter(public).map(ToString::to_string));
            let name = addresses.names.first().map_or("here", String::as_str);
            let authority = Authority::new(&format!("DreamOmni2 Studio at {name}"), &names, clock.now())?;
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            keep(&file, &authority.keep()?)?;
            Ok(authority)
        }
        Err(e) => Err(anyhow!(e).context(format!("{} could not be read", file.display()))),
    }
}

/// When the certificate that is there ends, and what is wrong with it otherwise; none before the first start.
pub(super) fn known_certificate(config: &Config) -> anyhow::Result<Option<(Moment, Option<String>)>> {
    if let Some(files) = &config.certificate {
        return Ok(read_given(files)?.expires.map(|expires| (expires, None)));
    }
    let Ok(text) = fs::read_to_string(config.data.join("tls/leaf")) else { return Ok(None) };
    let leaf = Leaf::recall(&Secret::new(text))?;
    let lacks = (!leaf.left_out().is_empty()).then(|| left_out(&leaf));
    Ok(Some((leaf.expires(), lacks)))
}

fn left_out(leaf: &Leaf) -> String {
    format!(
        "the authority was made for other names and may not vouch for {}; browsers will warn there",
        leaf.left_out().join(", ")
    )
}

/// The certificate that the running studio shows: commands on this machine accept no other.
pub(super) fn known_leaf(config: &Config) -> anyhow::Result<CertificateDer<'static>> {
    let chain = if let Some(files) = &config.certificate {
        fs::read(&files.chain)?
    } else {
        let file = config.data.join("tls/leaf");
        let text = fs::read_to_string(&file).with_context(|| format!("{} could not be read", file.display()))?;
        Leaf::recall(&Secret::new(text))?.chain_pem().as_bytes().to_vec()
    };
    CertificateDer::pem_slice_iter(&chain).next().context("the certificate file is empty")?.map_err(Into::into)
}

/// The authority's fingerprint where one was made already: for commands beside a running server.
pub(super) fn known_fingerprint(config: &Config) -> Option<String> {
    if let Some(files) = &config.certificate {
        let shown = read_given(files).ok()?;
        return shown.key.end_entity_cert().map(|cert| fingerprint(cert)).ok();
    }
    let text = fs::read_to_string(config.data.join("tls/authority")).ok()?;
    Authority::recall(&Secret::new(text)).map(|authority| authority.fingerprint()).ok()
}

/// Writes a file that only the server may read; whole or not at all.
fn keep(file: &Path, secret: &Secret) -> anyhow::Result<()> {
    let part = file.with_extension("part");
    let _ = fs::remove_file(&part);
    let written = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part).and_then(|mut to| {
        to.write_all(secret.reveal().as_bytes())?;
        to.sync_all()?;
        fs::rename(&part, file)
    });
    written.with_context(|| format!("{} could not be written", file.display()))
}

fn read_given(files: &Certificate) -> anyhow::Result<Shown> {
    let read = |file: &Path| fs::read(file).with_context(|| format!("the certificate {} is missing", file.display()));
    let key = certified(&read(&files.chain)?, &read(&files.key)?)
        .with_context(|| format!("{} and {} do not belong together", files.chain.display(), files.key.display()))?;
    let expires = key.end_entity_cert().ok().and_then(|cert| super::der::not_after(cert));
    Ok(Shown { key: Arc::new(key), expires, names: Vec::new() })
}

fn certified(chain: &[u8], key: &[u8]) -> anyhow::Result<CertifiedKey> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain).collect::<Result<_, _>>()?;
    if chain.is_empty() {
        bail!("there is no certificate in the file; it must be PEM");
    }
    let key = PrivateKeyDer::from_pem_slice(key)?;
    Ok(CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())?)
}
