//! The part that reads and answers: what it has read stays with it as keys and values, so that nothing is read twice.

use crate::inference::error::{Error, Result};
use crate::inference::graph::{Feed, Graph, Kept, Port};
use crate::inference::names;
use crate::inference::packages::Files;
use crate::inference::settings::Settings;

pub(super) struct Decoder {
    graph: Graph,
    embeds: Port,
    places: Port,
    mask: Option<Port>,
    past: Vec<Port>,
    present: Vec<Port>,
    logits: Port,
}

/// What was read so far.
pub(super) struct Memory {
    kept: Vec<Kept>,
    length: usize,
}

impl Decoder {
    pub(super) fn open(files: &Files, folder: &str, settings: &Settings) -> Result<Self> {
        let graph = Graph::open(files, folder, settings)?;
        let ends = [".key", ".value"];
        let past: Vec<Port> = ends.iter().flat_map(|end| graph.numbered_inputs("past_key_values", end)).collect();
        let present: Vec<Port> = ends.iter().flat_map(|end| graph.numbered_outputs("present", end)).collect();
        if past.is_empty() || past.len() != present.len() {
            // Says what there is in place of it.
            graph.input(&["past_key_values.0.key"])?;
            graph.output(&["present.0.key"])?;
        }
        let decoder = Decoder {
            embeds: graph.input(names::EMBEDS)?,
            places: graph.input(names::PLACES)?,
            mask: graph.maybe_input(names::TEXT_MASK),
            logits: graph.output(names::LOGITS)?,
            past,
            present,
            graph,
        };
        let mut fed = vec![&decoder.embeds, &decoder.places];
        fed.extend(decoder.mask.iter().chain(&decoder.past));
        decoder.graph.expect_no_more_than(&fed)?;
        Ok(decoder)
    }

    /// A memory of nothing.
    pub(super) fn begin(&self) -> Result<Memory> {
        let empty = |port: &Port| {
            let side = |axis: usize| port.shape.get(axis).and_then(|n| usize::try_from(*n).ok()).unwrap_or(1);
            self.graph.nothing(port, &[1, side(1), 0, side(3)])
        };
        Ok(Memory { kept: self.past.iter().map(empty).collect::<Result<_>>()?, length: 0 })
    }

    /// Reads on; how likely each number is to come next. `embeds` holds the meaning of each place, one after the other.
    pub(super) fn read(&mut self, memory: &mut Memory, embeds: &[f32], places: &[[i64; 3]]) -> Result<Vec<f32>> {
        let (new, all) = (places.len(), memory.length + places.len());
        let planes: Vec<i64> =
            (0..3).flat_map(|axis| places.iter().filter_map(move |p| p.get(axis))).copied().collect();
        let (shape, planes_shape, mask_shape) = ([1, new, embeds.len() / new.max(1)], [3, 1, new], [1, all]);
        let ones = vec![1; all];
        let mut feeds =
            vec![(&self.embeds, Feed::Numbers(&shape, embeds)), (&self.places, Feed::Ids(&planes_shape, &planes))];
        feeds.extend(self.mask.iter().map(|port| (port, Feed::Ids(&mask_shape, &ones))));
        feeds.extend(self.past.iter().zip(&memory.kept).map(|(port, kept)| (port, Feed::Kept(kept))));
        let (found, kept) = self.graph.run_keeping(&feeds, &[&self.logits], &self.present)?;
        (memory.kept, memory.length) = (kept, all);
        let said = found.into_iter().next().unwrap_or_default();
        // Some exports say it of every place; only the last is asked.
        let words = said.shape.last().copied().unwrap_or(0);
        let begin = said.values.len().saturating_sub(words);
        if words == 0 || !said.all_finite() {
            return Err(Error::NotANumber { stage: "the rewriting".to_owned() });
        }
        Ok(said.values.get(begin..).unwrap_or_default().to_vec())
    }
}
