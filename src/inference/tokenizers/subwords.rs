//! CLIP's and T5's pieces of words, by the package's own tokenizer files.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokenizers::Tokenizer;

use crate::inference::error::{Error, Result};
use crate::inference::packages::Files;

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
        let whole = format!("{folder}/tokenizer.json");
        let text = if files.has(&whole) {
            files.text(&whole)?
        } else if clip {
            let pad = config.pad_token.as_ref().or(special.pad_token.as_ref());
            clip_from_parts(files, folder, pad.map(Token::text))?
        } else {
            return Err(Error::FileMissing { file: whole });
        };
        let mut tokenizer: Tokenizer =
            text.parse().map_err(|e: tokenizers::Error| malformed(&whole, &e.to_string()))?;
        // Lengths are made here, as each family wants them.
        tokenizer.with_padding(None);
        let _ = tokenizer.with_truncation(None);

        let named = |of: fn(&Config) -> Option<&Token>, usual: &str| {
            of(&config).or_else(|| of(&special)).map_or_else(|| usual.to_owned(), |t| t.text().to_owned())
        };
        let id = |token: &str| {
            let found = tokenizer.token_to_id(token).map(i64::from);
            found.ok_or_else(|| {
                malformed(&whole, &format!("it has no token \"{token}\"; the tokenizer belongs to another model"))
            })
        };
        let (usual_end, usual_pad) = if clip { ("<|endoftext|>", "<|endoftext|>") } else { ("</s>", "<pad>") };
        let start = if clip { Some(id(&named(|c| c.bos_token.as_ref(), "<|startoftext|>"))?) } else { None };
        let end = id(&named(|c| c.eos_token.as_ref(), usual_end))?;
        let pad = id(&named(|c| c.pad_token.as_ref(), usual_pad))?;
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
