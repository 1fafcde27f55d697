//! What pictures are rendered on, and why: as expected before a worker runs, and as one found out.

use std::fs;

use super::config::Config;
use crate::domain::health;
use crate::inference::{Device, Provider, RuntimeInfo, Wish, cards, runtime_embedded, runtime_version, without_driver};

/// One worker for each: the devices of the configuration, else every graphics card that can be used, else as many as
/// the configuration says, on the processor.
pub(super) fn lanes(config: &Config) -> Vec<Wish> {
    if !config.devices.is_empty() {
        return config.devices.clone();
    }
    let cards = if speaks_cuda(config) && without_driver().is_none() { cards().len() } else { 0 };
    match u32::try_from(cards) {
        Ok(1..) => (0..).map(Wish::Auto).take(cards).collect(),
        _ => vec![Wish::Auto(0); config.workers],
    }
}

/// What the first worker will use, as far as that can be told from outside.
pub(super) fn expected(config: &Config) -> health::Device {
    let cards = cards();
    let reason = match (lanes(config).first(), without_driver()) {
        (Some(Wish::Cpu), _) => "the configuration asks for it",
        (_, Some(why)) => why,
        _ if speaks_cuda(config) => {
            let name = cards.first().cloned().unwrap_or_else(|| "NVIDIA graphics card".to_owned());
            let reason = "`dreamomni2 runtime test` proves that it computes".to_owned();
            return health::Device { name, kind: "cuda".to_owned(), reason };
        }
        _ => "a graphics card is here, but the ONNX Runtime in use has no CUDA: `dreamomni2 runtime import` brings one",
    };
    health::Device { name: processor(), kind: "cpu".to_owned(), reason: reason.to_owned() }
}

/// What a worker found out.
pub(super) fn found(device: &Device) -> health::Device {
    let (name, kind) = match device.provider {
        Provider::Cpu => (processor(), "cpu"),
        Provider::Cuda => (device.name.clone(), "cuda"),
        Provider::Tensorrt => (device.name.clone(), "tensorrt"),
    };
    health::Device { name, kind: kind.to_owned(), reason: device.reason.clone() }
}

/// The runtime that workers open, for people.
pub(super) fn runtime(config: &Config) -> String {
    match (&config.runtime, config.runtimes().chosen()) {
        (Some(file), _) => file.display().to_string(),
        (None, Some(name)) => format!("ONNX Runtime, imported as {name}"),
        (None, None) if runtime_embedded() => {
            format!("ONNX Runtime {}, built in", runtime_version().unwrap_or_default()).replace(" ,", ",")
        }
        (None, None) => "none".to_owned(),
    }
}

/// Whether the runtime that workers open can use a graphics card at all.
fn speaks_cuda(config: &Config) -> bool {
    let beside = |file: &std::path::PathBuf| file.with_file_name("libonnxruntime_providers_cuda.so").is_file();
    let imported = || config.runtimes().find(&config.runtimes().chosen()?).ok();
    match &config.runtime {
        Some(file) => beside(file),
        None => imported().is_some_and(|RuntimeInfo { providers, .. }| providers.iter().any(|p| p == "cuda")),
    }
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':').map(|(_, n)| n.trim()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{} ({cores} cores)", model.unwrap_or("Processor"))
}
