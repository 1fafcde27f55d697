//! From what a worker handed in to a render: blobs first, then row, tile and lineage in one transaction.

use std::time::Duration;

use super::render::{MadeWith, RenderKind, RenderRow};
use crate::base::id::{AccountId, JobId, RenderId};
use crate::base::units::{Rate, Size};
use crate::domain::captions::Captioned;
use crate::domain::error::Result;
use crate::domain::files::small;
use crate::domain::recipes::terms::Recipe;
use crate::domain::tile::Tile;
use crate::domain::works::{self, Common, Written};
use crate::media::decode::{Limits, decode};
use crate::media::notes;
use crate::store::{WriteTx, schema};

/// What a worker made of one variation.
pub struct Handed {
    /// PNG for a picture, MP4 for a clip.
    pub file: Vec<u8>,
    /// A clip's first frame as PNG or JPEG; pictures need none.
    pub poster: Option<Vec<u8>>,
    /// A clip's frames without loss, as `media::frames` writes them.
    pub all_frames: Option<Vec<u8>>,
    /// 32-bit floats, little end first.
    pub latents: Option<Vec<u8>>,
    pub width: u32,
    pub height: u32,
    pub frames: Option<u32>,
    pub rate: Option<Rate>,
    pub model: MadeWith,
    pub unknown_words: Vec<String>,
    /// How long it took; the next estimate is made of it.
    pub took: Duration,
}

/// Whose it will be.
pub(crate) struct Origin {
    pub(crate) id: RenderId,
    pub(crate) job: JobId,
    pub(crate) by: AccountId,
    pub(crate) variation: u32,
    pub(crate) recipe: Recipe,
    pub(crate) caption: Option<String>,
}

/// Seals the blobs and drafts the row. Slow: before any transaction.
pub(crate) fn draft(written: &mut Written, origin: Origin, handed: &Handed) -> Result<RenderRow> {
    let kind = if handed.frames.is_some() { RenderKind::Clip } else { RenderKind::Picture };
    let shown = handed.poster.as_deref().unwrap_or(&handed.file);
    let small = small(&decode(shown, &Limits::own())?.0)?;
    // A picture is kept bare; what may travel inside is added when it is sent.
    let bare = match kind {
        RenderKind::Picture => Some(notes::strip(&handed.file)?),
        RenderKind::Clip => None,
    };
    Ok(RenderRow {
        id: origin.id,
        kind,
        job: origin.job,
        variation: origin.variation,
        recipe: origin.recipe,
        frames: handed.frames,
        rate: handed.rate,
        model: handed.model.clone(),
        unknown_words: handed.unknown_words.clone(),
        common: Common {
            by: origin.by,
            size: Size::new(handed.width, handed.height),
            file: written.put(bare.as_deref().unwrap_or(&handed.file))?,
            view: written.put(&small.view)?,
            thumb: written.put(&small.thumb)?,
            blur: small.blur,
            caption: Captioned { text: origin.caption, revision: 0 },
            deleted: None,
        },
        all_frames: handed.all_frames.as_deref().map(|frames| written.put(frames)).transpose()?,
        latents: handed.latents.as_deref().map(|latents| written.put(latents)).transpose()?,
    })
}

pub(crate) fn add(tx: &WriteTx, row: &RenderRow) -> Result<()> {
    works::put(tx, row)?;
    for reference in &row.recipe.references {
        tx.mark(schema::RENDERS_BY_REFERENCE, &Tile::key_of(reference.picture), &row.id)?;
    }
    Ok(())
}
