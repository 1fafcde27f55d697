//! What the operator decided: file, environment and flags, read once and checked before anything starts.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::inference::{Runtimes, Wish};

/// The checked decisions; everything that starts is started from this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The data folder: keys, rows, pictures, models.
    pub data: PathBuf,
    /// Where HTTPS is answered.
    pub listen: SocketAddr,
    /// Where plain HTTP is answered with the trust page and a redirect; none switches it off.
    pub plain: Option<SocketAddr>,
    /// Names that people type to reach the studio, beside the machine's own.
    pub names: Vec<String>,
    /// Opens the studio at start without a person.
    pub key_file: PathBuf,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub log: tracing::Level,
    /// A certificate of the house's own, instead of the studio's authority.
    pub certificate: Option<Certificate>,
    /// The file of an ONNX Runtime library to use instead of the built-in one and of what `runtime use` chose.
    pub runtime: Option<PathBuf>,
    /// Worker processes where pictures are made on the processor; each holds one model in memory.
    pub workers: usize,
    /// One worker for each of these; empty for what the machine has.
    pub devices: Vec<Wish>,
    /// Whether a card may capture short steps as CUDA graphs.
    pub cuda_graphs: bool,
    /// The one folder of this machine from which the models page may take packages.
    pub incoming: Option<PathBuf>,
}

/// PEM files of a certificate that the house's own authority signed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The chain, the studio's own certificate first.
    pub chain: PathBuf,
    /// The private key, PKCS#8.
    pub key: PathBuf,
}

/// The file as written; a misspelt name is refused, not ignored.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    data: Option<PathBuf>,
    listen: Option<String>,
    plain: Option<String>,
    names: Option<Vec<String>>,
    key_file: Option<PathBuf>,
    log: Option<String>,
    certificate: Option<Certificate>,
    runtime: Option<PathBuf>,
    workers: Option<usize>,
    devices: Option<Vec<String>>,
    cuda_graphs: Option<bool>,
    incoming: Option<PathBuf>,
}

impl Config {
    /// The file (`file`, or `DREAMOMNI2_CONFIG`, or `/etc/dreamomni2/studio.toml` where it exists), over it the
    /// environment (`DREAMOMNI2_DATA`, `_LISTEN`, `_PLAIN`, `_NAMES`, `_KEY_FILE`, `_LOG`, …), over it the flag `data`.
    pub fn load(data: Option<&Path>, file: Option<&Path>) -> anyhow::Result<Config> {
        Config::from_parts(data, file, &|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn from_parts(data: Option<&Path>, file: Option<&Path>, env: Environment<'_>) -> anyhow::Result<Config> {
        let mut raw = read_file(file, env)?;
        let words = |name: &str| env(name);
        raw.data = data.map(Path::to_owned).or_else(|| words("DREAMOMNI2_DATA").map(PathBuf::from)).or(raw.data);
        raw.listen = words("DREAMOMNI2_LISTEN").or(raw.listen);
        raw.plain = words("DREAMOMNI2_PLAIN").or(raw.plain);
        raw.log = words("DREAMOMNI2_LOG").or(raw.log);
        raw.key_file = words("DREAMOMNI2_KEY_FILE").map(PathBuf::from).or(raw.key_file);
        raw.runtime = words("DREAMOMNI2_RUNTIME").map(PathBuf::from).or(raw.runtime);
        raw.incoming = words("DREAMOMNI2_INCOMING").map(PathBuf::from).or(raw.incoming);
        if let Some(names) = words("DREAMOMNI2_NAMES") {
            raw.names = Some(names.split(',').map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect());
        }
        if let Some(devices) = words("DREAMOMNI2_DEVICES") {
            raw.devices = Some(devices.split(',').map(|d| d.trim().to_owned()).collect());
        }
        check(raw, env)
    }

    /// The same with other listening addresses, as `--listen` says; plain HTTP is never heard more widely than HTTPS.
    #[must_use]
    pub fn listening(mut self, listen: SocketAddr, plain: Option<SocketAddr>) -> Config {
        self.listen = listen;
        let narrow = |plain: SocketAddr| {
            let ip = if plain.ip().is_unspecified() { listen.ip() } else { plain.ip() };
            SocketAddr::new(ip, plain.port())
        };
        self.plain = plain.map(narrow);
        self
    }

    /// Where packages of models are kept.
    pub fn models(&self) -> PathBuf {
        self.data.join("models")
    }

    /// Where other ONNX Runtimes than the built-in one are kept.
    pub fn runtimes(&self) -> Runtimes {
        Runtimes::new(self.data.join("runtimes"))
    }

    /// The ONNX Runtime to open: the file that the operator names, else what `runtime use` chose; none for the
    /// built-in one.
    pub fn library(&self) -> Option<PathBuf> {
        self.runtime.clone().or_else(|| self.runtimes().library())
    }
}

type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

const SYSTEM_FILE: &str = "/etc/dreamomni2/studio.toml";

fn read_file(file: Option<&Path>, env: Environment<'_>) -> anyhow::Result<Raw> {
    let told = file.map(Path::to_owned).or_else(|| env("DREAMOMNI2_CONFIG").map(PathBuf::from));
    let path = match told {
        Some(path) => path,
        None if Path::new(SYSTEM_FILE).is_file() => PathBuf::from(SYSTEM_FILE),
        None => return Ok(Raw::default()),
    };
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("the configuration {} could not be read", path.display()))?;
    toml::from_str(&text).with_context(|| format!("the configuration {} has a mistake", path.display()))
}

fn check(raw: Raw, env: Environment<'_>) -> anyhow::Result<Config> {
    let data = raw.data.map_or_else(|| default_data(env), Ok)?;
    let data = std::path::absolute(&data).with_context(|| format!("{} is not a usable folder", data.display()))?;
    let listen = raw.listen.as_deref().map_or(Ok(DEFAULT_LISTEN), |text| address("listen", text))?;
    let plain = match raw.plain.as_deref() {
        Some("off") => None,
        Some(text) => Some(address("plain", text)?),
        None => Some(SocketAddr::new(listen.ip(), 8080)),
    };
    if plain.is_some_and(|plain| plain.port() == listen.port() && plain.port() != 0) {
        bail!("listen and plain both name port {}; give one of them another port", listen.port());
    }
    let names = raw.names.unwrap_or_default();
    if let Some(bad) = names.iter().find(|name| !is_host_name(name)) {
        bail!("\"{bad}\" in names is not a host name; write it like studio.lan, without https:// and without a port");
    }
    let log = match raw.log.as_deref().unwrap_or("info") {
        "error" => tracing::Level::ERROR,
        "warn" => tracing::Level::WARN,
        "info" => tracing::Level::INFO,
        "debug" => tracing::Level::DEBUG,
        "trace" => tracing::Level::TRACE,
        other => bail!("log is \"{other}\"; it can be error, warn, info, debug or trace"),
    };
    let workers = raw.workers.unwrap_or(1);
    if !(1..=16).contains(&workers) {
        bail!("workers is {workers}; it can be 1 to 16, one for each graphics card");
    }
    let devices = raw.devices.unwrap_or_default();
    let devices = devices.iter().map(|d| d.parse()).collect::<Result<_, String>>().map_err(anyhow::Error::msg)?;
    let key_file = raw.key_file.unwrap_or_else(|| data.join("keys/unlock.key"));
    Ok(Config {
        data,
        listen,
        plain,
        names: names.iter().map(|name| name.to_lowercase()).collect(),
        key_file,
        log,
        certificate: raw.certificate,
        runtime: raw.runtime,
        workers,
        devices,
        cuda_graphs: raw.cuda_graphs.unwrap_or(true),
        incoming: raw.incoming,
    })
}

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8443);

