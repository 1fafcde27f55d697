//! A text encoder with its tokenizer: a prompt in, hidden states and a summary out.

use serde::Deserialize;

use crate::inference::error::Result;
use crate::inference::graph::{Feed, Graph, Port};
use crate::inference::latents::Latents;
use crate::inference::names;
use crate::inference::packages::Files;
use crate::inference::settings::Settings;
use crate::inference::tokenizers::subwords::{Subwords, Tokens};

/// So many prompts are remembered: variations and negatives repeat.
const REMEMBERED: usize = 8;

pub(crate) struct TextEncoder {
    words: Subwords,
    files: Files,
    folder: String,
    settings: Settings,
    /// None after it gave its memory back; opened again when it is asked something that it does not remember.
    graph: Option<Graph>,
    ids: Port,
    mask: Option<Port>,
    hidden: Option<Port>,
    pooled: Option<Port>,
    remembered: Vec<(String, Encoded)>,
}

#[derive(Clone, Default)]
pub(crate) struct Encoded {
    /// `[1, length, width]`; empty when the graph gives none.
    pub(crate) hidden: Latents,
    /// `[1, width]`; empty when the graph gives none.
    pub(crate) pooled: Latents,
    /// 1 for every number that is of the prompt, 0 for padding; for transformers that heed it.
    pub(crate) mask: Vec<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Index {
    /// Ours: how long prompts become, where it is not the family's usual.
    max_sequence_length: Option<usize>,
}

/// How many numbers T5 makes of a prompt.
pub(super) fn prompt_length(files: &Files, usual: usize) -> Result<usize> {
    let index: Index = files.json("model_index.json")?;
    Ok(index.max_sequence_length.filter(|n| (1..=4096).contains(n)).unwrap_or(usual))
}

/// Which hidden states a family wants.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    Last,
    /// The one before the last.
    Penultimate,
}

impl TextEncoder {
    pub(crate) fn open(
        files: &Files,
        folder: &str,
        words: Subwords,
        layer: Layer,
        settings: &Settings,
    ) -> Result<Self> {
        let graph = Graph::open(files, folder, settings)?;
        let hidden = match layer {
            Layer::Last => graph.maybe_output(names::TEXT_HIDDEN),
            Layer::Penultimate => graph
                .maybe_output(names::PENULTIMATE)
                .or_else(|| graph.penultimate("hidden_states"))
                .or_else(|| graph.maybe_output(names::TEXT_HIDDEN)),
        };
        Ok(TextEncoder {
            words,
            files: files.clone(),
            folder: folder.to_owned(),
            settings: settings.clone(),
            ids: graph.input(names::IDS)?,
            mask: graph.maybe_input(names::TEXT_MASK),
            hidden,
            pooled: graph.maybe_output(names::POOLED),
            graph: Some(graph),
            remembered: Vec::new(),
        })
    }

    /// Refuses a graph without hidden states.
    pub(crate) fn with_hidden(mut self) -> Result<Self> {
        if let (None, Some(graph)) = (&self.hidden, &self.graph) {
            self.hidden = Some(graph.output(names::TEXT_HIDDEN)?);
        }
        Ok(self)
    }

    /// Refuses a graph without a summary.
    pub(crate) fn with_pooled(mut self) -> Result<Self> {
        if let (None, Some(graph)) = (&self.pooled, &self.graph) {
            self.pooled = Some(graph.output(names::POOLED)?);
        }
        Ok(self)
    }

    pub(crate) fn remembers(&self, prompt: &str) -> bool {
        self.remembered.iter().any(|(known, _)| known == prompt)
    }

    #[cfg(test)]
    pub(super) fn is_open(&self) -> bool {
        self.graph.is_some()
    }

    /// Gives its memory back; what it remembers stays.
    pub(crate) fn let_go(&mut self) {
        self.graph = None;
    }

    pub(crate) fn encode(&mut self, prompt: &str) -> Result<Encoded> {
        if let Some((_, known)) = self.remembered.iter().find(|(p, _)| p == prompt) {
            return Ok(known.clone());
        }
        let Tokens { ids, mask } = self.words.read(prompt)?;
        let mut graph = match self.graph.take() {
            Some(open) => open,
            None => Graph::open(&self.files, &self.folder, &self.settings)?,
        };
        let shape = [1, ids.len()];
        // No mask means that everything counts, padding too: so the originals do.
        let ones = vec![1; ids.len()];
        let mut feeds = vec![(&self.ids, Feed::Ids(&shape, &ids))];
        feeds.extend(self.mask.iter().map(|port| (port, Feed::Ids(&shape, &ones))));
        let wanted: Vec<&Port> = self.hidden.iter().chain(&self.pooled).collect();
        let found = graph.run_for(&feeds, &wanted);
        self.graph = Some(graph);
        let mut found = found?.into_iter();
        let mut next = |port: &Option<Port>| port.as_ref().and_then(|_| found.next()).unwrap_or_default();
        let encoded = Encoded { hidden: next(&self.hidden), pooled: next(&self.pooled), mask };
        if self.remembered.len() >= REMEMBERED {
            self.remembered.remove(0);
        }
        self.remembered.push((prompt.to_owned(), encoded.clone()));
        Ok(encoded)
    }
}
