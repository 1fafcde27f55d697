//! A graph that is asked step by step for one picture: what stays is handed over once, what changes is written over in
//! its place, and what it says comes into one and the same buffer.

use ort::memory::{AllocationDevice, AllocatorType, MemoryInfo, MemoryType};
use ort::session::IoBinding;
use ort::value::{DynValue, TensorElementType};

use super::error::Result;
use super::graph::{self, Feed, Graph, Port};
use super::tensors;

pub(crate) struct Bound {
    binding: IoBinding,
    changes: Vec<Change>,
    wanted: Port,
    /// What the graph said last; its next run writes over it.
    said: Option<DynValue>,
    /// The same in full precision, where the graph computes in another.
    converted: Vec<f32>,
}

/// An input that is another at every step.
struct Change {
    port: Port,
    tensor: DynValue,
    /// So many pictures are asked for at once.
    batch: usize,
}

impl Bound {
    /// `stay`: what is the same at every step. `change`: how the other inputs begin; a run writes over their beginning,
    /// and what is behind that stays too.
    pub(crate) fn new(graph: &Graph, stay: &[(&Port, Feed)], change: &[(&Port, Feed)], wanted: &Port) -> Result<Self> {
        let bind = || {
            let mut binding = graph.session.create_binding()?;
            for (port, feed) in stay {
                // On a card this is the one time that it is copied there.
                binding.bind_input(&port.name, &feed.copied(port)?)?;
            }
            let changes = change.iter().map(|(port, feed)| Change::new(port, feed)).collect::<ort::Result<_>>()?;
            // The scheduler computes on the processor. What the first run allocates there is used again by all others.
            let here = MemoryInfo::new(AllocationDevice::CPU, 0, AllocatorType::Device, MemoryType::CPUOutput)?;
            binding.bind_output_to_device(&wanted.name, &here)?;
            Ok(Bound { binding, changes, wanted: wanted.clone(), said: None, converted: Vec::new() })
        };
        bind().map_err(|e: ort::Error| graph::fault(&graph.name, &e))
    }

    /// One step of the graph that this was made for; of a batch every picture gets the same `changed` numbers. The answer
    /// lies where the graph wrote it, and may be changed there.
    pub(crate) fn run(&mut self, graph: &mut Graph, changed: &[(&Port, &[f32])]) -> Result<&mut [f32]> {
        self.step(graph, changed).map_err(|e| graph::fault(&graph.name, &e))?;
        let none = || graph.failed(&format!("its output {} holds no numbers", self.wanted.name));
        let said = self.said.as_mut().ok_or_else(none)?;
        if said.dtype().tensor_type() == Some(TensorElementType::Float32) {
            return said.try_extract_tensor_mut().map(|(_, numbers)| numbers).map_err(|_| none());
        }
        let (_, numbers) = tensors::read(said).ok_or_else(none)?;
        self.converted.clear();
        self.converted.extend_from_slice(&numbers);
        Ok(&mut self.converted)
    }

    fn step(&mut self, graph: &mut Graph, changed: &[(&Port, &[f32])]) -> ort::Result<()> {
        for (port, numbers) in changed {
            for change in self.changes.iter_mut().filter(|c| c.port.name == port.name) {
                tensors::overwrite(&mut change.tensor, change.batch, numbers)?;
                // The processor goes on using this very memory; a card gets a copy.
                self.binding.bind_input(&port.name, &change.tensor)?;
            }
        }
        self.binding.synchronize_inputs()?;
        let mut said = graph.session.run_binding(&self.binding)?;
        self.said = said.remove(&self.wanted.name);
        self.binding.synchronize_outputs()
    }
}

impl Change {
    fn new(port: &Port, feed: &Feed) -> ort::Result<Self> {
        let tensor = feed.copied(port)?;
        let batch = tensor.dtype().tensor_shape().and_then(|shape| shape.first().copied());
        let batch = batch.and_then(|n| usize::try_from(n).ok()).unwrap_or(1);
        Ok(Change { port: port.clone(), tensor, batch })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::inference::packages::Files;
    use crate::inference::settings::Settings;

    fn graph(package: &str) -> Graph {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages").join(package);
        Graph::open(&Files::Folder(folder), "transformer", &Settings { threads: 1, ..Settings::default() }).unwrap()
    }

    fn address(value: &DynValue) -> usize {
        match value.try_extract_tensor::<f32>() {
            Ok((_, numbers)) => numbers.as_ptr().addr(),
            Err(_) => value.try_extract_tensor::<half::f16>().unwrap().1.as_ptr().addr(),
        }
    }

    /// Three steps in place, against three runs that are fed everything anew.
    fn steps_as_runs_do(package: &str) {
        let mut graph = graph(package);
        let port = |name: &str| graph.input(&[name]).unwrap();
        let (hidden, timestep) = (port("hidden_states"), port("timestep"));
        let others = ["encoder_hidden_states", "pooled_projections", "img_ids", "txt_ids", "guidance"].map(port);
        let out = graph.output(&["out_hidden_states"]).unwrap();
        let width = |port: &Port| port.shape.last().copied().unwrap_or(1).max(1) as usize;
        let shape = |port: &Port| match (port.name.as_str(), width(port)) {
            ("encoder_hidden_states", width) => vec![1, 512, width],
            ("pooled_projections", width) => vec![1, width],
            ("img_ids", _) => vec![6, 3],
            ("txt_ids", _) => vec![512, 3],
            _ => vec![1],
        };
        let wave = |count: usize, from: f32| (0..count).map(|i| (i as f32 * 0.37 + from).sin()).collect::<Vec<f32>>();
        let count = |shape: &[usize]| shape.iter().product::<usize>();
        let given: Vec<(Vec<usize>, Vec<f32>)> =
            others.iter().map(shape).map(|shape| (shape.clone(), wave(count(&shape), 1.0))).collect();
        let tokens = [1, 6, width(&hidden)];
        let tail = wave(2 * width(&hidden), 9.0);
        let start = [vec![0.0; 4 * width(&hidden)], tail.clone()].concat();

        let stay: Vec<_> = others.iter().zip(&given).map(|(port, (s, v))| (port, Feed::Numbers(s, v))).collect();
        let change = [(&hidden, Feed::Numbers(&tokens, &start)), (&timestep, Feed::Each(1, 0.0))];
        let mut bound = Bound::new(&graph, &stay, &change, &out).unwrap();
        let mut places = Vec::new();
        for step in 0..3u8 {
            let time = 1.0 - f32::from(step) / 3.0;
            let sample = wave(4 * width(&hidden), f32::from(step));
            let said = bound.run(&mut graph, &[(&hidden, &sample), (&timestep, &[time])]).unwrap().to_vec();
            let whole = [sample, tail.clone()].concat();
            let mut feeds: Vec<_> = others.iter().zip(&given).map(|(p, (s, v))| (p, Feed::Numbers(s, v))).collect();
            feeds.extend([(&hidden, Feed::Numbers(&tokens, &whole)), (&timestep, Feed::Each(1, time))]);
            assert_eq!(said, graph.run(&feeds, &out).unwrap().values, "step {step}");
            let changing = bound.changes.iter().map(|change| address(&change.tensor));
            places.push(changing.chain(bound.said.iter().map(address)).collect::<Vec<_>>());
        }
        assert!(places.iter().all(|p| p.len() == 3 && *p == places[0]), "buffers moved: {places:x?}");
    }

    #[test]
    fn every_step_uses_the_same_buffers_and_says_what_a_run_with_everything_fed_anew_says() {
        steps_as_runs_do("kontext");
        steps_as_runs_do("kontext-half");
    }
}
