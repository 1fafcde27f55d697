//! The fields of the index. No text is stored: an index answers ids, the rows hold the words.

use tantivy::schema::{FAST, Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::TokenizerManager;
use tantivy::{TantivyDocument, Term};

use super::doc::{Doc, Only, Subject};
use super::words::{Words, fold};

/// The parts of an id, as numbers that are read for every hit.
pub(super) const HIGH: &str = "high";
pub(super) const LOW: &str = "low";
pub(super) const ASSET: &str = "asset";

pub(super) const CLIP: &str = "clip";
pub(super) const PICTURE: &str = "picture";
pub(super) const UPLOAD: &str = "upload";
pub(super) const RENDER: &str = "render";
pub(super) const DELETED: &str = "deleted";

#[derive(Clone)]
pub(super) struct Fields {
    schema: Schema,
    key: Field,
    high: Field,
    low: Field,
    asset: Field,
    /// What it is: some of the words above.
    is: Field,
    pub(super) text: Field,
    pub(super) negative: Field,
    pub(super) by: Field,
    pub(super) by_name: Field,
    pub(super) model: Field,
    pub(super) favourite_of: Field,
}

impl Fields {
    pub(super) fn new() -> Self {
        let words = |detail| {
            let indexing = TextFieldIndexing::default().set_tokenizer("words").set_index_option(detail);
            TextOptions::default().set_indexing_options(indexing)
        };
        let mut build = Schema::builder();
        let key = build.add_text_field("key", STRING);
        let [high, low, asset] = [HIGH, LOW, ASSET].map(|name| build.add_u64_field(name, FAST));
        let [is, by, model, favourite_of] =
            ["is", "by", "model", "favourite_of"].map(|name| build.add_text_field(name, STRING));
        let text = build.add_text_field("text", words(IndexRecordOption::WithFreqsAndPositions));
        let [negative, by_name] =
            ["negative", "by_name"].map(|name| build.add_text_field(name, words(IndexRecordOption::Basic)));
        let schema = build.build();
        Fields { schema, key, high, low, asset, is, text, negative, by, by_name, model, favourite_of }
    }

    pub(super) fn schema(&self) -> Schema {
        self.schema.clone()
    }

    pub(super) fn tokenizers() -> TokenizerManager {
        let tokenizers = TokenizerManager::default();
        tokenizers.register("words", Words);
        tokenizers
    }

    /// Finds the document of a subject.
    pub(super) fn key(&self, subject: Subject) -> Term {
        Term::from_field_text(self.key, &subject.to_string())
    }

    pub(super) fn is(&self, what: &str) -> Term {
        Term::from_field_text(self.is, what)
    }

    pub(super) fn only(&self, only: Only) -> Term {
        self.is(match only {
            Only::Renders => RENDER,
            Only::Assets => UPLOAD,
        })
    }

    pub(super) fn document(&self, doc: &Doc) -> TantivyDocument {
        let mut out = TantivyDocument::new();
        let number = doc.subject.number();
        let asset = matches!(doc.subject, Subject::Asset(_));
        out.add_text(self.key, doc.subject.to_string());
        out.add_u64(self.high, (number >> 64) as u64);
        out.add_u64(self.low, number as u64);
        out.add_u64(self.asset, asset.into());
        let kinds: &[&str] = match (asset, doc.clip) {
            (true, _) => &[UPLOAD],
            (false, true) => &[RENDER, CLIP],
            (false, false) => &[RENDER, PICTURE],
        };
        for kind in kinds.iter().chain(doc.deleted.then_some(&DELETED)) {
            out.add_text(self.is, kind);
        }
        // Two values of one field: a phrase never runs from the prompt into the caption.
        for text in [&doc.text, &doc.caption].into_iter().filter(|text| !text.is_empty()) {
            out.add_text(self.text, text);
        }
        out.add_text(self.negative, &doc.negative);
        out.add_text(self.by, doc.by.to_string());
        out.add_text(self.by_name, &doc.by_name);
        out.add_text(self.model, fold(&doc.model));
        for account in &doc.favourite_of {
            out.add_text(self.favourite_of, account.to_string());
        }
        out
    }
}
