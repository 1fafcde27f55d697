//! Pixels and clips: reading what people bring, writing what they take home.

pub mod picture;

pub mod blur;
pub mod decode;
pub mod encode;
pub mod notes;
pub mod scene;

pub mod archive;
pub mod clip;
pub mod frames;

pub mod sheet;

mod chunks;
mod error;
mod letters;
mod mp4;
mod resample;
mod yuv;

pub use error::{Error, Kind};
