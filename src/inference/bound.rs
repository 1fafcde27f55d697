//! A graph that is asked step by step for one picture: what stays is handed over once, what changes is written over in
//! its place, and what it says comes into one and the same buffer.

use std::sync::Arc;

use ort::memory::{AllocationDevice, AllocatorType, MemoryInfo, MemoryType};
use ort::session::IoBinding;
use ort::value::{DynValue, TensorElementType};

use super::capture::Asked;
use super::error::{Error, Result};
use super::graph::{self, Feed, Graph, Port};
use super::tensors;

pub(crate) struct Bound {
    binding: IoBinding,
    stay: Vec<(String, DynValue)>,
    changes: Vec<Change>,
    wanted: Port,
    /// What the graph said last; its next run writes over it.
    said: Option<DynValue>,
    /// The same in full precision, where the graph computes in another.
    converted: Vec<f32>,
    /// Tells it from others of the same graph.
    mark: Arc<()>,
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
            let stay: Vec<(String, DynValue)> = stay
                .iter()
                .map(|(port, feed)| Ok((port.name.clone(), feed.copied(port)?)))
                .collect::<ort::Result<_>>()?;
            // With captures these have buffers of their own.
            if graph.captures.is_none() {
                for (name, value) in &stay {
                    // On a card this is the one time that it is copied there.
                    binding.bind_input(name, value)?;
                }
            }
            let changes = change.iter().map(|(port, feed)| Change::new(port, feed)).collect::<ort::Result<_>>()?;
            // The scheduler computes on the processor. What the first run allocates there is used again by all others.
            let here = MemoryInfo::new(AllocationDevice::CPU, 0, AllocatorType::Device, MemoryType::CPUOutput)?;
            binding.bind_output_to_device(&wanted.name, &here)?;
            let (wanted, mark) = (wanted.clone(), Arc::new(()));
            Ok(Bound { binding, stay, changes, wanted, said: None, converted: Vec::new(), mark })
        };
        bind().map_err(|e: ort::Error| graph::fault(&graph.name, &e))
    }

    /// One step of the graph that this was made for; of a batch every picture gets the same `changed` numbers. The answer
    /// lies where the graph wrote it, and may be changed there.
    pub(crate) fn run(&mut self, graph: &mut Graph, changed: &[(&Port, &[f32])]) -> Result<&mut [f32]> {
        self.step(graph, changed).map_err(|e| match &graph.captures {
            Some(captures) if captures.spoilt => {
                Error::CaptureFailed { graph: graph.name.clone(), detail: e.message().to_owned() }
            }
            _ => graph::fault(&graph.name, &e),
        })?;
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
            }
        }
        if let Some(captures) = &mut graph.captures {
            let change = self.changes.iter().map(|change| (change.port.name.as_str(), &change.tensor)).collect();
            let asked = Asked { of: &self.mark, stay: &self.stay, change, wanted: &self.wanted.name };
            self.said = Some(captures.step(&mut graph.session, &asked)?);
            return Ok(());
        }
        for change in &self.changes {
            // The processor goes on using this very memory; a card gets a copy.
            self.binding.bind_input(&change.port.name, &change.tensor)?;
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
    use crate::inference::capture::{Captures, Place};
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

    /// What a transformer is asked with for a sample of `own` tokens, of which the last two stay.
    struct Question {
        given: Vec<(Port, Vec<usize>, Vec<f32>)>,
        hidden: Port,
        timestep: Port,
        out: Port,
        tokens: usize,
        tail: Vec<f32>,
    }

    fn wave(count: usize, from: f32) -> Vec<f32> {
        (0..count).map(|i| (i as f32 * 0.37 + from).sin()).collect()
    }

    impl Question {
        fn new(graph: &Graph, own: usize, from: f32) -> Self {
            let port = |name: &str| graph.input(&[name]).unwrap();
            let others = ["encoder_hidden_states", "pooled_projections", "img_ids", "txt_ids", "guidance"].map(port);
            let width = |port: &Port| port.shape.last().copied().unwrap_or(1).max(1) as usize;
            let shape = |port: &Port| match (port.name.as_str(), width(port)) {
                ("encoder_hidden_states", width) => vec![1, 512, width],
                ("pooled_projections", width) => vec![1, width],
                ("img_ids", _) => vec![own + 2, 3],
                ("txt_ids", _) => vec![512, 3],
                _ => vec![1],
            };
            let given = others.map(|port| {
                let shape = shape(&port);
                let values = wave(shape.iter().product(), from);
                (port, shape, values)
            });
            let hidden = port("hidden_states");
            let tail = wave(2 * width(&hidden), 9.0 * from);
            let (timestep, out) = (port("timestep"), graph.output(&["out_hidden_states"]).unwrap());
            Question { given: given.into(), hidden, timestep, out, tokens: own, tail }
        }

        fn stay(&self) -> Vec<(&Port, Feed<'_>)> {
            self.given.iter().map(|(port, shape, values)| (port, Feed::Numbers(shape, values))).collect()
        }

        fn shape(&self) -> [usize; 3] {
            [1, self.tokens + 2, self.tail.len() / 2]
        }

        fn sample(&self, step: u8) -> Vec<f32> {
            wave(self.tokens * self.tail.len() / 2, f32::from(step))
        }

        fn bound(&self, graph: &Graph) -> Bound {
            let (start, shape) = ([vec![0.0; self.sample(0).len()], self.tail.clone()].concat(), self.shape());
            let change = [(&self.hidden, Feed::Numbers(&shape, &start)), (&self.timestep, Feed::Each(1, 0.0))];
            Bound::new(graph, &self.stay(), &change, &self.out).unwrap()
        }

        fn asked(&self, bound: &mut Bound, graph: &mut Graph, step: u8) -> Vec<f32> {
            let time = [1.0 - f32::from(step) / 8.0];
            bound.run(graph, &[(&self.hidden, &self.sample(step)), (&self.timestep, &time)]).unwrap().to_vec()
        }

        /// The same, with everything fed anew.
        fn asked_anew(&self, graph: &mut Graph, step: u8) -> Vec<f32> {
            let (whole, shape) = ([self.sample(step), self.tail.clone()].concat(), self.shape());
            let mut feeds = self.stay();
            feeds.extend([
                (&self.hidden, Feed::Numbers(&shape, &whole)),
                (&self.timestep, Feed::Each(1, 1.0 - f32::from(step) / 8.0)),
            ]);
            graph.run(&feeds, &self.out).unwrap().values
        }
    }

    /// Three steps in place, against three runs that are fed everything anew.
    fn steps_as_runs_do(package: &str) {
        let mut graph = graph(package);
        let question = Question::new(&graph, 4, 1.0);
        let mut bound = question.bound(&graph);
        let mut places = Vec::new();
        for step in 0..3 {
            let said = question.asked(&mut bound, &mut graph, step);
            assert_eq!(said, question.asked_anew(&mut graph, step), "step {step}");
            let changing = bound.changes.iter().map(|change| address(&change.tensor));
            places.push(changing.chain(bound.said.iter().map(address)).collect::<Vec<_>>());
        }
        assert!(places.iter().all(|p| p.len() == 3 && *p == places[0]), "buffers moved: {places:x?}");
    }

    /// Pictures one after the other, of two sizes, and two in turn, all from the buffers that captures are made from.
    fn buffers_of_captures_say_as_runs_do(package: &str) {
        let (mut plain, mut graph) = (self::graph(package), self::graph(package));
        graph.captures = Some(Captures::new(Place::Processor).unwrap());
        for (own, from) in [(4, 1.0), (4, 2.0), (7, 3.0), (4, 4.0)] {
            let question = Question::new(&graph, own, from);
            let mut bound = question.bound(&graph);
            for step in 0..6 {
                let said = question.asked(&mut bound, &mut graph, step);
                assert_eq!(said, question.asked_anew(&mut plain, step), "{own} tokens, from {from}, step {step}");
            }
        }
        let questions = [Question::new(&graph, 5, 5.0), Question::new(&graph, 5, 6.0)];
        let mut bounds = questions.each_ref().map(|question| question.bound(&graph));
        for step in 0..6 {
            for (question, bound) in questions.iter().zip(&mut bounds) {
                let said = question.asked(bound, &mut graph, step);
                assert_eq!(said, question.asked_anew(&mut plain, step), "in turn, step {step}");
            }
        }
        assert!(graph.captures.is_some_and(|captures| !captures.differed && !captures.spoilt));
    }

    #[test]
    fn every_step_uses_the_same_buffers_and_says_what_a_run_with_everything_fed_anew_says() {
        steps_as_runs_do("kontext");
        steps_as_runs_do("kontext-half");
    }

    #[test]
    fn buffers_that_captures_are_made_from_hold_what_was_asked_whatever_was_asked_before() {
        buffers_of_captures_say_as_runs_do("kontext");
        buffers_of_captures_say_as_runs_do("kontext-half");
    }
}
