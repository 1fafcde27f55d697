//! CLIP's and T5's pieces of words, by the package's own tokenizer files.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokenizers::Tokenizer;

use crate::inference::error::{Error, Result};
use crate::inference::packages::Files;

use super::sentencepiece;

pub(crate) struct Subwords {
    tokenizer: Tokenizer,
    start: Option<i64>,
    end: i64,
    pad: i64,
    /// Every prompt becomes so many numbers.
    length: usize,
}

/// A prompt as the model gets it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) ids: Vec<i64>,
    /// 1 for every number that is of the prompt, 0 for padding.
    pub(crate) mask: Vec<i64>,
}

/// What `tokenizer_config.json` and `special_tokens_map.json` say.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    bos_token: Option<Token>,
    eos_token: Option<Token>,
    pad_token: Option<Token>,
    unk_token: Option<Token>,
    model_max_length: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Token {
    Text(String),
    Added { content: String },
}

impl Token {
    fn text(&self) -> &str {
        match self {
            Token::Text(text) | Token::Added { content: text } => text,
        }
    }
}

impl Subwords {
    /// CLIP's, 77 numbers unless the package says otherwise, with a start and an end.
    pub(crate) fn clip(files: &Files, folder: &str) -> Result<Self> {
        Subwords::open(files, folder, true, None)
    }

    /// T5's: no start, and as long as the pipeline wants it.
    pub(crate) fn t5(files: &Files, folder: &str, length: usize) -> Result<Self> {
        Subwords::open(files, folder, false, Some(length))
    }

    fn open(files: &Files, folder: &str, clip: bool, length: Option<usize>) -> Result<Self> {
        let config: Config = optional(files, &format!("{folder}/tokenizer_config.json"))?;
        let special: Config = optional(files, &format!("{folder}/special_tokens_map.json"))?;
        let (usual_end, usual_pad) = if clip { ("<|endoftext|>", "<|endoftext|>") } else { ("</s>", "<pad>") };
        let named = |of: fn(&Config) -> Option<&Token>, usual: &str| {
            of(&config).or_else(|| of(&special)).map_or_else(|| usual.to_owned(), |t| t.text().to_owned())
        };
        let (end, pad) = (named(|c| c.eos_token.as_ref(), usual_end), named(|c| c.pad_token.as_ref(), usual_pad));
        let whole = format!("{folder}/tokenizer.json");
        let pieces = format!("{folder}/spiece.model");
        let parse = |text: String| text.parse::<Tokenizer>().map_err(|e| malformed(&whole, &e.to_string()));
        let mut tokenizer = if files.has(&whole) {
            parse(files.text(&whole)?)?
        } else if clip {
            let pad = config.pad_token.as_ref().or(special.pad_token.as_ref());
            parse(clip_from_parts(files, folder, pad.map(Token::text))?)?
        } else if files.has(&pieces) {
            let unknown = named(|c| c.unk_token.as_ref(), "<unk>");
            let special = [end.clone(), unknown, pad.clone()];
            sentencepiece::tokenizer(&files.read(&pieces)?, &special).map_err(|e| malformed(&pieces, &e))?
        } else {
            return Err(Error::FileMissing { file: format!("{whole} (or spiece.model)") });
        };
        // Lengths are made here, as each family wants them.
        tokenizer.with_padding(None);
        let _ = tokenizer.with_truncation(None);

        let id = |token: &str| {
            let found = tokenizer.token_to_id(token).map(i64::from);
            found.ok_or_else(|| {
                malformed(&whole, &format!("it has no token \"{token}\"; the tokenizer belongs to another model"))
            })
        };
        let start = if clip { Some(id(&named(|c| c.bos_token.as_ref(), "<|startoftext|>"))?) } else { None };
        let (end, pad) = (id(&end)?, id(&pad)?);
        let told = config.model_max_length.filter(|n| (2.0..=8192.0).contains(n)).map(|n| n as usize);
        Ok(Subwords { start, end, pad, length: length.or(told).unwrap_or(77), tokenizer })
    }

    /// The numbers of a prompt: cut and filled to the length that the model wants.
    pub(crate) fn read(&self, prompt: &str) -> Result<Tokens> {
        let failed = |e: tokenizers::Error| Error::BadOrder(format!("the prompt cannot be read by this model: {e}"));
        let encoding = self.tokenizer.encode(prompt, false).map_err(failed)?;
        let room = self.length - 1 - usize::from(self.start.is_some());
        let words = encoding.get_ids().iter().take(room).map(|id| i64::from(*id));
        let mut ids: Vec<i64> = self.start.into_iter().chain(words).chain([self.end]).collect();
        let mut mask = vec![1; ids.len()];
        ids.resize(self.length, self.pad);
        mask.resize(self.length, 0);
        Ok(Tokens { ids, mask })
    }
}

/// The kinds of text encoders that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Clip,
    T5,
}

/// Refuses a tokenizer that gives numbers which its text encoder has no row for.
pub(crate) fn fits(files: &Files, folder: &str, kind: Kind, encoder: &str) -> Result<()> {
    let words = match kind {
        Kind::Clip => Subwords::clip(files, folder)?,
        Kind::T5 => Subwords::t5(files, folder, 2)?,
    };
    let most = words.tokenizer.get_vocab(true).into_values().max().unwrap_or(0);
    room_for(files, folder, most, encoder)
}

