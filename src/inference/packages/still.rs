//! Takes the dice out of a graph. Older exporters leave in an encoder the noise that is added to its answer; equal orders
//! must give equal pictures, and the originals' most likely answer is the one without it.

use std::io;

use crate::inference::error::Result;

use super::files::{Files, malformed};
use super::wire::{Value, Wire, bad};

/// The operators whose noise has a scale.
const DICE: [&str; 2] = ["RandomNormal", "RandomNormalLike"];

/// The attribute `scale` with the smallest number above zero, as a field of a node: added to any number but zero it is
/// nothing, and ONNX Runtime's own dice end the process where they are told zero.
const NO_SCALE: [u8; 17] = [0x2A, 15, 0x0A, 5, b's', b'c', b'a', b'l', b'e', 0x15, 1, 0, 0, 0, 0xA0, 0x01, 0x01];

/// A graph of a package without its noise; none where it draws none, as nearly all do.
pub(crate) fn without_noise(files: &Files, file: &str) -> Result<Option<Vec<u8>>> {
    let failed = |e: io::Error| malformed(file, &e.to_string());
    let (mut wire, end) = Wire::open(files.open(file)?).map_err(failed)?;
    let Some(found) = dice(&mut wire, end).map_err(failed)? else { return Ok(None) };
    stilled(&files.read(file)?, &found).map(Some).map_err(failed)
}

/// Where the graph of a model lies in its file, and the nodes in it that draw noise.
struct Found {
    graph: Span,
    nodes: Vec<Span>,
}

/// The content of a field, without what says how long it is.
#[derive(Clone, Copy)]
struct Span {
    start: u64,
    end: u64,
}

fn dice(wire: &mut Wire, end: u64) -> io::Result<Option<Found>> {
    let mut found = None;
    wire.message(end, &mut |wire, field, value| {
        let (7, Value::Bytes(end)) = (field, value) else { return Ok(()) };
        let graph = Span { start: wire.at(), end };
        let mut nodes = Vec::new();
        wire.message(end, &mut |wire, field, value| {
            let (1, Value::Bytes(end)) = (field, value) else { return Ok(()) };
            let node = Span { start: wire.at(), end };
            if draws(wire, end)? {
                nodes.push(node);
            }
            Ok(())
        })?;
        found = Some(Found { graph, nodes });
        Ok(())
    })?;
    Ok(found.filter(|found| !found.nodes.is_empty()))
}

/// Whether a node is one of the dice, and has no scale of its own.
fn draws(wire: &mut Wire, end: u64) -> io::Result<bool> {
    let (mut dice, mut scaled) = (false, false);
    wire.message(end, &mut |wire, field, value| {
        match (field, value) {
            (4, Value::Bytes(end)) => dice = DICE.contains(&wire.text(end)?.as_str()),
            (5, Value::Bytes(end)) => wire.message(end, &mut |wire, field, value| {
                if let (1, Value::Bytes(end)) = (field, value) {
                    scaled |= wire.text(end)? == "scale";
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(dice && !scaled)
}

/// The same bytes with that scale for each of the nodes, and the lengths around them put right.
fn stilled(bytes: &[u8], found: &Found) -> io::Result<Vec<u8>> {
    let mut graph = Vec::with_capacity(bytes.len());
    let mut at = found.graph.start;
    for node in &found.nodes {
        let length = node.end - node.start;
        copy(bytes, Span { start: at, end: before(*node)? }, &mut graph)?;
        number(length + NO_SCALE.len() as u64, &mut graph);
        copy(bytes, *node, &mut graph)?;
        graph.extend(NO_SCALE);
        at = node.end;
    }
    copy(bytes, Span { start: at, end: found.graph.end }, &mut graph)?;
    let mut model = Vec::with_capacity(graph.len() + 64);
    copy(bytes, Span { start: 0, end: before(found.graph)? }, &mut model)?;
    number(graph.len() as u64, &mut model);
    model.append(&mut graph);
    copy(bytes, Span { start: found.graph.end, end: bytes.len() as u64 }, &mut model)?;
    Ok(model)
}

/// Where that which says how long a field is begins.
fn before(span: Span) -> io::Result<u64> {
    let mut length = Vec::new();
    number(span.end - span.start, &mut length);
    span.start.checked_sub(length.len() as u64).ok_or_else(|| bad("it is not an ONNX file"))
}

fn copy(bytes: &[u8], span: Span, into: &mut Vec<u8>) -> io::Result<()> {
    let part = bytes.get(span.start as usize..span.end as usize).ok_or_else(|| bad("it is not an ONNX file"))?;
    into.extend_from_slice(part);
    Ok(())
}

/// A number in groups of seven bits, the lowest first.
fn number(mut number: u64, into: &mut Vec<u8>) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}
