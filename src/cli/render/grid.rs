//! `render --grid-x … --grid-y …`: the axes as they are typed, and the sheet of what came out.

use std::path::Path;

use crate::cli::failure::Failure;
use crate::domain::jobs::sheet;
use crate::domain::recipes::{Axis, Field, Grid, Recipe};
use crate::media::encode::{self, Effort};
use crate::media::picture::Picture;

use super::target::Draft;

/// None where no axis was asked for.
pub(super) fn read(x: Option<&str>, y: Option<&str>) -> Result<Option<Grid>, Failure> {
    match (x, y) {
        (None, None) => Ok(None),
        (None, Some(_)) => {
            Err(Failure::refused("grid_malformed", "--grid-y needs --grid-x; with one axis, name it --grid-x."))
        }
        (Some(x), y) => Ok(Some(Grid { x: axis(x)?, y: y.map(axis).transpose()? })),
    }
}

/// `steps=4,8,12`; values that hold a comma are told apart by `|` instead.
fn axis(text: &str) -> Result<Axis, Failure> {
    let words = || Field::ALL.map(Field::word).join(", ");
    let bad = |told: String| Failure::refused("grid_malformed", told);
    let (name, values) = text
        .split_once('=')
        .ok_or_else(|| bad(format!("\"{text}\" is no axis; write FIELD=VALUE,VALUE… with a field of {}.", words())))?;
    let field = Field::ALL.into_iter().find(|field| field.word() == name.trim());
    let field =
        field.ok_or_else(|| bad(format!("A grid cannot walk through \"{name}\"; it can through {}.", words())))?;
    let apart = if values.contains('|') { '|' } else { ',' };
    Ok(Axis { field, values: values.split(apart).map(|value| value.trim().to_owned()).collect() })
}

/// Lays the sheet beside the cells.
pub(super) fn lay(
    grid: &Grid,
    first: &Recipe,
    cells: Vec<Option<Picture>>,
    folder: &Path,
    draft: &mut Draft,
) -> Result<(), Failure> {
    let composed = sheet::of(grid, first, cells).compose()?;
    draft.write(&folder.join("sheet.png"), &encode::png(&composed, Effort::Small)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_is_a_field_and_its_values() {
        let grid = read(Some("seed=1, 2,3"), Some("prompt=red boat|blue, old boat")).unwrap().unwrap();
        assert_eq!((grid.x.field, grid.x.values.len(), grid.count()), (Field::Seed, 3, 6));
        assert_eq!(grid.y.unwrap().values[1], "blue, old boat");
        assert!(read(None, Some("seed=1")).is_err() && read(Some("seed"), None).is_err());
        assert!(read(Some("colour=red"), None).is_err() && read(None, None).unwrap().is_none());
    }
}
