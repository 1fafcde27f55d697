//! Looks into an ONNX file without opening it in a runtime: names, kinds of operators, and where its weights lie.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use crate::inference::error::Result;

use super::files::{Content, Files, malformed};
use super::wire::{Value, Wire, bad};

/// ONNX's numbers of two types of numbers.
pub(super) const FLOAT16: u64 = 10;
pub(super) const BFLOAT16: u64 = 16;

/// Graphs inside graphs inside graphs.
const MOST_DEPTH: u32 = 32;

/// What a graph says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) inputs: Vec<String>,
    pub(crate) outputs: Vec<String>,
    /// Of inputs and outputs that tell one; none for a side of any length.
    pub(crate) shapes: BTreeMap<String, Vec<Option<u64>>>,
    /// The operators it uses and does not define itself.
    pub(crate) operators: BTreeSet<Operator>,
    pub(crate) weights: Vec<Outside>,
    /// ONNX's numbers of the types that matrices and kernels are kept in.
    pub(crate) kinds: BTreeSet<u64>,
    /// Bytes of all numbers that are kept in half precision or bfloat16.
    pub(crate) halves: u64,
    /// Inputs that are given by the file itself are none.
    given: BTreeSet<String>,
}

/// An operator's kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Operator {
    /// The set it is of; empty where it is ONNX's own.
    pub(crate) domain: String,
    pub(crate) name: String,
}

/// Weights in a file of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outside {
    pub(crate) location: String,
    pub(crate) offset: u64,
    pub(crate) length: Option<u64>,
}

impl Facts {
    /// The files that hold weights of the graph which is called `graph`.
    pub(super) fn beside(&self, graph: &str) -> BTreeSet<String> {
        self.weights.iter().map(|outside| sibling(graph, &outside.location)).collect()
    }
}

impl Outside {
    /// Takes one of the pairs that say where weights lie.
    pub(super) fn note(&mut self, (key, value): (String, String)) -> io::Result<()> {
        let number = |text: &str| text.parse().map_err(|_| bad("it places weights at no number"));
        match key.as_str() {
            "location" => self.location = value,
            "offset" => self.offset = number(&value)?,
            "length" => self.length = Some(number(&value)?),
            _ => {}
        }
        Ok(())
    }
}

/// Whether a file is one, by its name.
pub(super) fn is_graph(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|end| end.eq_ignore_ascii_case("onnx"))
}

/// The file of the package that a graph calls `location`.
pub(super) fn sibling(file: &str, location: &str) -> String {
    let location = location.trim_start_matches("./");
    file.rsplit_once('/').map_or_else(|| location.to_owned(), |(folder, _)| format!("{folder}/{location}"))
}

/// What a graph of a package says of itself; fails when the file is not whole or not ONNX.
pub(crate) fn look(files: &Files, file: &str) -> Result<Facts> {
    facts(files.open(file)?).map_err(|e| malformed(file, &e.to_string()))
}

fn facts(content: Box<dyn Content>) -> io::Result<Facts> {
    let mut facts = Facts::default();
    let (mut wire, end) = Wire::open(content)?;
    let (mut graphs, mut defined) = (0, BTreeSet::new());
    wire.message(end, &mut |wire, field, value| match (field, value) {
        (7, Value::Bytes(end)) => {
            graphs += 1;
            graph(wire, end, &mut facts, 0)
        }
        (25, Value::Bytes(end)) => {
            let mut own = Operator::default();
            wire.message(end, &mut |wire, field, value| match (field, value) {
                (1, Value::Bytes(end)) => text(wire, end, &mut own.name),
                (7, Value::Bytes(end)) => node(wire, end, &mut facts, 0),
                (10, Value::Bytes(end)) => text(wire, end, &mut own.domain),
                _ => Ok(()),
            })?;
            defined.insert(own);
            Ok(())
        }
        _ => Ok(()),
    })?;
    facts.operators.retain(|operator| !defined.contains(operator));
    if graphs != 1 {
        return Err(bad("it holds no graph"));
    }
    let given = std::mem::take(&mut facts.given);
    facts.inputs.retain(|i| !given.contains(i));
    Ok(facts)
}

