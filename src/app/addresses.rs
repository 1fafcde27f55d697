//! The addresses a person can really type: the host's names and each address on the network, never 0.0.0.0.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::config::{Config, is_host_name};

/// Every name and address under which this machine answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Best to tell people first.
    pub names: Vec<String>,
    pub ips: Vec<IpAddr>,
}

impl Addresses {
    /// Asks the machine; called again now and then, because addresses change.
    pub fn of(config: &Config) -> Addresses {
        let mut names = config.names.clone();
        let heard = config.listen.ip();
        if heard.is_unspecified() {
            names.extend(host_name());
        }
        names.push("localhost".to_owned());
        names.dedup();
        let ips = if heard.is_unspecified() { interfaces() } else { vec![heard] };
        Addresses { names, ips }
    }

    /// What to open in a browser, best first.
    pub fn urls(&self, port: u16) -> Vec<String> {
        let port = if port == 443 { String::new() } else { format!(":{port}") };
        let names = self.names.iter().map(|name| format!("https://{name}{port}"));
        let ips = self.ips.iter().filter(|ip| !ip.is_loopback()).map(|ip| match ip {
            IpAddr::V4(ip) => format!("https://{ip}{port}"),
            IpAddr::V6(ip) => format!("https://[{ip}]{port}"),
        });
        names.chain(ips).collect()
    }

    /// For the certificate: loopback too, whatever is listened on.
    pub fn certified(&self) -> (Vec<String>, Vec<IpAddr>) {
        let mut names = self.names.clone();
        if !names.iter().any(|name| name == "localhost") {
            names.push("localhost".to_owned());
        }
        let mut ips = self.ips.clone();
        for ip in [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(std::net::Ipv6Addr::LOCALHOST)] {
            if !ips.contains(&ip) {
                ips.push(ip);
            }
        }
        (names, ips)
    }
}

/// Whether a port on this machine is taken already.
pub fn taken(address: SocketAddr) -> bool {
    std::net::TcpListener::bind(address).is_err_and(|e| e.kind() == std::io::ErrorKind::AddrInUse)
}

fn host_name() -> Option<String> {
    let text = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    let name = text.trim().to_lowercase();
    (is_host_name(&name) && name != "localhost").then_some(name)
}

fn interfaces() -> Vec<IpAddr> {
    let inner = |name: &str| ["docker", "veth", "br-", "virbr", "cni", "flannel"].iter().any(|p| name.starts_with(p));
    let usable = |ip: &IpAddr| match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local() && !ip.is_unspecified(),
        // Temporary public IPv6 addresses change daily; only the network's own range is worth telling.
        IpAddr::V6(ip) => ip.is_unique_local(),
    };
    let mut ips: Vec<IpAddr> = if_addrs::get_if_addrs()
        .unwrap_or_default()
        .into_iter()
        .filter(|i| !inner(&i.name))
        .map(|i| i.ip())
        .filter(usable)
        .collect();
    ips.sort();
    ips.dedup();
    ips
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_url_ever_names_an_address_that_nobody_can_open() {
        let config = Config::load(Some(std::path::Path::new("/tmp/x")), None).unwrap();
        let urls = Addresses::of(&config).urls(8443);
        assert!(urls.iter().any(|u| u == "https://localhost:8443"));
        assert!(urls.iter().all(|u| !u.contains("0.0.0.0") && !u.contains("[::]") && !u.contains("127.")), "{urls:?}");
    }

    #[test]
    fn the_usual_port_is_not_spelled_out() {
        let here = Addresses { names: vec!["studio.lan".into()], ips: vec!["fd00::1".parse().unwrap()] };
        assert_eq!(here.urls(443), ["https://studio.lan", "https://[fd00::1]"]);
    }
}
