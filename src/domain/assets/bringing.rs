//! Bringing a picture in: decoded within limits, kept as it came, with thumbnail, view and blur.

use super::asset::{Asset, AssetRow, get};
use crate::base::id::WorkspaceId;
use crate::base::text::Name;
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::captions::Captioned;
use crate::domain::error::Result;
use crate::domain::event::Event;
use crate::domain::files::small;
use crate::domain::works::{self, Common, Written};
use crate::media::decode::{Format, Limits, decode};

/// What a file without a name is called.
const NAMELESS: &str = "Untitled";

/// Refused bytes leave nothing behind. Slow: it decodes.
pub fn bring(act: &Act, workspace: WorkspaceId, name: &str, bytes: &[u8]) -> Result<Asset> {
    act.may(Action::BringAsset, Scope::Work(workspace))?;
    let (picture, facts) = decode(bytes, &Limits::default())?;
    let small = small(&picture)?;
    let room = act.room(workspace)?;
    let mut written = Written::new(act, &room);
    let mime = match facts.format {
        Format::Png => "image/png",
        Format::Jpeg => "image/jpeg",
        Format::Webp => "image/webp",
    };
    let row = AssetRow {
        id: act.id(),
        name: called(name)?,
        mime: mime.to_owned(),
        common: Common {
            by: act.account()?,
            size: picture.size(),
            file: written.put(bytes)?,
            view: written.put(&small.view)?,
            thumb: written.put(&small.thumb)?,
            blur: small.blur,
            caption: Captioned::default(),
            deleted: None,
        },
    };
    let asset = act.change(Action::BringAsset, Scope::Work(workspace), |tx| {
        works::put(tx, &row)?;
        Ok((row.id, Event::AssetBrought { workspace, asset: row.id, bytes: bytes.len() as u64 }))
    })?;
    written.keep();
    get(act, workspace, asset)
}

/// A file name comes from a file system: it is cut and cleaned, not refused.
fn called(name: &str) -> Result<Name> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(Name::MOST).collect();
    Ok(Name::new(&clean).or_else(|_| Name::new(NAMELESS))?)
}
