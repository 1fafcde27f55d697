//! `runtime list`: what is there, and which one the studio uses.

use serde_json::json;

use crate::cli::failure::Failure;
use crate::cli::output;
use crate::inference::runtimes::EMBEDDED;
use crate::inference::{Runtimes, runtime_embedded, runtime_version};

pub(super) fn run(runtimes: &Runtimes, json: bool) -> Result<(), Failure> {
    let (all, chosen) = (runtimes.list(), runtimes.chosen());
    let embedded = runtime_version().filter(|_| runtime_embedded());
    if json {
        return output::json(&json!({ "embedded": embedded, "imported": all, "chosen": chosen }));
    }
    let used = |name: Option<&str>| if chosen.as_deref() == name { "*" } else { " " };
    output::line(format_args!("  {:<32} {:<10} {:<22} SIZE", "NAME", "VERSION", "MADE FOR"))?;
    if runtime_embedded() {
        let version = embedded.unwrap_or("unknown");
        output::line(format_args!("{} {EMBEDDED:<32} {version:<10} {:<22} built in", used(None), "cpu"))?;
    }
    for info in &all {
        let (name, version, made_for) = (&info.name, &info.version, info.providers.join(", "));
        let megabytes = info.bytes / 1_000_000;
        output::line(format_args!("{} {name:<32} {version:<10} {made_for:<22} {megabytes} MB", used(Some(name))))?;
    }
    Ok(())
}
