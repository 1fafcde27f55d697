//! What pictures are computed on: the best provider that really computes here, and why a better one does not.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use ort::environment::Environment;
use ort::ep::cuda::ConvAlgorithmSearch;
use ort::ep::{ArenaExtendStrategy, CUDA, ExecutionProvider, ExecutionProviderDispatch, TensorRT};
use ort::session::Session;
use ort::session::builder::SessionBuilder;
use ort::value::{Tensor, TensorRef};
use serde::{Deserialize, Serialize};

use super::capture::{Asked, Captures, Place};
use super::error::{Error, Result};

/// What a worker is to render on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// The graphics card of this number if it can be used, else the processor.
    Auto(u32),
    Cpu,
    /// The graphics card of this number, or nothing.
    Cuda(u32),
}

impl Default for Wish {
    fn default() -> Self {
        Wish::Auto(0)
    }
}

/// One way for ONNX Runtime to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    Tensorrt,
    Cuda,
    Cpu,
}

/// What a worker renders on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub provider: Provider,
    pub card: u32,
    /// For people.
    pub name: String,
    /// Why it is this one.
    pub reason: String,
}

/// How one provider did with a small graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    pub provider: Provider,
    pub works: bool,
    /// Why it does not; empty when it works.
    pub reason: String,
}

/// A convolution and a matrix product; made by tests/oracle/probe.py.
static PROBE: &[u8] = include_bytes!("probe.onnx");

/// The graphics cards that the NVIDIA driver of this machine knows, by name, in the order of their slots.
pub fn cards() -> Vec<String> {
    let entries = fs::read_dir("/proc/driver/nvidia/gpus").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|e| e.path()).collect();
    folders.sort();
    let name = |folder: &PathBuf| {
        let text = fs::read_to_string(folder.join("information")).unwrap_or_default();
        let model = text.lines().find_map(|line| line.strip_prefix("Model:")).map(|m| m.trim().to_owned());
        model.unwrap_or_else(|| "NVIDIA graphics card".to_owned())
    };
    folders.iter().map(name).collect()
}

/// Why no graphics card can be used whatever the runtime; none where the driver is there.
pub fn without_driver() -> Option<&'static str> {
    if Path::new("/proc/driver/nvidia/version").exists() || Path::new("/dev/nvidiactl").exists() {
        return None;
    }
    Some("no NVIDIA driver is loaded on this machine; if it has an NVIDIA card, install its driver and restart")
}

/// The best that the wish allows. `library` is the runtime that is open, where it is a file of the operator's.
pub(super) fn choose(environment: &Environment, wish: Wish, library: Option<&Path>) -> Result<Device> {
    let card = match wish {
        Wish::Cpu => return Ok(processor("the configuration asks for it".to_owned())),
        Wish::Auto(card) | Wish::Cuda(card) => card,
    };
    let mut why = String::new();
    for provider in [Provider::Tensorrt, Provider::Cuda] {
        match usable(environment, provider, card, library) {
            Ok(()) => {
                let name = usize::try_from(card).ok().and_then(|n| cards().into_iter().nth(n));
                let name = name.unwrap_or_else(|| format!("graphics card {card}"));
                return Ok(Device { provider, card, name, reason: format!("{provider} computes on card {card}") });
            }
            Err(reason) => why = reason,
        }
    }
    match wish {
        Wish::Cuda(card) => Err(Error::DeviceUnusable { device: format!("graphics card {card}"), why }),
        _ => Ok(processor(why)),
    }
}

/// Tries every provider there is, also where it cannot work: to tell all that is missing at once.
pub(super) fn trials(environment: &Environment, card: u32, library: Option<&Path>) -> Vec<Trial> {
    let one = |provider| {
        let tried = match provider {
            Provider::Cpu => computes(environment, &[]),
            _ => usable(environment, provider, card, library),
        };
        Trial { provider, works: tried.is_ok(), reason: tried.err().unwrap_or_default() }
    };
    [Provider::Cpu, Provider::Cuda, Provider::Tensorrt].map(one).into()
}

impl Device {
    /// Has a session compute on it.
    pub(super) fn on(&self, builder: SessionBuilder, captures: bool) -> ort::Result<SessionBuilder> {
        match self.provider {
            // A plan of the memory is made from the first run's and laid beside that: at 512x512 a Stable Diffusion then
            // needs 8.3 GB in place of 5.9, and is no quicker.
            Provider::Cpu => Ok(builder.with_memory_pattern(false)?),
            provider => Ok(builder.with_execution_providers(providers(provider, self.card, captures))?),
        }
    }
}

