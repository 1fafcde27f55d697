//! Finds the weights of a network's layers in its ONNX file, and adds to them where they lie.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use half::{bf16, f16};
use ndarray::ArrayView2;

use crate::inference::packages::onnx::Outside;
use crate::inference::packages::wire::{Value, Wire, bad};

use super::names;

/// The weights of one layer.
#[derive(Clone, Debug)]
pub(in super::super) struct Weight {
    /// The layer in the spelling that is compared.
    pub(in super::super) layer: String,
    /// Several layers use the same numbers: changing one would change all.
    pub(in super::super) shared: bool,
    tensor: Tensor,
    /// Kept `[in, out]`, as exporters turn the weights of a plain product.
    turned: bool,
}

#[derive(Clone, Debug, Default)]
struct Tensor {
    dims: Vec<u64>,
    /// ONNX's number of the type.
    kind: u64,
    /// Where in the graph's file, and how many bytes.
    inside: Option<(u64, u64)>,
    outside: Option<Outside>,
}

#[derive(Default)]
struct Node {
    kind: String,
    name: String,
    inputs: Vec<String>,
    output: String,
    /// Of a `Gemm`: its weights are kept `[out, in]`.
    turns: bool,
    /// The modules around it, from the outermost, where the exporter wrote them down.
    scopes: Vec<String>,
}

const FLOAT: u64 = 1;
const FLOAT16: u64 = 10;
const BFLOAT16: u64 = 16;

/// The weights of every layer that can be told by name.
pub(in super::super) fn weights(path: &Path) -> io::Result<Vec<Weight>> {
    let (mut wire, end) = Wire::open(Box::new(File::open(path)?))?;
    let (mut tensors, mut nodes) = (HashMap::new(), Vec::new());
    wire.message(end, &mut |wire, field, value| match (field, value) {
        (7, Value::Bytes(end)) => wire.message(end, &mut |wire, field, value| {
            match (field, value) {
                (1, Value::Bytes(end)) => nodes.push(node(wire, end)?),
                (5, Value::Bytes(end)) => {
                    let (name, tensor) = tensor(wire, end)?;
                    tensors.insert(name, tensor);
                }
                _ => {}
            }
            Ok(())
        }),
        _ => Ok(()),
    })?;
    let makers: HashMap<&str, &Node> = nodes.iter().map(|n| (n.output.as_str(), n)).collect();
    let biases: HashMap<&str, &str> = nodes.iter().filter_map(|n| bias_after(n, &tensors)).collect();
    let mut found: Vec<(&str, Weight)> = Vec::new();
    for node in nodes.iter().filter(|n| matches!(n.kind.as_str(), "MatMul" | "Gemm" | "Conv")) {
        let Some(given) = node.inputs.get(1) else { continue };
        let turner = makers.get(given.as_str()).filter(|maker| maker.kind == "Transpose");
        let name = turner.and_then(|t| t.inputs.first()).unwrap_or(given);
        let Some((name, tensor)) = tensors.get_key_value(name).filter(|(_, t)| t.dims.len() >= 2) else { continue };
        let as_used = node.kind == "Conv" || (node.kind == "Gemm" && node.turns);
        let bias = node.inputs.get(2).map(String::as_str).or_else(|| biases.get(node.output.as_str()).copied());
        let Some(layer) = layer(node, name, bias) else { continue };
        let turned = as_used == turner.is_some();
        if turned && tensor.dims.len() != 2 {
            continue;
        }
        found.push((name, Weight { layer, shared: false, tensor: tensor.clone(), turned }));
    }
    let mut users: HashMap<&str, Vec<String>> = HashMap::new();
    for (name, weight) in &found {
        users.entry(name).or_default().push(weight.layer.clone());
    }
    let shared = |name: &str| users.get(name).is_some_and(|all| all.windows(2).any(|w| w.first() != w.last()));
    Ok(found.into_iter().map(|(name, weight)| Weight { shared: shared(name), ..weight }).collect())
}

/// Whose weights these are: by their own name, the modules written down, the node's path, or the bias beside them.
fn layer(node: &Node, weights: &str, bias: Option<&str>) -> Option<String> {
    let own = weights.strip_suffix(".weight").filter(|_| !weights.contains("::"));
    let scope = node.scopes.iter().rev().nth(1).map(String::as_str).filter(|s| !s.is_empty());
    let path =
        node.name.strip_prefix('/').and_then(|p| p.rsplit_once('/')).map(|(modules, _)| modules.replace('/', "."));
    let path = path.as_deref();
    own.or(scope).or(path).or_else(|| bias?.strip_suffix(".bias")).map(names::of_graph)
}

/// A sum with a bias, as (what is added to, the bias' name).
fn bias_after<'a>(node: &'a Node, tensors: &HashMap<String, Tensor>) -> Option<(&'a str, &'a str)> {
    let [left, right] = node.inputs.as_slice() else { return None };
    let is_bias = |name: &String| name.strip_suffix(".bias").is_some() && tensors.contains_key(name);
    match (node.kind.as_str(), is_bias(left), is_bias(right)) {
        ("Add", true, false) => Some((right, left)),
        ("Add", false, true) => Some((left, right)),
        _ => None,
    }
}

