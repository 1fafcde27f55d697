//! The files beside a graph that hold its weights, opened into memory: for a runtime that cannot read what is sealed.

use std::collections::BTreeSet;
use std::io::Read;
use std::iter::repeat_n;
use std::path::PathBuf;
use std::sync::Arc;

use crate::inference::error::{Error, Result};

use super::files::Files;
use super::onnx;

/// Each by the name that the graph has for it. A file is read to where it is needed and never copied.
pub(crate) fn weights(files: &Files, graph: &str) -> Result<Vec<(String, Arc<[u8]>)>> {
    let facts = onnx::look(files, graph)?;
    let names: BTreeSet<String> = facts.weights.into_iter().map(|outside| outside.location).collect();
    names.into_iter().map(|name| read(files, &onnx::sibling(graph, &name)).map(|bytes| (name, bytes))).collect()
}

fn read(files: &Files, file: &str) -> Result<Arc<[u8]>> {
    let mut bytes: Arc<[u8]> = repeat_n(0, files.size(file)? as usize).collect();
    let into = Arc::get_mut(&mut bytes).unwrap_or_default();
    files.open(file)?.read_exact(into).map_err(|error| Error::Io { path: PathBuf::from(file), error })?;
    Ok(bytes)
}
