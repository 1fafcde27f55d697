//! How exactly a package computes: the coarsest type that matrices and kernels of its graphs are kept in.

use crate::inference::error::Result;

use super::Package;
use super::onnx::{self, BFLOAT16, FLOAT16, is_graph};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Precision {
    Full,
    /// 11 significant bits.
    Half,
    /// 8 significant bits.
    Bfloat16,
}

impl Precision {
    pub(crate) fn of(package: &Package) -> Result<Self> {
        let files = package.files.list()?;
        let mut coarsest = Precision::Full;
        for file in files.into_iter().filter(|file| is_graph(file)) {
            let kinds = onnx::look(&package.files, &file)?.kinds.into_iter().map(|kind| match kind {
                FLOAT16 => Precision::Half,
                BFLOAT16 => Precision::Bfloat16,
                _ => Precision::Full,
            });
            coarsest = kinds.fold(coarsest, Precision::max);
        }
        Ok(coarsest)
    }
}
