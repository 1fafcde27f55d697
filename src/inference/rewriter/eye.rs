//! The part that looks: one picture's patches in, one feature a square out.

use crate::inference::error::Result;
use crate::inference::graph::{Feed, Graph, Port};
use crate::inference::names;
use crate::inference::packages::Files;
use crate::inference::settings::Settings;

use super::pictures::View;

pub(super) struct Eye {
    graph: Graph,
    pixels: Port,
    grid: Port,
    features: Port,
}

impl Eye {
    pub(super) fn open(files: &Files, folder: &str, settings: &Settings) -> Result<Self> {
        let graph = Graph::open(files, folder, settings)?;
        let eye = Eye {
            pixels: graph.input(names::PIXEL_VALUES)?,
            grid: graph.input(names::GRID)?,
            features: graph.output(names::FEATURES)?,
            graph,
        };
        eye.graph.expect_no_more_than(&[&eye.pixels, &eye.grid])?;
        Ok(eye)
    }

    /// One feature a square, as wide as a word's meaning.
    pub(super) fn look(&mut self, view: &View, width: usize) -> Result<Vec<f32>> {
        let (rows, columns) = view.grid;
        let shape = [rows * columns, view.patches.len() / (rows * columns).max(1)];
        let grid = [1, rows as i64, columns as i64];
        let feeds = [(&self.pixels, Feed::Numbers(&shape, &view.patches)), (&self.grid, Feed::Ids(&[1, 3], &grid))];
        let seen = self.graph.run(&feeds, &self.features)?;
        if seen.values.len() != view.squares.0 * view.squares.1 * width {
            let detail =
                format!("it gave the shape {:?} for {:?} squares of {width} numbers", seen.shape, view.squares);
            return Err(self.graph.failed(&detail));
        }
        Ok(seen.values)
    }
}
