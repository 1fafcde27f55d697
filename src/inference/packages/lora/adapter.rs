//! A LoRA file (safetensors): for every layer two thin matrices whose product is added to the layer's weights.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use half::{bf16, f16};
use ndarray::Array2;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

use crate::inference::error::{Error, Result};

/// No LoRA is larger; a whole model is.
const MOST_BYTES: u64 = 8 << 30;

/// How trainers end the names of the two matrices: into the thin middle, and out of it.
const DOWN: [&str; 6] = [
    ".lora_A.weight",
    ".lora_A.default.weight",
    ".lora_down.weight",
    "_lora.down.weight",
    ".lora.down.weight",
    ".lora_linear_layer.down.weight",
];
const UP: [&str; 6] = [
    ".lora_B.weight",
    ".lora_B.default.weight",
    ".lora_up.weight",
    "_lora.up.weight",
    ".lora.up.weight",
    ".lora_linear_layer.up.weight",
];

pub(in super::super) struct Adapter {
    pub(in super::super) layers: Vec<Layer>,
    /// BLAKE3 of the file, in hex.
    pub(in super::super) hash: String,
}

/// What is added to one layer.
pub(in super::super) struct Layer {
    /// As the file spells it.
    pub(in super::super) name: String,
    /// `[rank, in]`; a convolution's kernel is counted to what goes in.
    down: Array2<f32>,
    /// `[out, rank]`.
    up: Array2<f32>,
    scale: f32,
}

impl Layer {
    /// `[out, in]`.
    pub(in super::super) fn change(&self) -> Array2<f32> {
        self.up.dot(&self.down) * self.scale
    }
}

#[derive(Default)]
struct Found {
    down: Option<Array2<f32>>,
    up: Option<Array2<f32>>,
    alpha: Option<f32>,
}

impl Adapter {
    pub(in super::super) fn read(path: &Path) -> Result<Self> {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let unusable = |why: String| Error::Lora { file: name.clone(), why };
        let failed = |error| Error::Io { path: path.to_owned(), error };
        if fs::metadata(path).map_err(failed)?.len() > MOST_BYTES {
            return Err(unusable("is larger than any LoRA; a whole model is imported with `model import`".to_owned()));
        }
        let bytes = fs::read(path).map_err(failed)?;
        let not_ours = |e: safetensors::SafeTensorError| {
            unusable(format!("is no safetensors file ({e}); save the LoRA as .safetensors, never as a pickle"))
        };
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(not_ours)?;
        let notes = Notes::of(header.metadata().as_ref());
        let mut found: BTreeMap<String, Found> = BTreeMap::new();
        for (tensor, view) in SafeTensors::deserialize(&bytes).map_err(not_ours)?.tensors() {
            let ends = |endings: &[&str]| endings.iter().find_map(|e| tensor.strip_suffix(e)).map(settled);
            if let Some(layer) = ends(&DOWN) {
                found.entry(layer).or_default().down = Some(matrix(&view).map_err(|e| unusable(of(&tensor, e)))?);
            } else if let Some(layer) = ends(&UP) {
                found.entry(layer).or_default().up = Some(matrix(&view).map_err(|e| unusable(of(&tensor, e)))?);
            } else if let Some(layer) = ends(&[".alpha"]) {
                let alpha = numbers(&view).map_err(|e| unusable(of(&tensor, e)))?;
                found.entry(layer).or_default().alpha = alpha.first().copied();
            } else {
                let shown: String = tensor.chars().take(120).collect();
                return Err(unusable(format!(
                    "holds \"{shown}\", which is no part of a plain LoRA (DoRA, LoHa, LoKr and changed biases cannot be \
                     fused); save it as a plain LoRA"
                )));
            }
        }
        if notes.dora {
            return Err(unusable("is a DoRA, which cannot be fused; train or save it as a plain LoRA".to_owned()));
        }
        let mut layers = Vec::new();
        for (name, Found { down, up, alpha }) in found {
            let (Some(down), Some(up)) = (down, up) else {
                return Err(unusable(format!("has only one of the two matrices of \"{name}\"; copy it again")));
            };
            let rank = down.nrows();
            if up.ncols() != rank || rank == 0 {
                let why = format!("has two matrices for \"{name}\" that do not fit each other; copy it again");
                return Err(unusable(why));
            }
            let alpha = alpha.or_else(|| notes.alpha(&name)).unwrap_or(rank as f32);
            let spread = if notes.rank_stabilised { (rank as f32).sqrt() } else { rank as f32 };
            layers.push(Layer { name, down, up, scale: alpha / spread });
        }
        if layers.is_empty() {
            return Err(unusable("changes no layer".to_owned()));
        }
        Ok(Adapter { layers, hash: blake3::hash(&bytes).to_hex().to_string() })
    }
}

