//! What pictures are rendered on, and why.

use std::fs;

use super::config::Config;
use crate::domain::health::Device;

/// The device that workers use.
pub(super) fn chosen(config: &Config) -> Device {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':').map(|(_, n)| n.trim()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cards = fs::read_dir("/proc/driver/nvidia/gpus").map_or(0, Iterator::count);
    let reason = match (cards, &config.runtime) {
        (0, _) => "no graphics card is in this machine",
        (_, None) => "a graphics card is here, but the built-in ONNX Runtime renders on the processor",
        (_, Some(_)) => "the ONNX Runtime of the configuration decides when a worker starts",
    };
    Device {
        name: format!("{} ({cores} cores)", model.unwrap_or("Processor")),
        kind: "cpu".to_owned(),
        reason: reason.to_owned(),
    }
}
