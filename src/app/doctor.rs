//! What could keep the studio from working, each with a reason and a fix; the Health page shows the same list.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::addresses::Addresses;
use super::config::Config;
use super::{device, disk, note};
use crate::base::clock::{Clock, Moment};
pub use crate::domain::health::{Check, Level};
use crate::inference::Packages;
use crate::inference::runtime_embedded;
use crate::work::confine::{self, Held};

const DAY: std::time::Duration = std::time::Duration::from_hours(24);

/// Looks at everything that can be seen without unlocking.
pub fn checks(config: &Config) -> Vec<Check> {
    vec![
        folder(config),
        room(config),
        keys(config),
        key_file(config),
        clock(config),
        certificate(config),
        runtime(config),
        model(config),
        unfinished(config),
        chosen_device(config),
        memory(),
        port("port_https", config.listen, config),
        config.plain.map_or_else(|| ok("port_http", "plain HTTP is switched off"), |p| port("port_http", p, config)),
        network(config),
        kernel(),
    ]
}

fn ok(id: &'static str, reason: impl Into<String>) -> Check {
    Check { id, level: Level::Ok, reason: reason.into(), fix: String::new() }
}

fn warn(id: &'static str, reason: impl Into<String>, fix: impl Into<String>) -> Check {
    Check { id, level: Level::Warn, reason: reason.into(), fix: fix.into() }
}

fn fail(id: &'static str, reason: impl Into<String>, fix: impl Into<String>) -> Check {
    Check { id, level: Level::Fail, reason: reason.into(), fix: fix.into() }
}

fn folder(config: &Config) -> Check {
    const ID: &str = "data_folder";
    let data = config.data.display();
    match fs::metadata(&config.data) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            warn(ID, format!("{data} does not exist yet"), "Start the studio once; it makes the folder.")
        }
        Err(e) => fail(ID, format!("{data} cannot be read: {e}"), "Run this as the user that runs the studio."),
        Ok(about) if !about.is_dir() => {
            fail(ID, format!("{data} is not a folder"), "Move it away, or choose another with --data.")
        }
        Ok(about) if about.mode() & 0o077 != 0 => {
            warn(ID, format!("others on this machine can look into {data}"), format!("chmod 700 {data}"))
        }
        Ok(_) => ok(ID, format!("{data} is private to its user")),
    }
}

fn room(config: &Config) -> Check {
    const ID: &str = "disk";
    let disk = disk::room(&config.data);
    let free = gibibytes(disk.free);
    let fix = "Free some room, or move the data folder to a larger disk.";
    match disk.free {
        _ if disk.total == 0 => warn(ID, "how much room is left could not be found out", fix),
        free_bytes if free_bytes < 1 << 30 => fail(ID, format!("only {free} are free"), fix),
        free_bytes if free_bytes < 10 << 30 => warn(ID, format!("{free} are free"), fix),
        _ => ok(ID, format!("{free} of {} are free", gibibytes(disk.total))),
    }
}

fn keys(config: &Config) -> Check {
    const ID: &str = "keys";
    let folder = config.data.join("keys");
    let Ok(entries) = fs::read_dir(&folder) else {
        return ok(ID, "no keys yet: the studio is not set up");
    };
    let open = entries.flatten().any(|e| e.metadata().is_ok_and(|about| about.mode() & 0o077 != 0));
    let shown = folder.display();
    if open {
        return fail(ID, format!("others can read files in {shown}"), format!("chmod -R go= {shown}"));
    }
    ok(ID, "the key files are private to their user")
}

fn key_file(config: &Config) -> Check {
    const ID: &str = "key_file";
    let file = &config.key_file;
    if !file.exists() {
        return ok(ID, "no key file: somebody unlocks the studio after each start");
    }
    let shown = file.display();
    if fs::metadata(file).is_ok_and(|about| about.mode() & 0o077 != 0) {
        return fail(ID, format!("others on this machine can read {shown}"), format!("chmod 600 {shown}"));
    }
    if file.starts_with(&config.data) {
        let fix = "Move it to another disk or folder and say key_file = \"…\" in studio.toml.";
        return warn(ID, "the key file lies in the data folder: who takes the folder has both", fix);
    }
    ok(ID, format!("{shown} opens the studio at each start"))
}

fn clock(config: &Config) -> Check {
    const ID: &str = "clock";
    let now = Clock::system().now();
    let fix = "Set the clock, best by NTP from a server in your house.";
    if Moment::parse("2026-01-01").is_some_and(|built| now < built) {
        return fail(ID, format!("the clock says {now}, which cannot be"), fix);
    }
    let newest = ["studio.redb", "tls/leaf"].iter().filter_map(|name| changed(&config.data.join(name))).max();
    if newest.is_some_and(|newest| newest > now.plus(DAY)) {
        return fail(ID, format!("the clock says {now}, but the data was changed later than that"), fix);
    }
    ok(ID, format!("the clock says {now}"))
}

fn changed(file: &Path) -> Option<Moment> {
    Some(Moment(fs::metadata(file).ok()?.mtime() * 1000))
}

