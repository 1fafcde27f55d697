//! Captions and favourites: what people say of a picture, and which ones they like.

use serde::{Deserialize, Serialize};

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
    pub caption_revision: Option<u64>,
    pub favourite: Option<bool>,
}