/// The name without what older files put between a layer and its matrices.
fn settled(layer: &str) -> String {
    // Attention processors leave out that the way out is the first of a sequence.
    if layer.contains(".processor.") && layer.ends_with(".to_out") { format!("{layer}.0") } else { layer.to_owned() }
}

fn of(tensor: &str, why: String) -> String {
    format!("holds \"{}\", which {why}", tensor.chars().take(120).collect::<String>())
}

/// The first dimension against all others.
fn matrix(view: &TensorView) -> Result<Array2<f32>, String> {
    let rows = view.shape().first().copied().unwrap_or(0);
    let columns = view.shape().iter().skip(1).product();
    Array2::from_shape_vec((rows, columns), numbers(view)?).map_err(|e| e.to_string())
}

fn numbers(view: &TensorView) -> Result<Vec<f32>, String> {
    let data = view.data();
    let halves = || data.as_chunks::<2>().0.iter();
    let values: Vec<f32> = match view.dtype() {
        Dtype::F32 => data.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
        Dtype::F16 => halves().map(|b| f16::from_le_bytes(*b).to_f32()).collect(),
        Dtype::BF16 => halves().map(|b| bf16::from_le_bytes(*b).to_f32()).collect(),
        Dtype::F64 => data.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b) as f32).collect(),
        other => return Err(format!("is of the type {other:?}; save it as float32, float16 or bfloat16")),
    };
    if values.iter().all(|v| v.is_finite()) { Ok(values) } else { Err("has a value that is no number".to_owned()) }
}

/// What diffusers' trainers write beside the matrices.
#[derive(Default)]
struct Notes {
    config: Option<Value>,
    dora: bool,
    rank_stabilised: bool,
}

impl Notes {
    fn of(header: Option<&HashMap<String, String>>) -> Self {
        let config = header.and_then(|h| h.get("lora_adapter_metadata")).and_then(|t| serde_json::from_str(t).ok());
        let mut notes = Notes { config, ..Notes::default() };
        (notes.dora, notes.rank_stabilised) = (notes.says("use_dora"), notes.says("use_rslora"));
        notes
    }

    /// The settings of every part, each under the part's name: `unet.lora_alpha`.
    fn entries(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        let all = self.config.as_ref().and_then(Value::as_object).into_iter().flatten();
        all.map(|(key, value)| {
            let (part, setting) = key.rsplit_once('.').unwrap_or(("", key));
            (part, setting, value)
        })
    }

    fn says(&self, what: &str) -> bool {
        self.entries().any(|(_, setting, value)| setting == what && value.as_bool() == Some(true))
    }

    /// The strength a layer was trained with, from its part's settings.
    fn alpha(&self, layer: &str) -> Option<f32> {
        let inside = |part: &str| layer.strip_prefix(part).map(|rest| rest.trim_start_matches('.'));
        let own = self.entries().filter(|(_, setting, _)| *setting == "alpha_pattern").find_map(|(part, _, value)| {
            let layer = inside(part)?;
            let fits = |name: &str| layer == name || layer.strip_suffix(name).is_some_and(|l| l.ends_with('.'));
            value.as_object()?.iter().find(|(name, _)| fits(name)).and_then(|(_, alpha)| alpha.as_f64())
        });
        let usual = || {
            let mut all =
                self.entries().filter(|(part, setting, _)| *setting == "lora_alpha" && inside(part).is_some());
            all.next().and_then(|(_, _, value)| value.as_f64())
        };
        own.or_else(usual).map(|alpha| alpha as f32)
    }
}
