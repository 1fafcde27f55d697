//! What a denoising graph says at one step: asked about the words alone, or of two branches between which guidance goes
//! on in the direction of the words.

use crate::inference::bound::Bound;
use crate::inference::error::{Error, Result};
use crate::inference::graph::{Graph, Port};

pub(super) struct Branches {
    /// One for all branches at once, or one for each; what is not wanted comes first.
    pub(super) bounds: Vec<Bound>,
    /// How many branches there are: one or two.
    pub(super) of: usize,
    pub(super) guidance: f32,
    /// Whether a branch also says something of references, behind what it says of the sample.
    pub(super) more: bool,
}

impl Branches {
    /// One step for a sample of `own` numbers; the answer lies where the graph wrote it.
    pub(super) fn ask(&mut self, graph: &mut Graph, own: usize, changed: &[(&Port, &[f32])]) -> Result<&mut [f32]> {
        let each = (self.of / self.bounds.len().max(1)).max(1);
        let mut said = Vec::with_capacity(self.of);
        for bound in &mut self.bounds {
            let all = bound.run(graph, changed)?;
            for branch in all.chunks_exact_mut((all.len() / each).max(1)) {
                said.push(about_sample(branch, own, self.more)?);
            }
        }
        let mut said = said.into_iter();
        match (said.next(), said.next()) {
            (Some(negative), Some(positive)) => {
                for (n, p) in negative.iter_mut().zip(positive) {
                    *n += self.guidance * (*p - *n);
                }
                Ok(negative)
            }
            (Some(only), None) => Ok(only),
            _ => Err(graph.failed("it was asked nothing")),
        }
    }
}

/// The numbers about the sample.
fn about_sample(said: &mut [f32], own: usize, more: bool) -> Result<&mut [f32]> {
    let count = said.len();
    let fits = count == own || (more && count > own);
    said.get_mut(..own).filter(|_| fits).ok_or_else(|| Error::GraphFailed {
        graph: "the denoiser".to_owned(),
        detail: format!("it gave {count} numbers for a sample of {own}"),
    })
}