fn graph(wire: &mut Wire, end: u64, facts: &mut Facts, depth: u32) -> io::Result<()> {
    if depth > MOST_DEPTH {
        return Err(bad("its graphs are nested too deeply"));
    }
    wire.message(end, &mut |wire, field, value| match (field, value) {
        (1, Value::Bytes(end)) => node(wire, end, facts, depth),
        (5, Value::Bytes(end)) => {
            let name = tensor(wire, end, facts)?;
            facts.given.insert(name);
            Ok(())
        }
        (11 | 12, Value::Bytes(end)) if depth == 0 => {
            let name = port(wire, end, facts)?;
            if field == 11 {
                facts.inputs.push(name);
            } else {
                facts.outputs.push(name);
            }
            Ok(())
        }
        _ => Ok(()),
    })
}

fn node(wire: &mut Wire, end: u64, facts: &mut Facts, depth: u32) -> io::Result<()> {
    let mut operator = Operator::default();
    wire.message(end, &mut |wire, field, value| match (field, value) {
        (4, Value::Bytes(end)) => text(wire, end, &mut operator.name),
        (7, Value::Bytes(end)) => text(wire, end, &mut operator.domain),
        (5, Value::Bytes(end)) => wire.message(end, &mut |wire, field, value| match (field, value) {
            (5 | 10, Value::Bytes(end)) => tensor(wire, end, facts).map(|_| ()),
            (6 | 11, Value::Bytes(end)) => graph(wire, end, facts, depth + 1),
            _ => Ok(()),
        }),
        _ => Ok(()),
    })?;
    facts.operators.insert(operator);
    Ok(())
}

fn text(wire: &mut Wire, end: u64, into: &mut String) -> io::Result<()> {
    *into = wire.text(end)?;
    Ok(())
}

/// A tensor's name; notes weights that lie outside.
fn tensor(wire: &mut Wire, end: u64, facts: &mut Facts) -> io::Result<String> {
    let (mut name, mut outside) = (String::new(), None::<Outside>);
    let (mut sides, mut kind) = (Vec::new(), None);
    wire.message(end, &mut |wire, field, value| match (field, value) {
        (1, Value::Number(side)) => {
            sides.push(side);
            Ok(())
        }
        (1, Value::Bytes(end)) => {
            while wire.at() < end {
                sides.push(wire.number()?);
            }
            Ok(())
        }
        (2, Value::Number(number)) => {
            kind = Some(number);
            Ok(())
        }
        (8, Value::Bytes(end)) => {
            name = wire.text(end)?;
            Ok(())
        }
        (13, Value::Bytes(end)) => outside.get_or_insert_default().note(wire.pair(end)?),
        _ => Ok(()),
    })?;
    facts.weights.extend(outside);
    if matches!(kind, Some(FLOAT16 | BFLOAT16)) {
        facts.halves = facts.halves.saturating_add(sides.iter().copied().fold(2, u64::saturating_mul));
    }
    facts.kinds.extend(kind.filter(|_| sides.len() > 1));
    Ok(name)
}

/// An input's or output's name; notes its shape.
fn port(wire: &mut Wire, end: u64, facts: &mut Facts) -> io::Result<String> {
    let (mut name, mut shape) = (String::new(), None);
    wire.message(end, &mut |wire, field, value| match (field, value) {
        (1, Value::Bytes(end)) => {
            name = wire.text(end)?;
            Ok(())
        }
        // The type, of which only a tensor's shape is read.
        (2, Value::Bytes(end)) => inner(wire, end, 1, &mut |wire, end| {
            inner(wire, end, 2, &mut |wire, end| {
                let sides = shape.get_or_insert_with(Vec::new);
                inner(wire, end, 1, &mut |wire, end| {
                    sides.push(side(wire, end)?);
                    Ok(())
                })
            })
        }),
        _ => Ok(()),
    })?;
    facts.shapes.extend(shape.map(|sides| (name.clone(), sides)));
    Ok(name)
}

/// Visits the messages that a field of a message holds.
fn inner(
    wire: &mut Wire,
    end: u64,
    wanted: u64,
    visit: &mut dyn FnMut(&mut Wire, u64) -> io::Result<()>,
) -> io::Result<()> {
    wire.message(end, &mut |wire, field, value| match value {
        Value::Bytes(end) if field == wanted => visit(wire, end),
        _ => Ok(()),
    })
}

/// A side's length, where it is fixed.
fn side(wire: &mut Wire, end: u64) -> io::Result<Option<u64>> {
    let mut length = None;
    wire.message(end, &mut |_, field, value| {
        if let (1, Value::Number(number)) = (field, value) {
            length = Some(number).filter(|n| *n > 0);
        }
        Ok(())
    })?;
    Ok(length)
}
