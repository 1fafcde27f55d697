//! One ONNX graph: its inputs and outputs found by name, fed in the type and rank that it wants.

use ort::memory::Allocator;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::session::{Session, SessionInputValue};
use ort::value::{DynTensor, DynValue, Outlet, TensorElementType, TensorRef};

use super::capture::{Captures, Place};
use super::error::{Error, Result};
use super::latents::Latents;
use super::packages::{Files, beside, piped, still};
use super::runtime::{self, Runtime};
use super::settings::Settings;
use super::tensors;

pub(crate) struct Graph {
    pub(super) name: String,
    pub(super) session: Session,
    /// Where steps may be captured; such a graph is asked by `Bound` only.
    pub(super) captures: Option<Captures>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

/// One input or output as the graph declares it.
#[derive(Clone, Debug)]
pub(crate) struct Port {
    pub(super) name: String,
    kind: TensorElementType,
    /// Minus one where a dimension is free; the dimensions' names mean nothing.
    pub(crate) shape: Vec<i64>,
}

/// What an input is fed with; converted where the graph wants another type.
pub(crate) enum Feed<'a> {
    Numbers(&'a [usize], &'a [f32]),
    Ids(&'a [usize], &'a [i64]),
    /// The same number for every picture of the batch, as a scalar or a list, as the graph wants it.
    Each(usize, f32),
    /// What a graph gave before.
    Kept(&'a Kept),
}

/// An output that is fed again as it is, in the graph's own type: what a decoder remembers.
pub(crate) struct Kept(DynValue);

impl Graph {
    /// Opens `FOLDER/model.onnx` of a package.
    pub(crate) fn open(files: &Files, folder: &str, settings: &Settings) -> Result<Self> {
        Graph::open_on(&runtime::open(settings)?, files, folder, settings, None)
    }

    /// The same for one that is asked step by step (`Bound`): a card that can captures its steps.
    pub(crate) fn open_for_steps(files: &Files, folder: &str, settings: &Settings) -> Result<Self> {
        let runtime = runtime::open(settings)?;
        if let Some(card) = runtime.captures {
            let captures = Captures::new(Place::Card(card)).map_err(|e| fault(folder, &e))?;
            // One with control flow, or with a part that the card leaves to the processor, is refused before any of
            // its weights are read.
            match Graph::open_on(&runtime, files, folder, settings, Some(captures)) {
                Err(Error::GraphFailed { .. }) => {}
                opened => return opened,
            }
        }
        Graph::open_on(&runtime, files, folder, settings, None)
    }

    fn open_on(
        runtime: &Runtime,
        files: &Files,
        folder: &str,
        settings: &Settings,
        captures: Option<Captures>,
    ) -> Result<Self> {
        let file = format!("{folder}/model.onnx");
        let mut builder = options(runtime, settings, captures.is_some()).map_err(|e| fault(folder, &e))?;
        let quiet = still::without_noise(files, &file)?;
        // A file on disk is opened by its path: weights may lie beside it, and need not be read twice.
        let session = if let Some(path) = files.as_it_is(&file).filter(|_| quiet.is_none()) {
            builder.commit_from_file(path)
        } else {
            let beside = beside::weights(files, &file)?;
            if beside.is_empty() && quiet.is_none() && files.are_sealed() {
                piped::read(files, &file, |path| builder.commit_from_file(path))?
            } else {
                for (name, bytes) in beside {
                    builder =
                        builder.with_external_initializer_file_in_memory(name, bytes).map_err(|e| fault(folder, &e))?;
                }
                builder.commit_from_memory(&quiet.map_or_else(|| files.read(&file), |bytes| Ok(bytes.into()))?)
            }
        };
        let session = session.map_err(|e| fault(folder, &e))?;
        let inputs = session.inputs().iter().filter_map(Port::new).collect();
        let outputs = session.outputs().iter().filter_map(Port::new).collect();
        Ok(Graph { name: folder.to_owned(), session, captures, inputs, outputs })
    }

    /// The input that goes by one of these spellings.
    pub(crate) fn input(&self, spellings: &[&str]) -> Result<Port> {
        find(&self.inputs, spellings).ok_or_else(|| self.differs("input", spellings, &self.inputs))
    }

    pub(crate) fn maybe_input(&self, spellings: &[&str]) -> Option<Port> {
        find(&self.inputs, spellings)
    }

    /// The output that goes by one of these spellings; a graph with one output may call it anything.
    pub(crate) fn output(&self, spellings: &[&str]) -> Result<Port> {
        match (find(&self.outputs, spellings), self.outputs.as_slice()) {
            (Some(port), _) => Ok(port),
            (None, [only]) => Ok(only.clone()),
            _ => Err(self.differs("output", spellings, &self.outputs)),
        }
    }

    /// The input and the output of a graph that has one of each, whatever they are called.
    pub(crate) fn only_ports(&self) -> Result<(Port, Port)> {
        match (self.inputs.as_slice(), self.outputs.as_slice()) {
            ([input], [output]) => Ok((input.clone(), output.clone())),
            ([_], _) => Err(self.differs("one", &["output"], &self.outputs)),
            _ => Err(self.differs("one", &["input"], &self.inputs)),
        }
    }

