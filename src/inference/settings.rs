//! How the engine is opened.

use std::path::PathBuf;

use super::device::Wish;

/// Nothing here changes a picture but the library, the device and `threads`.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// Where the embedded library is unpacked (made with mode 0700); none for a memory file.
    pub cache: Option<PathBuf>,
    /// Another ONNX Runtime than the embedded one: the file of its library.
    pub library: Option<PathBuf>,
    /// Threads for one operator; 0 for one per core.
    pub threads: usize,
    /// What to compute on.
    #[serde(default)]
    pub device: Wish,
    /// Does without CUDA graphs on a card that could have them.
    #[serde(default)]
    pub no_captures: bool,
}
