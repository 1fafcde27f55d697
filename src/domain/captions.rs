//! Captions and favourites: what people say of a picture, and which ones they like.

use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use crate::base::text::Caption;

/// A caption with the number of times it was changed; a change must name the number it saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captioned {
    pub text: Option<String>,
    pub revision: u64,
}

/// A change to a render or an asset by somebody who looked at it.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// `Some(None)` takes the caption away.
    pub caption: Option<Option<String>>,
    /// The revision that was seen; 0 when nothing is told.
    pub caption_revision: Option<u64>,
    pub favourite: Option<bool>,
}

impl Change {
    /// The new caption, checked; none when there is to be none.
    pub(crate) fn text(&self) -> Result<Option<String>> {
        let text = self.caption.iter().flatten().find(|t| !t.trim().is_empty());
        let text = text.map(|t| Caption::new(t)).transpose()?;
        Ok(text.map(|t| t.as_str().to_owned()))
    }
}

impl Captioned {
    /// Writes over what was seen, and over nothing else.
    pub(crate) fn write(&mut self, text: Option<String>, seen: u64) -> Result<()> {
        if seen != self.revision {
            return Err(Error::Conflict {
                code: "caption_changed",
                sentence: "Somebody changed this caption meanwhile. Look at the new one, then change it again"
                    .to_owned(),
            });
        }
        *self = Captioned { text, revision: self.revision + 1 };
        Ok(())
    }
}
