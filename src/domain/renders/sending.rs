//! Sending a render: picture, poster, clip, frames; an original with or without its recipe inside.

use std::io::Write;

use super::render::{RenderKind, RenderRow};
use crate::base::id::{Id, RenderId, WorkspaceId};
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::error::{Error, Result};
use crate::domain::files::{Media, Wanted};
use crate::domain::house::Room;
use crate::domain::works;
use crate::media::frames::Reader;
use crate::media::notes::{self, Note};
use crate::media::scene::Scene;
use crate::store::blobs::BlobReader;

fn found(act: &Act, action: Action, workspace: WorkspaceId, render: RenderId) -> Result<RenderRow> {
    act.read(action, Scope::Work(workspace), |tx| works::found::<RenderRow>(tx, &render))
}

/// What a file of it is called at home: when it was made, and a part of its id.
fn stem(render: RenderId) -> String {
    let (at, id) = (render.made().to_string(), render.to_string());
    let day: String = at.chars().take(10).collect();
    let tail: String = id.chars().skip(id.len().saturating_sub(6)).collect();
    format!("{day}-{tail}")
}

/// The picture, or a clip's poster. `recipe` leaves recipe and scene inside an original PNG.
pub fn picture(act: &Act, workspace: WorkspaceId, render: RenderId, wanted: Wanted, recipe: bool) -> Result<Media> {
    let original = wanted == Wanted::Original;
    let row = found(act, if original { Action::Download } else { Action::SeeWork }, workspace, render)?;
    let (room, stem) = (act.room(workspace)?, stem(render));
    match (wanted, row.kind) {
        (Wanted::Thumb, _) => Media::of(&room, row.common.thumb, "image/jpeg", format!("{stem}-thumb.jpg")),
        (Wanted::View, _) | (Wanted::Original, RenderKind::Clip) => {
            Media::of(&room, row.common.view, "image/jpeg", format!("{stem}.jpg"))
        }
        (Wanted::Original, RenderKind::Picture) if recipe => with_recipe(&room, &row, stem),
        (Wanted::Original, RenderKind::Picture) => {
            Media::of(&room, row.common.file, "image/png", format!("{stem}.png"))
        }
    }
}

fn with_recipe(room: &Room, row: &RenderRow, stem: String) -> Result<Media> {
    let recipe = serde_json::to_string(&row.recipe).map_err(|e| Error::Broken(e.to_string()))?;
    let mut all = vec![Note { keyword: notes::RECIPE.to_owned(), text: recipe }];
    if let Some(latents) = row.latents {
        all.extend(scene(&row.model.hash, &room.blobs.get(latents.id)?).map(|scene| scene.note()));
    }
    let png = notes::write(&room.blobs.get(row.common.file.id)?, &all)?;
    Ok(Media::of_bytes(png, "image/png", format!("{}-recipe", row.common.file.id), format!("{stem}.png")))
}

/// None when the hash is not one of 32 bytes: then the scene could not be told from another model's.
fn scene(hash: &str, latents: &[u8]) -> Option<Scene> {
    let digits = hash.rsplit(':').next()?;
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    let mut package = [0; 32];
    for (place, byte) in package.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    Some(Scene { package, latents: latents.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect() })
}

fn of_clip<T>(row: &RenderRow, part: Option<T>) -> Result<T> {
    match row.kind {
        RenderKind::Picture => Err(Error::NotFound { what: "clip" }),
        RenderKind::Clip => part.ok_or(Error::Gone {
            code: "frames_not_kept",
            sentence: "The single frames of this clip were not kept; make it again to get them".to_owned(),
        }),
    }
}

/// The MP4 of a clip. Playing it is seeing it; the originals are its frames.
pub fn clip(act: &Act, workspace: WorkspaceId, render: RenderId) -> Result<Media> {
    let row = found(act, Action::SeeWork, workspace, render)?;
    let file = of_clip(&row, Some(row.common.file))?;
    Media::of(&*act.room(workspace)?, file, "video/mp4", format!("{}.mp4", stem(render)))
}

/// The frames of a clip as a zip of PNG files.
pub fn frames(act: &Act, workspace: WorkspaceId, render: RenderId) -> Result<Frames> {
    let row = found(act, Action::Download, workspace, render)?;
    let blob = of_clip(&row, row.all_frames)?;
    let (reader, stem) = (Reader::open(act.room(workspace)?.blobs.reader(blob.id)?)?, stem(render));
    Ok(Frames { length: reader.zip_bytes(&stem)?, file_name: format!("{stem}.zip"), stem, reader })
}

/// All frames of a clip, zipped while they are sent.
pub struct Frames {
    reader: Reader<BlobReader>,
    stem: String,
    length: u64,
    file_name: String,
}

impl Frames {
    /// How many bytes will be written.
    pub fn length(&self) -> u64 {
        self.length
    }

    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// Blocks; give it a pipe.
    pub fn send(mut self, to: impl Write) -> Result<()> {
        self.reader.zip(&self.stem, to)?;
        Ok(())
    }
}
