//! From an order to a picture: the runtime, packages, tokenizers, schedulers and pipelines.