    pub(crate) fn maybe_output(&self, spellings: &[&str]) -> Option<Port> {
        find(&self.outputs, spellings)
    }

    /// Inputs called `STEM.0.END`, `STEM.1.END`, … in the order of their numbers.
    pub(crate) fn numbered_inputs(&self, stem: &str, end: &str) -> Vec<Port> {
        numbered(&self.inputs, stem, end)
    }

    pub(crate) fn numbered_outputs(&self, stem: &str, end: &str) -> Vec<Port> {
        numbered(&self.outputs, stem, end)
    }

    /// Of outputs numbered `STEM.0`, `STEM.1`, … the one before the last.
    pub(crate) fn penultimate(&self, stem: &str) -> Option<Port> {
        let number = |p: &Port| p.name.strip_prefix(stem)?.trim_start_matches(['.', '_']).parse::<usize>().ok();
        let last = self.outputs.iter().filter_map(number).max()?;
        self.outputs.iter().find(|p| number(p) == last.checked_sub(1)).cloned()
    }

    /// Refuses a graph that wants something nobody would feed.
    pub(crate) fn expect_no_more_than(&self, fed: &[&Port]) -> Result<()> {
        if self.inputs.iter().all(|i| fed.iter().any(|f| f.name == i.name)) {
            return Ok(());
        }
        let names: Vec<&str> = fed.iter().map(|p| p.name.as_str()).collect();
        Err(self.differs("inputs", &[&names.join(", ")], &self.inputs))
    }

    pub(crate) fn run(&mut self, feeds: &[(&Port, Feed)], wanted: &Port) -> Result<Latents> {
        let mut found = self.run_for(feeds, &[wanted])?;
        found.pop().ok_or_else(|| self.failed("the graph gave no output"))
    }

    pub(crate) fn run_for(&mut self, feeds: &[(&Port, Feed)], wanted: &[&Port]) -> Result<Vec<Latents>> {
        self.run_keeping(feeds, wanted, &[]).map(|(found, _)| found)
    }

    /// Also gives the outputs `keep`, in their order, as they are.
    pub(crate) fn run_keeping(
        &mut self,
        feeds: &[(&Port, Feed)],
        wanted: &[&Port],
        keep: &[Port],
    ) -> Result<(Vec<Latents>, Vec<Kept>)> {
        let mut inputs = Vec::with_capacity(feeds.len());
        for (port, feed) in feeds {
            let value = feed.value(port).map_err(|e| fault(&self.name, &e))?;
            inputs.push((port.name.as_str(), value));
        }
        let mut outputs = self.session.run(inputs).map_err(|e| fault(&self.name, &e))?;
        let mut found = Vec::with_capacity(wanted.len());
        for port in wanted {
            let value = outputs.get(&port.name);
            let numbers = value.and_then(tensors::latents).ok_or_else(|| Error::GraphFailed {
                graph: self.name.clone(),
                detail: format!("its output {} holds no numbers", port.name),
            })?;
            found.push(numbers);
        }
        let missing = |port: &Port| Error::GraphFailed {
            graph: self.name.clone(),
            detail: format!("it gave no output {}", port.name),
        };
        let kept = keep.iter().map(|port| outputs.remove(&port.name).map(Kept).ok_or_else(|| missing(port)));
        Ok((found, kept.collect::<Result<_>>()?))
    }

    /// Nothing yet, in the place of what an input will be fed later: `shape` has a side of no length.
    pub(crate) fn nothing(&self, port: &Port, shape: &[usize]) -> Result<Kept> {
        let tensor = DynTensor::new(&Allocator::default(), port.kind, shape.to_vec());
        tensor.map(|t| Kept(t.into_dyn())).map_err(|e| fault(&self.name, &e))
    }

    pub(crate) fn failed(&self, detail: &str) -> Error {
        Error::GraphFailed { graph: self.name.clone(), detail: detail.to_owned() }
    }

    fn differs(&self, what: &str, spellings: &[&str], ports: &[Port]) -> Error {
        let found = ports.iter().map(Port::describe).collect::<Vec<_>>().join(", ");
        Error::GraphDiffers {
            graph: self.name.clone(),
            expected: format!("{what} {}", spellings.join(" or ")),
            found: if found.is_empty() { "none".to_owned() } else { found },
        }
    }
}

impl Port {
    fn new(outlet: &Outlet) -> Option<Self> {
        let (kind, shape) = (outlet.dtype().tensor_type()?, outlet.dtype().tensor_shape()?);
        Some(Port { name: outlet.name().to_owned(), kind, shape: shape.iter().copied().collect() })
    }

