//! From words and references to pictures: model packages, tokenizers, schedulers and pipelines over ONNX Runtime.
//!
//! `Packages` knows which models there are without loading anything; `Engine` loads one and gives a `Pipeline`;
//! a `Pipeline` carries out an `Order`. Only the worker process and the command line open an `Engine`.

mod error;
mod latents;
mod order;

mod bound;
mod capture;
mod device;
mod engine;
mod graph;
mod names;
mod noise;
mod pipeline;
mod pipelines;
mod rewriter;
mod runtime;
mod schedulers;
mod settings;
mod staging;
mod tensors;
mod tokenizers;
mod trust;

pub mod npy;
pub mod packages;
pub mod replay;
pub mod runtimes;

pub use device::{Device, Provider, Trial, Wish, cards, without_driver};
pub use engine::Engine;
pub use error::{Error, Kind, Result};
pub use latents::Latents;
pub use order::{Made, Order, ReferencePicture, Role, Step, Task, UnknownWord, Watch};
pub use packages::{Fused, Lora, Measure, Offer, Package, PackageInfo, Packages, Stopped};
pub use pipeline::Pipeline;
pub use rewriter::{Brief, Rewriter, Rewritten};
pub use runtime::{embedded as runtime_embedded, embedded_version as runtime_version};
pub use runtimes::{RuntimeInfo, Runtimes};
pub use settings::Settings;
