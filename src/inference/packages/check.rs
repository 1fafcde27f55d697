//! Whether a copied package is whole, harmless, and one that a pipeline here can use.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use crate::inference::error::{Error, Result};
use crate::inference::names::{self, Expected};
use crate::inference::schedulers::{self, Config};
use crate::inference::tokenizers::qwen::Qwen;
use crate::inference::tokenizers::subwords::{self, Kind};

use super::files::{Files, REWRITER};
use super::info;
use super::manifest::{self, Manifest};
use super::onnx::{self, Facts, Operator, is_graph};
use super::receipt::Receipt;
use super::seal;
use super::source::{PICKLE, PROGRAM, WEIGHTS, unsafe_file};
use super::upscaler;

/// The operators that the runtime brings itself, a set a line; tests/oracle/operators.py writes it.
const OPERATORS: &str = include_str!("operators.txt");

/// What its graphs say of themselves.
pub(super) fn all(files: &Files, manifest: &Manifest, receipt: &Receipt) -> Result<BTreeMap<String, Facts>> {
    promised(manifest, receipt)?;
    let info = info::of("package", files, manifest)?;
    let graphs = graphs(files, receipt)?;
    harmless(files, receipt, &graphs)?;
    if graphs.is_empty()
        && let Some(file) = receipt.files.keys().find(|file| file.ends_with(".safetensors"))
    {
        return Err(unsafe_file(file, WEIGHTS));
    }
    for expected in names::expected(&info.family) {
        fits(expected, &graphs)?;
    }
    if let Some(graph) = graphs.get("upscaler/model.onnx").filter(|_| info.family == "upscaler") {
        upscaler::fits(files, graph)?;
    }
    if info.rewrites {
        for expected in &names::REWRITER {
            fits(expected, &graphs)?;
        }
        rewriter(files)?;
    }
    for (folder, kind, encoder) in readers(&info.family) {
        if ["tokenizer.json", "vocab.json", "spiece.model"].iter().any(|f| files.has(&format!("{folder}/{f}"))) {
            subwords::fits(files, folder, *kind, encoder)?;
        } else if graphs.contains_key(&format!("{encoder}/model.onnx")) {
            return Err(Error::FileMissing { file: format!("{folder}/tokenizer.json") });
        }
    }
    if !matches!(info.family.as_str(), "scene" | "upscaler") {
        schedulers::expect_usable(&Config::read(files.json(Config::FILE)?)?)?;
    }
    if info.family == "scene" && !files.has("tokenizer/lexicon.json") {
        return Err(Error::FileMissing { file: "tokenizer/lexicon.json".to_owned() });
    }
    Ok(graphs)
}

/// Which tokenizer reads for which text encoder.
fn readers(family: &str) -> &'static [(&'static str, Kind, &'static str)] {
    const CLIP: (&str, Kind, &str) = ("tokenizer", Kind::Clip, "text_encoder");
    match family {
        "scene" | "upscaler" => &[],
        "stable_diffusion" => &[CLIP],
        "stable_diffusion_xl" => &[CLIP, ("tokenizer_2", Kind::Clip, "text_encoder_2")],
        "ltx_video" => &[("tokenizer", Kind::T5, "text_encoder")],
        _ => &[CLIP, ("tokenizer_2", Kind::T5, "text_encoder_2")],
    }
}

/// The rewriter's tokenizer gives no number for which its decoder has no row.
fn rewriter(files: &Files) -> Result<()> {
    let file = format!("{REWRITER}/preprocessor_config.json");
    if !files.has(&file) {
        return Err(Error::FileMissing { file });
    }
    subwords::room_for(files, REWRITER, Qwen::open(files, REWRITER)?.largest(), REWRITER)
}

/// The manifest's own hashes hold.
fn promised(manifest: &Manifest, receipt: &Receipt) -> Result<()> {
    for (file, expected) in &manifest.files {
        match receipt.files.get(file) {
            Some(found) if found.eq_ignore_ascii_case(expected) || file == manifest::FILE => {}
            Some(found) => {
                return Err(Error::HashDiffers {
                    file: file.clone(),
                    expected: expected.clone(),
                    found: found.clone(),
                });
            }
            None => return Err(Error::FileMissing { file: file.clone() }),
        }
    }
    Ok(())
}