fn processor(reason: String) -> Device {
    Device { provider: Provider::Cpu, card: 0, name: "CPU".to_owned(), reason }
}

/// In the order in which ONNX Runtime asks them for each part of a graph; what none takes, the processor does.
fn providers(provider: Provider, card: u32, captures: bool) -> Vec<ExecutionProviderDispatch> {
    let number = i32::try_from(card).unwrap_or(0);
    // Memory as it is asked for, not rounded up to the next power of two: large weights leave no room for that. Kernels
    // by rule, not by a race that may end otherwise next time: equal orders give equal pictures. And full precision
    // stays full; who wants it faster brings weights in half precision.
    let cuda = CUDA::default()
        .with_device_id(number)
        .with_arena_extend_strategy(ArenaExtendStrategy::SameAsRequested)
        .with_conv_algorithm_search(ConvAlgorithmSearch::Heuristic)
        .with_tf32(false)
        .with_cuda_graph(captures)
        .build()
        .error_on_failure();
    let tensorrt = TensorRT::default().with_device_id(number).build().error_on_failure();
    match provider {
        Provider::Tensorrt => vec![tensorrt, cuda],
        Provider::Cuda => vec![cuda],
        Provider::Cpu => Vec::new(),
    }
}

fn usable(
    environment: &Environment,
    provider: Provider,
    card: u32,
    library: Option<&Path>,
) -> std::result::Result<(), String> {
    let built = match provider {
        Provider::Tensorrt => TensorRT::is_available(),
        Provider::Cuda => CUDA::is_available(),
        Provider::Cpu => Ok(true),
    };
    if !built.unwrap_or(false) {
        return Err(format!(
            "this ONNX Runtime is built without {provider}; import one with `dreamomni2 runtime import`"
        ));
    }
    if let Some(why) = without_driver() {
        return Err(why.to_owned());
    }
    if let Some(folder) = library.and_then(Path::parent) {
        preload(folder);
    }
    computes(environment, &providers(provider, card, false)).map_err(|e| explain(provider, &e))
}

/// Opens the libraries that lie beside an imported runtime, in whatever order they need each other: what is open
/// already is found by its name, without a search path.
fn preload(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let own = |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("libonnxruntime"));
    let mut waiting: BTreeSet<PathBuf> = entries.map(|e| e.path()).filter(|path| !own(path)).collect();
    loop {
        let before = waiting.len();
        waiting.retain(|path| ort::util::preload_dylib(path).is_err());
        if waiting.is_empty() || waiting.len() == before {
            return;
        }
    }
}

/// Has the small graph computed, and looks at the numbers.
fn computes(environment: &Environment, on: &[ExecutionProviderDispatch]) -> std::result::Result<(), String> {
    let run = || -> ort::Result<Vec<f32>> {
        let mut session = Session::builder(environment)?.with_execution_providers(on)?.commit_from_memory(PROBE)?;
        let ones = TensorRef::from_array_view(([1usize, 1, 2, 2], &[1.0f32; 4][..]))?;
        let found = session.run(ort::inputs!["x" => ones])?;
        let (_, values) = found["y"].try_extract_tensor::<f32>()?;
        Ok(values.to_vec())
    };
    match run() {
        Ok(values) if values == [16.0, 24.0, 16.0, 24.0] => Ok(()),
        Ok(values) => {
            Err(format!("it computes {values:?} where [16, 24, 16, 24] is right; the card or its driver is broken"))
        }
        Err(e) => Err(e.message().to_owned()),
    }
}

/// The card, where steps of graphs can be captured on it; the device's reason tells of it.
pub(super) fn captures(environment: &Environment, device: &mut Device) -> Result<Option<i32>> {
    let Some(card) = i32::try_from(device.card).ok().filter(|_| device.provider == Provider::Cuda) else {
        return Ok(None);
    };
    let Err(why) = captured(environment, &providers(Provider::Cuda, device.card, true), Place::Card(card)) else {
        device.reason.push_str("; short steps are captured as CUDA graphs");
        return Ok(Some(card));
    };
    // A capture that ends in its middle may take the whole card from this process.
    computes(environment, &providers(Provider::Cuda, device.card, false)).map_err(|after| Error::DeviceUnusable {
        device: device.name.clone(),
        why: format!(
            "a CUDA graph failed ({why}), and then: {after}; write cuda_graphs = false into the configuration"
        ),
    })?;
    device.reason = format!("{}; CUDA graphs are not used: {why}", device.reason);
    Ok(None)
}

