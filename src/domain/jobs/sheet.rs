//! The sheet of a grid: its cells on one picture, with the values of the axes beside them.

use super::row;
use crate::base::id::{JobId, WorkspaceId};
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::error::{Error, Result};
use crate::domain::files::Media;
use crate::domain::recipes::grid::Grid;
use crate::domain::recipes::terms::Recipe;
use crate::domain::renders::render::RenderRow;
use crate::media::decode::{Limits, decode};
use crate::media::encode;
use crate::media::picture::Picture;
use crate::media::sheet::Sheet;
use crate::store::Reads;
use crate::store::blobs::BlobRef;

/// As far as the cells are made; what is in the bin stays away.
pub fn sheet(act: &Act, workspace: WorkspaceId, job: JobId) -> Result<Media> {
    let (row, thumbs) = act.read(Action::Download, Scope::Work(workspace), |tx| {
        let row = row::found(tx, job)?;
        let mut thumbs: Vec<Option<BlobRef>> = vec![None; row.count() as usize];
        for (cell, render) in &row.renders {
            let made = tx.get::<RenderRow>(render)?.filter(|r| r.common.deleted.is_none());
            if let (Some(thumb), Some(made)) = (thumbs.get_mut(*cell as usize), made) {
                *thumb = Some(made.common.thumb);
            }
        }
        Ok((row, thumbs))
    })?;
    let gridded = row.grid.ok_or(Error::NotFound { what: "grid" })?;
    let room = act.room(workspace)?;
    let picture = |thumb: &Option<BlobRef>| -> Result<Option<Picture>> {
        let Some(thumb) = thumb else { return Ok(None) };
        Ok(Some(decode(&room.blobs.get(thumb.id)?, &Limits::default())?.0))
    };
    let cells = thumbs.iter().map(picture).collect::<Result<Vec<_>>>()?;
    let made = cells.iter().flatten().count();
    let composed = of(&gridded.grid, &row.recipe, cells).compose()?;
    let png = encode::png(&composed, encode::Effort::Quick)?;
    Ok(Media::of_bytes(png, "image/png", format!("{job}-{made}"), format!("sheet-{job}.png")))
}

/// A sheet with the words that belong to a grid.
pub fn of(grid: &Grid, recipe: &Recipe, cells: Vec<Option<Picture>>) -> Sheet {
    let y = grid.y.as_ref();
    let Recipe { size, steps, guidance, seed, model, .. } = recipe;
    Sheet {
        title: recipe.prompt.to_string(),
        note: format!(
            "{model}, {size}, {steps} steps, guidance {guidance}, seed {seed}, where the axes say nothing else"
        ),
        columns: (0..grid.columns()).map(|at| grid.x.label(at)).collect(),
        rows: y.map(|y| (0..grid.rows()).map(|at| y.label(at)).collect()).unwrap_or_default(),
        cells,
    }
}
