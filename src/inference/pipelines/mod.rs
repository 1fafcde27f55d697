//! How each family of models makes pictures: every pipeline puts stages together and shares what it can.

mod branches;
pub(crate) mod buckets;
pub(crate) mod flux;
mod limits;
pub(crate) mod ltx;
mod mask;
pub(crate) mod scene;
mod sparing;
pub(crate) mod stable_diffusion;
mod stages;
mod text;
mod tiles;
mod unet;
pub(crate) mod upscale;
mod vae;
mod video_vae;
