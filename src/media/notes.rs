//! Words inside a PNG: our text chunks are read, added and taken out without touching the pixels.

use super::chunks::{append, begin, chunks};
use super::error::Error;

/// The whole recipe of a render, as JSON.
pub const RECIPE: &str = "studio-recipe";
/// The latents a render was drawn from; see [`super::scene`].
pub const SCENE: &str = "studio-scene";

/// Longer texts are not read: they come from outside.
const MOST_BYTES: usize = 4 << 20;

/// One text chunk of a PNG (`iTXt`, not compressed). Keywords are 1 to 79 plain characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub keyword: String,
    pub text: String,
}

impl Note {
    pub fn new(keyword: &str, text: String) -> Self {
        Note { keyword: keyword.to_owned(), text }
    }
}

/// A copy of `png` that carries `notes`; a note of the same keyword is replaced.
pub fn write(png: &[u8], notes: &[Note]) -> Result<Vec<u8>, Error> {
    let room = notes.iter().map(|note| note.text.len() + 128).sum::<usize>();
    let mut out = begin(png.len() + room);
    let mut whole = false;
    for chunk in chunks(png) {
        let replaced = chunk.kind == *b"iTXt" && notes.iter().any(|note| text_of(chunk.data, &note.keyword).is_some());
        if !replaced {
            out.extend_from_slice(chunk.whole);
        }
        if chunk.kind == *b"IHDR" {
            for note in notes {
                let data = [note.keyword.as_bytes(), &[0; 5], note.text.as_bytes()].concat();
                append(&mut out, *b"iTXt", &data);
            }
        }
        whole |= chunk.kind == *b"IEND";
    }
    if whole { Ok(out) } else { Err(Error::Truncated) }
}

/// The text under `keyword`; none when the file is no PNG, is damaged or does not have it.
pub fn read(png: &[u8], keyword: &str) -> Option<String> {
    let text = chunks(png).filter(|chunk| chunk.kind == *b"iTXt").find_map(|chunk| text_of(chunk.data, keyword))?;
    (text.len() <= MOST_BYTES).then(|| text.to_owned())
}

/// A copy without any text: what somebody downloads who does not want the recipe to travel.
pub fn strip(png: &[u8]) -> Result<Vec<u8>, Error> {
    let mut out = begin(png.len());
    let mut whole = false;
    for chunk in chunks(png) {
        if !matches!(&chunk.kind, b"iTXt" | b"tEXt" | b"zTXt" | b"eXIf" | b"tIME") {
            out.extend_from_slice(chunk.whole);
        }
        whole |= chunk.kind == *b"IEND";
    }
    if whole { Ok(out) } else { Err(Error::Truncated) }
}

/// Of an uncompressed `iTXt`: keyword, 0, no compression 0, method 0, language 0, translated keyword 0, text.
fn text_of<'a>(data: &'a [u8], keyword: &str) -> Option<&'a str> {
    let tail = data.strip_prefix(keyword.as_bytes())?.strip_prefix(&[0, 0, 0])?;
    let mut parts = tail.splitn(3, |byte| *byte == 0);
    let text = parts.nth(2)?;
    std::str::from_utf8(text).ok()
}