/// `0.0.0.0:8443`, or a port alone for all addresses.
fn address(what: &str, text: &str) -> anyhow::Result<SocketAddr> {
    let port_only = || text.parse().ok().map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port));
    match text.parse().ok().or_else(port_only) {
        Some(address) => Ok(address),
        None => bail!("{what} is \"{text}\"; write an address and a port like 0.0.0.0:8443, or a port alone"),
    }
}

pub(super) fn is_host_name(name: &str) -> bool {
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

/// A service keeps its data where services do, a person in their own folder.
fn default_data(env: Environment<'_>) -> anyhow::Result<PathBuf> {
    if let Some(state) = env("STATE_DIRECTORY") {
        return Ok(PathBuf::from(state));
    }
    if let Some(home) = env("XDG_DATA_HOME") {
        return Ok(PathBuf::from(home).join("dreamomni2"));
    }
    match env("HOME") {
        Some(home) if home != "/root" => Ok(PathBuf::from(home).join(".local/share/dreamomni2")),
        Some(_) => Ok(PathBuf::from("/var/lib/dreamomni2")),
        None => bail!("no data folder is known; say --data DIR or set DREAMOMNI2_DATA"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, env: &[(&str, &str)]) -> anyhow::Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("studio.toml");
        std::fs::write(&file, text).unwrap();
        let env = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_parts(Some(Path::new("/srv/data")), Some(&file), &env)
    }

    #[test]
    fn the_environment_beats_the_file_and_flags_beat_both() {
        let env =
            [("DREAMOMNI2_LISTEN", "9443"), ("DREAMOMNI2_DATA", "/elsewhere"), ("DREAMOMNI2_NAMES", "a.lan, B.lan")];
        let config = load("listen = \"127.0.0.1:1\"\nplain = \"off\"\nlog = \"debug\"", &env).unwrap();
        assert_eq!(config.listen, "0.0.0.0:9443".parse().unwrap());
        assert_eq!((config.plain, config.log), (None, tracing::Level::DEBUG));
        assert_eq!(config.data, Path::new("/srv/data"));
        assert_eq!(config.names, ["a.lan", "b.lan"]);
    }

    #[test]
    fn a_mistake_is_refused_with_what_to_write_instead() {
        for (text, says) in [
            ("lisen = \"1:1\"", "lisen"),
            ("listen = \"here\"", "write an address"),
            ("names = [\"https://studio\"]", "host name"),
            ("log = \"loud\"", "error, warn"),
            ("plain = \"0.0.0.0:8443\"", "another port"),
            ("workers = 0", "1 to 16"),
            ("devices = [\"gpu\"]", "cuda:NUMBER"),
        ] {
            let error = format!("{:#}", load(text, &[]).unwrap_err());
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
