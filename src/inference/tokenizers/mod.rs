//! Words to numbers, as each family of models wants them.

pub(crate) mod lexicon;
mod sentencepiece;
pub(crate) mod subwords;
