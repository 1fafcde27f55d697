//! A grid on the wire: its axes as they are ordered, and with what is made of it so far.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::RenderId;
use crate::domain::recipes::{Axis, Field, Grid};

/// One side of a grid. Values are written as on the page: `7`, `2.5`, `640x360`, a word; of a prompt's axis the first
/// is looked for in the prompt and the others take its place.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Axis)]
pub struct AxisView {
    field: Field,
    values: Vec<String>,
}

impl From<AxisView> for Axis {
    fn from(a: AxisView) -> Self {
        Axis { field: a.field, values: a.values }
    }
}

impl From<Axis> for AxisView {
    fn from(a: Axis) -> Self {
        AxisView { field: a.field, values: a.values }
    }
}

/// At most 64 cells, each a recipe of its own; counted row by row.
#[derive(Clone, Deserialize, ToSchema)]
pub struct GridBody {
    x: AxisView,
    y: Option<AxisView>,
}

impl From<GridBody> for Grid {
    fn from(g: GridBody) -> Self {
        Grid { x: g.x.into(), y: g.y.map(Axis::from) }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Grid)]
pub struct GridView {
    x: AxisView,
    y: Option<AxisView>,
    /// What is made so far, row by row.
    cells: Vec<Option<RenderId>>,
}

impl GridView {
    pub(super) fn of(grid: Grid, cells: Vec<Option<RenderId>>) -> Self {
        GridView { x: grid.x.into(), y: grid.y.map(AxisView::from), cells }
    }
}