    fn describe(&self) -> String {
        format!("{} ({:?} {:?})", self.name, self.kind, self.shape)
    }
}

impl Feed<'_> {
    fn value(&self, port: &Port) -> ort::Result<SessionInputValue<'_>> {
        use TensorElementType as Kind;
        match (self, port.kind) {
            (Feed::Numbers(shape, values), Kind::Float32) => {
                Ok(TensorRef::from_array_view((shape.to_vec(), *values))?.into())
            }
            (Feed::Ids(shape, values), Kind::Int64) => {
                Ok(TensorRef::from_array_view((shape.to_vec(), *values))?.into())
            }
            (Feed::Kept(Kept(value)), _) => Ok(value.into()),
            _ => Ok(self.copied(port)?.into()),
        }
    }

    /// The same as a tensor of its own, which outlives what it was made of.
    pub(super) fn copied(&self, port: &Port) -> ort::Result<DynValue> {
        let numbers =
            |shape: &[usize], values: &[f32]| tensors::made(shape, values.iter().map(|v| f64::from(*v)), port.kind);
        match self {
            Feed::Numbers(shape, values) => numbers(shape, values),
            #[expect(clippy::cast_precision_loss, reason = "token numbers and sizes are far below 2^52")]
            Feed::Ids(shape, values) => tensors::made(shape, values.iter().map(|v| *v as f64), port.kind),
            Feed::Each(batch, value) => match port.shape.as_slice() {
                [] => numbers(&[], &[*value]),
                // A list that is declared to hold one number wants one, whatever the batch.
                [1] => numbers(&[1], &[*value]),
                _ => numbers(&[*batch], &vec![*value; *batch]),
            },
            Feed::Kept(Kept(value)) => {
                let (shape, values) = tensors::read(value).ok_or_else(|| ort::Error::new("it holds no numbers"))?;
                numbers(&shape, &values)
            }
        }
    }
}

fn numbered(ports: &[Port], stem: &str, end: &str) -> Vec<Port> {
    let number = |p: &Port| p.name.strip_prefix(stem)?.strip_suffix(end)?.trim_matches('.').parse::<usize>().ok();
    let mut found: Vec<(usize, Port)> = ports.iter().filter_map(|p| Some((number(p)?, p.clone()))).collect();
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, port)| port).collect()
}

fn find(ports: &[Port], spellings: &[&str]) -> Option<Port> {
    spellings.iter().find_map(|s| ports.iter().find(|p| p.name == *s)).cloned()
}

fn options(runtime: &Runtime, settings: &Settings, captures: bool) -> ort::Result<SessionBuilder> {
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = if settings.threads == 0 { cores() } else { settings.threads };
    // Without spinning: measured a third less CPU and no slower. Of all levels only the last has a processor turn weights
    // in half precision into floats once; below it they are turned at every step.
    let builder = Session::builder(&runtime.environment)?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_intra_threads(threads)?
        .with_inter_threads(1)?
        .with_intra_op_spinning(false)?
        .with_deterministic_compute(true)?;
    runtime.device.on(builder, captures)
}

const NO_BFLOAT16: &str = " This device cannot compute that in bfloat16; export the model in fp16 or fp32, or render on a \
     graphics card";

pub(super) fn fault<R>(graph: &str, error: &ort::Error<R>) -> Error {
    let detail = error.message().to_owned();
    let memory = ["Failed to allocate memory", "bad_alloc", "out of memory", "BFCArena", "Cannot allocate memory"];
    if memory.iter().any(|sign| detail.contains(sign)) {
        return Error::OutOfMemory { what: format!("the graph {graph}"), detail: asked(&detail) };
    }
    let way_out = if detail.contains("bfloat16") { NO_BFLOAT16 } else { "" };
    Error::GraphFailed { graph: graph.to_owned(), detail: detail + way_out }
}

/// How much ONNX Runtime asked for at once, where its words say so.
fn asked(detail: &str) -> String {
    let size =
        detail.split("buffer of size ").nth(1).and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    size.map_or_else(
        || "the machine had no more to give".to_owned(),
        |bytes| format!("it asked for {:.1} GB at once", bytes as f64 / 1e9),
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn noise_that_a_graph_would_draw_itself_is_not_drawn() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("vae_encoder/model.onnx");
        std::fs::create_dir(file.parent().unwrap()).unwrap();
        std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/dice.onnx"), &file).unwrap();
        let settings = Settings { threads: 1, ..Settings::default() };
        let given = [1.0, 2.0, 3.0, 4.0];
        let mut graph = Graph::open(&Files::Folder(folder.path().to_owned()), "vae_encoder", &settings).unwrap();
        let (input, output) = graph.only_ports().unwrap();
        for _ in 0..2 {
            assert_eq!(graph.run(&[(&input, Feed::Numbers(&[1, 4], &given))], &output).unwrap().values, given);
        }
        // The file itself throws its dice.
        let environment = runtime::open(&settings).unwrap().environment;
        graph.session = Session::builder(&environment).unwrap().commit_from_file(&file).unwrap();
        assert_ne!(graph.run(&[(&input, Feed::Numbers(&[1, 4], &given))], &output).unwrap().values, given);
    }

    #[test]
    fn a_lack_of_memory_is_told_with_what_was_asked_for() {
        let words =
            "bfc_arena.cc:376 AllocateRawInternal Failed to allocate memory for requested buffer of size 17179869184";
        assert_eq!(asked(words), "it asked for 17.2 GB at once");
        assert_eq!(asked("std::bad_alloc"), "the machine had no more to give");
    }
}
