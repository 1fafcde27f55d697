//! `model fuse`: LoRAs become part of the weights of a further model.

use std::path::PathBuf;

use serde::Serialize;

use crate::cli::failure::Failure;
use crate::cli::output;
use crate::inference::{Lora, PackageInfo, Packages, Task};

/// A LoRA as it is typed: `FILE` or `FILE=WEIGHT`.
#[derive(Clone, Debug)]
pub(super) struct Given {
    file: PathBuf,
    weight: f32,
}

pub(super) fn given(text: &str) -> Result<Given, String> {
    let (file, weight) = match text.rsplit_once('=') {
        Some((file, number)) if number.parse::<f32>().is_ok() => (file, number.parse().unwrap_or(1.0)),
        _ => (text, 1.0_f32),
    };
    if weight.is_finite() && (-4.0..=4.0).contains(&weight) {
        return Ok(Given { file: PathBuf::from(file), weight });
    }
    Err(format!("{weight} is no weight for a LoRA; choose -4 to 4 (1 as its makers meant it)"))
}

#[derive(Serialize)]
struct Report<'a> {
    layers: usize,
    #[serde(flatten)]
    model: &'a PackageInfo,
}

/// `loras` with the task that each is for; none for all.
pub(super) fn run(
    packages: &Packages,
    base: &str,
    name: &str,
    loras: Vec<(Vec<Given>, Option<Task>)>,
    json: bool,
) -> Result<(), Failure> {
    let each = |(given, only): (Vec<Given>, Option<Task>)| {
        given.into_iter().map(move |g| Lora { file: g.file, weight: g.weight, only })
    };
    let loras: Vec<Lora> = loras.into_iter().flat_map(each).collect();
    if let Some(lora) = loras.iter().find(|lora| !lora.file.is_file()) {
        let told = format!("There is no file {}; give a LoRA as .safetensors", lora.file.display());
        return Err(Failure::refused("file_missing", told));
    }
    let fused = packages.fuse(base, &loras, name)?;
    if json {
        return output::json(&Report { layers: fused.layers, model: &fused.info });
    }
    output::line(format_args!("{name} is made from {base}: {} layers changed. Try it with:", fused.layers))?;
    output::line(format_args!("  dreamomni2 render --model {name} --prompt \"your words\" -o picture.png"))
}
