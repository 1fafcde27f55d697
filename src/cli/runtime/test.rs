//! `runtime test`: does it open here, and what does it compute on?

use serde_json::json;

use crate::app::config::Config;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::inference::runtimes::EMBEDDED;
use crate::inference::{Provider, Settings, Trial, cards, runtime_version};
use crate::work;

pub(super) fn run(config: &Config, name: Option<&str>, card: u32, json: bool) -> Result<(), Failure> {
    let chosen = config.runtimes().chosen();
    let name = name.or(chosen.as_deref()).unwrap_or(EMBEDDED);
    let trials = tried(config, name, card)?;
    let version = match name {
        EMBEDDED => runtime_version().unwrap_or_default().to_owned(),
        name => config.runtimes().find(name)?.version,
    };
    if json {
        output::json(&json!({ "name": name, "version": version, "cards": cards(), "providers": trials }))?;
    } else {
        output::line(format_args!("{name}: ONNX Runtime {version}"))?;
        for (number, card) in cards().iter().enumerate() {
            output::line(format_args!("card {number}: {card}"))?;
        }
        for Trial { provider, works, reason } in &trials {
            let verdict = if *works { "computes".to_owned() } else { format!("not used: {reason}") };
            output::line(format_args!("{:<14} {verdict}", provider.to_string()))?;
        }
    }
    judge(name, &trials)
}

/// Refuses one that does not even compute on the processor.
pub(super) fn computes(config: &Config, name: &str) -> Result<(), Failure> {
    judge(name, &tried(config, name, 0)?)
}

fn judge(name: &str, trials: &[Trial]) -> Result<(), Failure> {
    match trials.iter().find(|trial| trial.provider == Provider::Cpu && !trial.works) {
        Some(trial) => {
            let told = format!("{name} opens but does not compute: {}; bring another build of it", trial.reason);
            Err(Failure::failed("runtime_broken", told))
        }
        None => Ok(()),
    }
}

/// In a process of its own: a foreign library may end it.
fn tried(config: &Config, name: &str, card: u32) -> Result<Vec<Trial>, Failure> {
    let library = if name == EMBEDDED { None } else { Some(config.runtimes().checked(name)?) };
    let engine = Settings { library, threads: 1, ..Settings::default() };
    let how = work::Start::own(engine, None);
    work::Worker::trials(&how, card).map_err(|e| Failure::failed(e.code(), &e).about(name))
}
