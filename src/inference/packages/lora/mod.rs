//! LoRA: small changes of a model's layers in a file of their own, made part of the weights of a derived package.

mod adapter;
mod graph;
mod names;

pub(super) use adapter::{Adapter, Layer};
pub(super) use graph::{Weight, weights};
pub(super) use names::{Part, layers};
