//! How much memory a package needs on a processor, which computes in single precision whatever its weights are kept in.

use std::collections::BTreeMap;

use crate::base::units::Size;
use crate::inference::error::Result;

use super::files::{Files, in_rewriter};
use super::onnx::Facts;
use super::receipt::Receipt;

/// The process itself, ONNX Runtime and tokenizers.
const PROGRAM: u64 = 256 << 20;

/// What its weights take when all are loaded that ever are together.
pub(super) fn loaded(files: &Files, graphs: &BTreeMap<String, Facts>) -> Result<u64> {
    let (mut rewriter, mut transformer, mut rest) = (0u64, 0u64, 0u64);
    for (file, facts) in graphs {
        let mut bytes = files.size(file)?.saturating_add(facts.halves);
        for beside in facts.beside(file) {
            bytes = bytes.saturating_add(files.size(&beside)?);
        }
        if in_rewriter(file) {
            rewriter = rewriter.saturating_add(bytes);
        } else if file.starts_with("transformer") {
            // Of the common one and those of single tasks, one is in memory at a time.
            transformer = transformer.max(bytes);
        } else {
            rest = rest.saturating_add(bytes);
        }
    }
    Ok(rewriter.max(transformer.saturating_add(rest)))
}

/// What a worker needs while it draws at this size.
pub(super) fn needed(family: &str, receipt: &Receipt, size: Size) -> u64 {
    let weights = receipt.loaded.unwrap_or(receipt.bytes);
    let work = match family {
        "stable_diffusion" => steps(size),
        // Not measured at published sizes.
        _ => weights / 2,
    };
    weights.saturating_add(work).saturating_add(PROGRAM)
}

/// What Stable Diffusion's steps and decoder take beside the weights: 3.2 GB at 512x512, by random weights of its published
/// widths. Every part of a picture looks at every other one, so it grows with the square of their number.
fn steps(size: Size) -> u64 {
    let share = f64::from(size.width) * f64::from(size.height) / (512.0 * 512.0);
    (3.2e9 * share * share.max(1.0)) as u64
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::super::onnx;
    use super::*;

    fn graphs(of: &[(&str, &str)]) -> u64 {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::Folder(folder.path().to_owned());
        let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages");
        let mut graphs = BTreeMap::new();
        for (package, into) in of {
            fs::create_dir(folder.path().join(into)).unwrap();
            let file = format!("{into}/model.onnx");
            fs::copy(packages.join(package).join("upscaler/model.onnx"), folder.path().join(&file)).unwrap();
            graphs.insert(file.clone(), onnx::look(&files, &file).unwrap());
        }
        loaded(&files, &graphs).unwrap()
    }

    #[test]
    fn half_precision_counts_as_the_floats_that_a_processor_makes_of_it() {
        let (full, half) = (graphs(&[("upscale2", "unet")]), graphs(&[("upscale2-half", "unet")]));
        assert!(full.abs_diff(half) < full / 8, "{full} {half}");
    }

    #[test]
    fn transformers_of_single_tasks_and_a_rewriter_are_not_counted_together() {
        let one = graphs(&[("upscale2", "transformer")]);
        let tasks = [("upscale2", "transformer"), ("upscale2", "transformer_edit"), ("upscale2", "rewriter")];
        assert_eq!(graphs(&tasks), one);
        assert_eq!(graphs(&[("upscale2", "transformer"), ("upscale2", "vae_decoder")]), 2 * one);
    }
}
