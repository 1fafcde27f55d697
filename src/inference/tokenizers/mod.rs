//! Words to numbers, as each family of models wants them.

pub(crate) mod lexicon;
pub(crate) mod subwords;