fn node(wire: &mut Wire, end: u64) -> io::Result<Node> {
    let mut node = Node::default();
    wire.message(end, &mut |wire, field, value| {
        match (field, value) {
            (1, Value::Bytes(end)) => node.inputs.push(wire.text(end)?),
            (2, Value::Bytes(end)) if node.output.is_empty() => node.output = wire.text(end)?,
            (3, Value::Bytes(end)) => node.name = wire.text(end)?,
            (4, Value::Bytes(end)) => node.kind = wire.text(end)?,
            (5, Value::Bytes(end)) => {
                let (mut name, mut number) = (String::new(), 0);
                wire.message(end, &mut |wire, field, value| {
                    match (field, value) {
                        (1, Value::Bytes(end)) => name = wire.text(end)?,
                        (3, Value::Number(n)) => number = n,
                        _ => {}
                    }
                    Ok(())
                })?;
                node.turns |= name == "transB" && number == 1;
            }
            (9, Value::Bytes(end)) => {
                let (key, value) = wire.pair(end)?;
                if key == "pkg.torch.onnx.name_scopes" {
                    let inside = value.trim_start_matches('[').trim_end_matches(']');
                    let clean = |scope: &str| scope.trim().trim_matches('\'').to_owned();
                    node.scopes = inside.split(',').map(clean).collect();
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(node)
}

fn tensor(wire: &mut Wire, end: u64) -> io::Result<(String, Tensor)> {
    let (mut name, mut tensor) = (String::new(), Tensor::default());
    wire.message(end, &mut |wire, field, value| {
        match (field, value) {
            (1, Value::Number(dim)) => tensor.dims.push(dim),
            (1, Value::Bytes(end)) => {
                while wire.at() < end {
                    tensor.dims.push(wire.number()?);
                }
            }
            (2, Value::Number(kind)) => tensor.kind = kind,
            // Packed floats lie as raw ones do.
            (4 | 9, Value::Bytes(end)) => tensor.inside = Some((wire.at(), end.saturating_sub(wire.at()))),
            (8, Value::Bytes(end)) => name = wire.text(end)?,
            (13, Value::Bytes(end)) => tensor.outside.get_or_insert_default().note(wire.pair(end)?)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok((name, tensor))
}

impl Weight {
    /// The layer's outputs, and its inputs with a convolution's kernel counted to them.
    pub(in super::super) fn shape(&self) -> (usize, usize) {
        let first = self.tensor.dims.first().copied().unwrap_or(0) as usize;
        let others = self.tensor.dims.iter().skip(1).product::<u64>() as usize;
        if self.turned { (others, first) } else { (first, others) }
    }

    /// The file beside the graph that holds the numbers; none where the graph itself does.
    pub(in super::super) fn beside(&self) -> Option<&str> {
        self.tensor.outside.as_ref().map(|o| o.location.as_str())
    }

    /// Adds `change` (`[out, in]`) to the numbers in `file`.
    pub(in super::super) fn add(&self, file: &Path, change: ArrayView2<f32>) -> io::Result<()> {
        let width = match self.tensor.kind {
            FLOAT => 4,
            FLOAT16 | BFLOAT16 => 2,
            _ => return Err(bad("its weights are quantised or of another type that a LoRA cannot be added to")),
        };
        let (rows, columns) = self.shape();
        let bytes = rows * columns * width;
        let (offset, length) = match (&self.tensor.outside, self.tensor.inside) {
            (Some(outside), _) => (outside.offset, outside.length.unwrap_or(bytes as u64)),
            (None, Some(inside)) => inside,
            (None, None) => return Err(bad("it holds weights in a form that cannot be changed in place")),
        };
        if length != bytes as u64 || change.dim() != (rows, columns) {
            return Err(bad("its weights are not as long as their shape says"));
        }
        let file = OpenOptions::new().read(true).write(true).open(file)?;
        let mut data = vec![0; bytes];
        file.read_exact_at(&mut data, offset)?;
        let change = if self.turned { change.reversed_axes() } else { change };
        let changes = change.iter();
        match self.tensor.kind {
            FLOAT => {
                for (at, by) in data.as_chunks_mut::<4>().0.iter_mut().zip(changes) {
                    *at = (f32::from_le_bytes(*at) + by).to_le_bytes();
                }
            }
            FLOAT16 => {
                for (at, by) in data.as_chunks_mut::<2>().0.iter_mut().zip(changes) {
                    *at = f16::from_f32(f16::from_le_bytes(*at).to_f32() + by).to_le_bytes();
                }
            }
            _ => {
                for (at, by) in data.as_chunks_mut::<2>().0.iter_mut().zip(changes) {
                    *at = bf16::from_f32(bf16::from_le_bytes(*at).to_f32() + by).to_le_bytes();
                }
            }
        }
        file.write_all_at(&data, offset)
    }
}