/// Asks the small graph step by step, for two pictures, and looks at the numbers.
fn captured(
    environment: &Environment,
    on: &[ExecutionProviderDispatch],
    place: Place,
) -> std::result::Result<(), String> {
    let run = || -> ort::Result<bool> {
        let mut session = Session::builder(environment)?.with_execution_providers(on)?.commit_from_memory(PROBE)?;
        let mut captures = Captures::new(place)?;
        let mut right = true;
        for _ in 0..2 {
            let picture = Arc::new(());
            for step in 1..=6u8 {
                let x = Tensor::from_array(([1usize, 1, 2, 2], vec![f32::from(step); 4]))?.into_dyn();
                let asked = Asked { of: &picture, stay: &[], change: vec![("x", &x)], wanted: "y" };
                let said = captures.step(&mut session, &asked)?;
                let (_, values) = said.try_extract_tensor::<f32>()?;
                right &= values == [16.0, 24.0, 16.0, 24.0].map(|one| one * f32::from(step));
            }
        }
        Ok(right && !captures.differed)
    };
    match run() {
        Ok(true) => Ok(()),
        Ok(false) => Err("captured steps say other numbers than plain ones".to_owned()),
        Err(e) => Err(e.message().lines().next().unwrap_or_default().to_owned()),
    }
}

/// Which wheel brings a library that NVIDIA's wheels hold.
const WHEELS: [(&str, &str); 10] = [
    ("libcublas", "nvidia-cublas"),
    ("libcudnn", "nvidia-cudnn"),
    ("libcudart", "nvidia-cuda-runtime"),
    ("libcurand", "nvidia-curand"),
    ("libcufft", "nvidia-cufft"),
    ("libnvrtc", "nvidia-cuda-nvrtc"),
    ("libnvJitLink", "nvidia-nvjitlink"),
    ("libnvinfer", "tensorrt"),
    ("libnvonnxparser", "tensorrt"),
    ("libcuda.so", "the NVIDIA driver, not a wheel"),
];

/// ONNX Runtime's own words, shortened to what has to be done where that can be told.
fn explain(provider: Provider, error: &str) -> String {
    let lost = error.split(": cannot open shared object file").next().filter(|before| before.len() < error.len());
    let Some(library) = lost.and_then(|before| before.rsplit([' ', '/']).next()) else {
        return format!("{provider} does not start: {}", error.lines().next().unwrap_or_default());
    };
    let wheel = WHEELS.iter().find(|(start, _)| library.starts_with(start)).map(|(_, wheel)| *wheel);
    let brings = wheel.map_or_else(String::new, |wheel| format!(" (it comes with {wheel})"));
    format!("{provider} lacks the library {library}{brings}; import the runtime again, together with what brings it")
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Provider::Tensorrt => "TensorRT",
            Provider::Cuda => "CUDA",
            Provider::Cpu => "the processor",
        })
    }
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wish::Auto(0) => f.write_str("auto"),
            Wish::Auto(card) => write!(f, "auto:{card}"),
            Wish::Cpu => f.write_str("cpu"),
            Wish::Cuda(card) => write!(f, "cuda:{card}"),
        }
    }
}

impl FromStr for Wish {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (word, card) = text.split_once(':').unwrap_or((text, "0"));
        match (word, card.parse()) {
            ("auto", Ok(card)) => Ok(Wish::Auto(card)),
            ("cuda", Ok(card)) => Ok(Wish::Cuda(card)),
            ("cpu", Ok(0)) => Ok(Wish::Cpu),
            _ => Err(format!("\"{text}\" is no device; write auto, cpu, cuda or cuda:NUMBER")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::runtime;
    use crate::inference::settings::Settings;

    #[test]
    fn the_small_graph_asked_step_by_step_from_buffers_of_its_own_says_the_right_numbers() {
        let runtime = runtime::open(&Settings { threads: 1, ..Settings::default() }).unwrap();
        assert_eq!(captured(&runtime.environment, &[], Place::Processor), Ok(()));
    }

    #[test]
    fn a_missing_library_is_told_with_the_wheel_that_brings_it() {
        let error = "Failed to load library /d/lib/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: \
                     cannot open shared object file: No such file or directory";
        let told = explain(Provider::Cuda, error);
        assert!(told.contains("CUDA lacks the library libcublasLt.so.13 (it comes with nvidia-cublas)"), "{told}");
        assert_eq!(explain(Provider::Cuda, "CUDA failure 35\nmore"), "CUDA does not start: CUDA failure 35");
    }

    #[test]
    fn a_device_is_written_as_it_is_read() {
        for text in ["auto", "auto:1", "cpu", "cuda:0", "cuda:3"] {
            assert_eq!(text.parse::<Wish>().unwrap().to_string(), text);
        }
        assert!("gpu".parse::<Wish>().unwrap_err().contains("cuda:NUMBER"));
    }
}
