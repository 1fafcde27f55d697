//! A graph that comes alone: exporters of upscalers write one file and no package, so the package is made around it.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::inference::error::{Error, Result};

use super::files::Files;
use super::manifest;
use super::onnx::{self, is_graph};
use super::seal;
use super::upscaler::GRAPH;

/// What is written around it.
pub(super) const MADE: [&str; 2] = ["model_index.json", "upscaler/config.json"];

/// Has a graph enlarge something small and answers by how much. It takes an engine, so whoever has one brings it.
pub type Measure<'a> = dyn Fn(&Path) -> Result<u32> + 'a;

/// Whether files at the top, by their names, are those of a graph that comes alone.
pub(super) fn is_lone<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    let mut graphs = 0;
    let known = names.all(|name| {
        graphs += u32::from(is_graph(name));
        name != "model_index.json"
    });
    known && graphs == 1
}

/// Moves the graph and what lies beside it into a folder of its own, as packages have it, and writes down its scale.
pub(super) fn wrap(files: &Files, root: &Path, measure: &Measure) -> Result<()> {
    let failed = |path: &Path, error| Error::Io { path: path.to_owned(), error };
    let mut names = entries(root);
    names.retain(|name| ![manifest::FILE, seal::FILE].contains(&name.as_str()) && root.join(name).is_file());
    let folder = root.join(GRAPH);
    fs::create_dir(&folder).map_err(|e| failed(&folder, e))?;
    for name in &names {
        let to = folder.join(if is_graph(name) { "model.onnx" } else { name.as_str() });
        fs::rename(root.join(name), &to).map_err(|e| failed(&to, e))?;
    }
    let write = |file: &str, value: serde_json::Value| {
        let path = root.join(file);
        fs::write(&path, format!("{value}\n")).map_err(|e| failed(&path, e))
    };
    let [index, config] = MADE;
    write(index, json!({ "_class_name": "ImageUpscaler" }))?;
    if folder.join("config.json").is_file() {
        return Ok(());
    }
    let scale = match told(files)? {
        Some(scale) => scale,
        None => measure(root)?,
    };
    write(config, json!({ "scale": scale }))
}

/// The names of what lies at the top.
pub(super) fn entries(root: &Path) -> Vec<String> {
    let all = fs::read_dir(root).into_iter().flatten().flatten();
    all.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// The scale, where the graph tells the sides of what goes in and what comes out.
fn told(files: &Files) -> Result<Option<u32>> {
    let file = format!("{GRAPH}/model.onnx");
    let facts = onnx::look(files, &file)?;
    let width = |names: &[String]| facts.shapes.get(names.first()?)?.last().copied().flatten();
    let sides = width(&facts.inputs).zip(width(&facts.outputs));
    Ok(sides.and_then(|(small, large)| u32::try_from(large.checked_div(small)?).ok()))
}

/// Where nobody has an engine to measure with.
pub(super) fn unmeasured(_: &Path) -> Result<u32> {
    Err(Error::GraphDiffers {
        graph: GRAPH.to_owned(),
        expected: "a config.json beside it that tells its scale, like {\"scale\": 4}".to_owned(),
        found: "a graph of any size without one".to_owned(),
    })
}
