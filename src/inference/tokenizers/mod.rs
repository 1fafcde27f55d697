//! Words to numbers, as each family of models wants them.

pub(crate) mod lexicon;
pub(crate) mod qwen;
mod sentencepiece;
pub(crate) mod subwords;