fn certificate(config: &Config) -> Check {
    const ID: &str = "certificate";
    match super::tls::known_certificate(config) {
        Err(why) => fail(ID, format!("{why:#}"), "Correct `certificate` in studio.toml, or remove it from there."),
        Ok(None) => ok(ID, "it is made at the first start"),
        Ok(Some((_, Some(lacks)))) => {
            let fix = "Remove DATA/tls and start again: a new authority is made, which every browser must then trust.";
            warn(ID, lacks, fix)
        }
        Ok(Some((expires, None))) => {
            let days = expires.since(Clock::system().now()).as_secs() / DAY.as_secs();
            let own = config.certificate.is_none();
            let fix = if own { "Start the studio: it renews its own." } else { "Get a new one from your authority." };
            match days {
                0 => fail(ID, "the certificate has ended", fix),
                1..=20 => warn(ID, format!("the certificate ends in {days} days"), fix),
                _ => ok(ID, format!("good for {days} days")),
            }
        }
    }
}

fn runtime(config: &Config) -> Check {
    const ID: &str = "runtime";
    if let Some(file) = &config.runtime {
        let fix = "Correct `runtime` in studio.toml to the file of a library, or remove it to use the built-in one.";
        let lost = || fail(ID, format!("{} is not a file", file.display()), fix);
        return if file.is_file() { ok(ID, device::runtime(config)) } else { lost() };
    }
    match config.runtimes().chosen() {
        Some(name) => match config.runtimes().checked(&name) {
            Ok(_) => ok(ID, device::runtime(config)),
            Err(e) => fail(ID, format!("{name}: {e}"), "dreamomni2 runtime use embedded"),
        },
        None if runtime_embedded() => ok(ID, device::runtime(config)),
        None => {
            let fix = "Build with ./install.sh --build-only, or bring one with `dreamomni2 runtime import`.";
            fail(ID, "this build has no ONNX Runtime: nothing can be rendered", fix)
        }
    }
}

fn model(config: &Config) -> Check {
    const ID: &str = "models";
    match Packages::new(Some(config.models())).list() {
        Ok(found) if found.is_empty() => {
            fail(ID, "no model is here: nothing can be rendered", "dreamomni2 model import FILE")
        }
        Ok(found) => ok(ID, found.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ")),
        Err(e) => fail(ID, e.to_string(), "dreamomni2 model list"),
    }
}

fn unfinished(config: &Config) -> Check {
    const ID: &str = "imports";
    let stopped = Packages::new(Some(config.models())).stopped();
    let each = stopped.iter().map(|half| format!("{} of {}", gibibytes(half.bytes), half.from.display()));
    let each = each.collect::<Vec<_>>().join(", ");
    if stopped.is_empty() {
        return ok(ID, "no import was stopped half way");
    }
    let fix = "Import the same files again to go on, or take it away: dreamomni2 model remove --unfinished";
    warn(ID, format!("an import was stopped half way and takes room: {each}"), fix)
}

fn chosen_device(config: &Config) -> Check {
    let device = device::expected(config);
    ok("device", format!("{}: {}", device.name, device.reason))
}

fn memory() -> Check {
    const ID: &str = "memory";
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let Some(bytes) = line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok()).map(|kib| kib << 10)
    else {
        return ok(ID, "how much memory is free is not known here");
    };
    if bytes < 1 << 30 {
        let fix = "End other programs, or give the machine more memory: a model needs 1 GiB and more.";
        return warn(ID, format!("only {} are free", gibibytes(bytes)), fix);
    }
    ok(ID, format!("{} are free", gibibytes(bytes)))
}

fn port(id: &'static str, at: std::net::SocketAddr, config: &Config) -> Check {
    if note::read(config).is_some_and(|note| [Some(note.port), note.plain_port].contains(&Some(at.port()))) {
        return ok(id, format!("the running studio answers at {at}"));
    }
    match std::net::TcpListener::bind(at) {
        Ok(_) => ok(id, format!("{at} is free")),
        Err(e) if e.kind() == std::io::ErrorKind::AddrInUse => {
            fail(id, format!("another program answers at {at}"), "End it, or choose another port in studio.toml.")
        }
        Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => {
            let fix = "Choose a port above 1023, or give the unit CAP_NET_BIND_SERVICE.";
            fail(id, format!("this user may not listen at {at}"), fix)
        }
        Err(e) => fail(id, format!("nobody can listen at {at}: {e}"), "Correct `listen` and `plain` in studio.toml."),
    }
}

fn network(config: &Config) -> Check {
    let urls = Addresses::of(config).urls(config.listen.port());
    if config.listen.ip().is_loopback() {
        let fix = "Say listen = \"0.0.0.0:8443\" in studio.toml to serve the network.";
        return warn("network", "only this machine can reach the studio", fix);
    }
    ok("network", urls.join(", "))
}

/// Tried in a thread of its own: this program stays as free as it was.
fn kernel() -> Check {
    const ID: &str = "kernel";
    let fix = "Run Linux 6.7 or newer with Landlock among its security modules (the `lsm=` of its command line).";
    match std::thread::spawn(confine::server).join() {
        Ok(Held::Fully) => {
            ok(ID, "it refuses the studio any connection of its own, and workers the keys and the network (Landlock)")
        }
        Ok(Held::Partly) => warn(ID, "it holds a part of what the studio forbids itself (Landlock)", fix),
        Ok(Held::NotAtAll) | Err(_) => warn(ID, "it does not hold what the studio forbids itself (no Landlock)", fix),
    }
}

fn gibibytes(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30))
}