/// Refuses a tokenizer in `folder` whose numbers go up to `most` when its network has fewer rows.
pub(crate) fn room_for(files: &Files, folder: &str, most: u32, network: &str) -> Result<()> {
    let file = format!("{network}/config.json");
    let config: EncoderConfig = if files.has(&file) { files.json(&file)? } else { EncoderConfig::default() };
    match config.vocab_size.or(config.text_config.and_then(|c| c.vocab_size)) {
        Some(rows) if u64::from(most) >= rows => {
            let detail = format!(
                "its numbers go up to {most}, but {file} has a vocab_size of {rows}; copy the tokenizer of this model"
            );
            Err(malformed(folder, &detail))
        }
        _ => Ok(()),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EncoderConfig {
    vocab_size: Option<u64>,
    text_config: Option<TextConfig>,
}

#[derive(Deserialize)]
struct TextConfig {
    vocab_size: Option<u64>,
}

/// CLIP's tokenizer from `vocab.json` and `merges.txt`, as transformers builds it.
/// The token for padding is special wherever it stands: SDXL's second tokenizer pads with "!".
fn clip_from_parts(files: &Files, folder: &str, pad: Option<&str>) -> Result<String> {
    let vocab: Map<String, Value> = files.json(&format!("{folder}/vocab.json"))?;
    let merges = files.text(&format!("{folder}/merges.txt"))?;
    let merges: Vec<&str> = merges.lines().filter(|l| !l.starts_with("#version") && !l.trim().is_empty()).collect();
    let special = |token: &str| {
        json!({ "id": vocab.get(token), "content": token, "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true })
    };
    let ends = ["<|startoftext|>", "<|endoftext|>"];
    let tokens = ends.into_iter().chain(pad.filter(|p| !ends.contains(p)));
    let mut added: Vec<Value> = tokens.filter(|t| vocab.contains_key(*t)).map(special).collect();
    // The list has to be in the order of the numbers.
    added.sort_by_key(|token| token.get("id").and_then(Value::as_u64));
    let pattern = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";
    let tokenizer = json!({
        "version": "1.0",
        "added_tokens": added,
        "normalizer": { "type": "Sequence", "normalizers": [
            { "type": "NFC" },
            { "type": "Replace", "pattern": { "Regex": "\\s+" }, "content": " " },
            { "type": "Lowercase" } ] },
        "pre_tokenizer": { "type": "Sequence", "pretokenizers": [
            { "type": "Split", "pattern": { "Regex": pattern }, "behavior": "Removed", "invert": true },
            { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true } ] },
        "model": { "type": "BPE", "dropout": null, "unk_token": "<|endoftext|>", "continuing_subword_prefix": "",
                   "end_of_word_suffix": "</w>", "fuse_unk": false, "byte_fallback": false,
                   "vocab": vocab, "merges": merges },
    });
    Ok(tokenizer.to_string())
}

fn optional(files: &Files, file: &str) -> Result<Config> {
    if files.has(file) { files.json(file) } else { Ok(Config::default()) }
}

fn malformed(file: &str, detail: &str) -> Error {
    Error::FileMalformed { file: file.to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[derive(Deserialize)]
    struct Expected {
        kind: String,
        length: usize,
        pad: i64,
        /// Without padding.
        ids: Vec<Vec<i64>>,
    }

    /// Tokenizers as packages have them, with what transformers makes of the prompts.
    fn folders() -> tempfile::TempDir {
        let file = File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tokenizers.tar.zst")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        tar::Archive::new(zstd::Decoder::new(file).unwrap()).unpack(folder.path()).unwrap();
        folder
    }

    #[test]
    fn every_prompt_becomes_the_numbers_of_the_original() {
        let folder = folders();
        let files = Files::Folder(folder.path().to_owned());
        let prompts: Vec<String> = files.json("prompts.json").unwrap();
        assert_eq!(prompts.len(), 200);
        let mut wrong = Vec::new();
        for name in ["clip-parts", "clip-json", "clip-filled-otherwise", "t5-spiece", "t5-json"] {
            let expected: Expected = files.json(&format!("{name}/expected.json")).unwrap();
            let words = match expected.kind.as_str() {
                "clip" => Subwords::clip(&files, name).unwrap(),
                _ => Subwords::t5(&files, name, expected.length).unwrap(),
            };
            for (prompt, ids) in prompts.iter().zip(expected.ids) {
                let mask: Vec<i64> = (0..expected.length).map(|at| i64::from(at < ids.len())).collect();
                let mut filled = ids;
                filled.resize(expected.length, expected.pad);
                let read = words.read(prompt).unwrap();
                if read != (Tokens { ids: filled.clone(), mask }) {
                    wrong.push(format!("{name}: {prompt:?}\n  {:?}\n  {filled:?}", read.ids));
                }
            }
        }
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    }

    #[test]
    fn a_tokenizer_of_another_model_is_refused() {
        let folder = folders();
        let files = Files::Folder(folder.path().to_owned());
        let fits = |rows: &str| {
            std::fs::write(folder.path().join("config.json"), format!(r#"{{"vocab_size": {rows}}}"#)).unwrap();
            fits(&files, "t5-spiece", Kind::T5, ".").map_err(|e| e.to_string())
        };
        let pieces = Subwords::t5(&files, "t5-spiece", 2).unwrap().tokenizer.get_vocab_size(true);
        assert!(fits(&pieces.to_string()).is_ok() && fits("null").is_ok());
        let told = fits(&(pieces - 1).to_string()).unwrap_err();
        assert!(told.contains("t5-spiece") && told.contains("vocab_size"), "{told}");
    }
}