fn graphs(files: &Files, receipt: &Receipt) -> Result<BTreeMap<String, Facts>> {
    let mut graphs = BTreeMap::new();
    for file in receipt.files.keys().filter(|f| is_graph(f)) {
        let facts = onnx::look(files, file)?;
        if let Some(unknown) = facts.operators.iter().find(|operator| !is_known(operator)) {
            let found = format!("{} {}", unknown.domain, unknown.name);
            return Err(Error::Unsupported {
                what: "the operator",
                found: found.trim().chars().take(100).collect(),
                supported: "ONNX's own, those of com.microsoft, and what a graph itself defines".to_owned(),
            });
        }
        weights(files, file, &facts)?;
        graphs.insert(file.clone(), facts);
    }
    Ok(graphs)
}

fn is_known(operator: &Operator) -> bool {
    let domain = if operator.domain.is_empty() { "ai.onnx" } else { &operator.domain };
    let mut sets = OPERATORS.lines().filter_map(|line| line.split_once(' '));
    sets.any(|(set, names)| set == domain && names.split(' ').any(|name| name == operator.name))
}

/// Weights outside the graph lie beside it, whole.
fn weights(files: &Files, file: &str, facts: &Facts) -> Result<()> {
    let mut sizes = BTreeMap::new();
    for outside in &facts.weights {
        if !inside(&outside.location) {
            return Err(unsafe_file(
                file,
                &format!("takes its weights from \"{}\", outside the package", outside.location),
            ));
        }
        let beside = onnx::sibling(file, &outside.location);
        if !files.has(&beside) {
            return Err(Error::FileMissing { file: beside });
        }
        if files.are_sealed() && !seal::covers(&beside) {
            let why =
                "holds weights and is called as files are that stay open; export them into one that ends in .data";
            return Err(unsafe_file(&beside, why));
        }
        let end = outside.offset.checked_add(outside.length.unwrap_or(0));
        let size = match sizes.entry(&outside.location) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(files.size(&beside)?),
        };
        if end.is_none_or(|end| end > size) {
            let detail = "it is shorter than its graph says; it was copied only in part".to_owned();
            return Err(Error::FileMalformed { file: beside, detail });
        }
    }
    Ok(())
}

fn inside(location: &str) -> bool {
    let mut parts = Path::new(location).components().peekable();
    parts.peek().is_some() && parts.all(|p| matches!(p, Component::Normal(_) | Component::CurDir))
}

/// No program or pickle under another name; raw weights may look like anything.
fn harmless(files: &Files, receipt: &Receipt, graphs: &BTreeMap<String, Facts>) -> Result<()> {
    let raw: BTreeSet<String> = graphs.iter().flat_map(|(file, facts)| facts.beside(file)).collect();
    for file in receipt.files.keys().filter(|f| !raw.contains(*f) && !is_graph(f)) {
        let mut head = [0; 8];
        let failed = |error| Error::Io { path: PathBuf::from(file), error };
        let read = files.open(file)?.read(&mut head).map_err(failed)?;
        let head = head.get(..read).unwrap_or_default();
        if head.starts_with(b"\x7fELF") || head.starts_with(b"MZ") || head.starts_with(b"#!") {
            return Err(unsafe_file(file, PROGRAM));
        }
        // PyTorch's own files are zip archives with a pickle inside.
        if head.starts_with(b"PK\x03\x04") || matches!(head, [0x80, 2..=5, ..]) {
            return Err(unsafe_file(file, PICKLE));
        }
    }
    Ok(())
}

/// Every graph that the family needs is there and has the names it needs.
fn fits(expected: &Expected, graphs: &BTreeMap<String, Facts>) -> Result<()> {
    let file = format!("{}/model.onnx", expected.folder);
    let Some(facts) = graphs.get(&file) else {
        return if expected.needed { Err(Error::FileMissing { file }) } else { Ok(()) };
    };
    let differs = |what: &str, spellings: &[&str], found: &[String]| Error::GraphDiffers {
        graph: expected.folder.to_owned(),
        expected: format!("{what} {}", spellings.join(" or ")),
        found: found.join(", "),
    };
    for spellings in expected.inputs {
        if !spellings.iter().any(|s| facts.inputs.iter().any(|i| i == s)) {
            return Err(differs("input", spellings, &facts.inputs));
        }
    }
    for spellings in expected.outputs {
        // A single output may be called anything.
        if facts.outputs.len() != 1 && !spellings.iter().any(|s| facts.outputs.iter().any(|o| o == s)) {
            return Err(differs("output", spellings, &facts.outputs));
        }
    }
    Ok(())
}
