//! Qwen2's pieces of words, there and back: bytes joined pair by pair, by the model's own tokenizer files.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokenizers::Tokenizer;

use crate::inference::error::{Error, Result};
use crate::inference::packages::Files;

/// How Qwen2 cuts text before it looks for pairs: contractions, words, single digits, signs, line ends, blanks.
const PATTERN: &str =
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

pub(crate) struct Qwen {
    tokenizer: Tokenizer,
    folder: String,
}

/// What `tokenizer_config.json` says of tokens that are no text.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    added_tokens_decoder: BTreeMap<u32, Added>,
}

#[derive(Deserialize)]
struct Added {
    content: String,
    #[serde(default)]
    special: bool,
}

impl Qwen {
    /// From `tokenizer.json`, else from `vocab.json`, `merges.txt` and `tokenizer_config.json`.
    pub(crate) fn open(files: &Files, folder: &str) -> Result<Self> {
        let whole = format!("{folder}/tokenizer.json");
        let text = if files.has(&whole) { files.text(&whole)? } else { from_parts(files, folder)? };
        let mut tokenizer: Tokenizer =
            text.parse().map_err(|e: tokenizers::Error| Error::FileMalformed { file: whole, detail: e.to_string() })?;
        tokenizer.with_padding(None);
        let _ = tokenizer.with_truncation(None);
        Ok(Qwen { tokenizer, folder: folder.to_owned() })
    }

    /// The numbers of a text; signs of the model's own count as such wherever they stand.
    pub(crate) fn read(&self, text: &str) -> Result<Vec<i64>> {
        let failed = |e: tokenizers::Error| Error::BadOrder(format!("the prompt cannot be read by this model: {e}"));
        let encoding = self.tokenizer.encode(text, false).map_err(failed)?;
        Ok(encoding.get_ids().iter().map(|id| i64::from(*id)).collect())
    }

    /// The text of numbers, without the signs of the model's own.
    pub(crate) fn write(&self, ids: &[i64]) -> Result<String> {
        let ids: Vec<u32> = ids.iter().filter_map(|id| u32::try_from(*id).ok()).collect();
        let failed = |e: tokenizers::Error| Error::GraphFailed { graph: self.folder.clone(), detail: e.to_string() };
        self.tokenizer.decode(&ids, true).map_err(failed)
    }

    /// The number of one of the model's own signs.
    pub(crate) fn sign(&self, token: &str) -> Result<i64> {
        let found = self.tokenizer.token_to_id(token).map(i64::from);
        found.ok_or_else(|| Error::FileMalformed {
            file: self.folder.clone(),
            detail: format!("its tokenizer has no token \"{token}\"; it belongs to another model"),
        })
    }

    /// The largest number that it gives.
    pub(crate) fn largest(&self) -> u32 {
        self.tokenizer.get_vocab(true).into_values().max().unwrap_or(0)
    }
}

/// As transformers builds it.
fn from_parts(files: &Files, folder: &str) -> Result<String> {
    let vocab: Map<String, Value> = files.json(&format!("{folder}/vocab.json"))?;
    let merges = files.text(&format!("{folder}/merges.txt"))?;
    let merges: Vec<&str> = merges.lines().filter(|l| !l.starts_with("#version") && !l.trim().is_empty()).collect();
    let told = format!("{folder}/tokenizer_config.json");
    let config: Config = if files.has(&told) { files.json(&told)? } else { Config::default() };
    let added = config.added_tokens_decoder.iter().map(|(id, token)| {
        json!({ "id": id, "content": token.content, "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": token.special })
    });
    let tokenizer = json!({
        "version": "1.0",
        "added_tokens": added.collect::<Vec<_>>(),
        "normalizer": { "type": "NFC" },
        "pre_tokenizer": { "type": "Sequence", "pretokenizers": [
            { "type": "Split", "pattern": { "Regex": PATTERN }, "behavior": "Isolated", "invert": false },
            { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false } ] },
        "decoder": { "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true },
        "model": { "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "",
                   "end_of_word_suffix": "", "fuse_unk": false, "byte_fallback": false,
                   "vocab": vocab, "merges": merges },
    });
    Ok(tokenizer.to_string())
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[derive(Deserialize)]
    struct Expected {
        ids: Vec<Vec<i64>>,
        texts: Vec<String>,
    }

    #[test]
    fn every_prompt_becomes_the_numbers_of_the_original_and_they_its_text() {
        let file = File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tokenizers.tar.zst")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        tar::Archive::new(zstd::Decoder::new(file).unwrap()).unpack(folder.path()).unwrap();
        let files = Files::Folder(folder.path().to_owned());
        let prompts: Vec<String> = files.json("prompts.json").unwrap();
        assert_eq!(prompts.len(), 200);
        let mut wrong = Vec::new();
        for name in ["qwen2-parts", "qwen2-json"] {
            let expected: Expected = files.json(&format!("{name}/expected.json")).unwrap();
            let words = Qwen::open(&files, name).unwrap();
            for ((prompt, ids), text) in prompts.iter().zip(expected.ids).zip(expected.texts) {
                let (read, written) = (words.read(prompt).unwrap(), words.write(&ids).unwrap());
                if read != ids || written != text {
                    wrong.push(format!("{name}: {prompt:?}\n  {read:?}\n  {ids:?}\n  {written:?}\n  {text:?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    }
}
