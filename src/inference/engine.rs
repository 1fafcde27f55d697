//! The engine: loads a package and gives the pipeline that can carry out orders with it.

use std::path::Path;

use super::device::{Device, Trial};
use super::error::{Error, Result};
use super::packages::{FAMILIES, Package, Packages};
use super::pipeline::Pipeline;
use super::pipelines::flux::Flux;
use super::pipelines::ltx::Ltx;
use super::pipelines::scene::Scene;
use super::pipelines::stable_diffusion::StableDiffusion;
use super::pipelines::upscale::{self, Upscaler};
use super::rewriter::Rewriter;
use super::runtime;
use super::settings::Settings;

/// ONNX Runtime, opened. Costs memory: the serving process never opens one.
pub struct Engine {
    settings: Settings,
    device: Device,
}

impl Engine {
    pub fn open(settings: Settings) -> Result<Self> {
        let device = runtime::open(&settings)?.device;
        Ok(Engine { settings, device })
    }

    /// Opens the runtime and has every provider compute something small, the graphics card of that number included.
    pub fn trials(settings: &Settings, card: u32) -> Result<Vec<Trial>> {
        runtime::trials(settings, card)
    }

    /// What it computes on.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Checks the package's hashes, opens its graphs and binds their tensors.
    pub fn load(&self, package: &Package) -> Result<Box<dyn Pipeline>> {
        package.verify_part(false)?;
        match package.info.family.as_str() {
            "scene" => Ok(Box::new(Scene::load(package, &self.settings)?)),
            "stable_diffusion" | "stable_diffusion_xl" => Ok(Box::new(StableDiffusion::load(package, &self.settings)?)),
            "flux" | "kontext" | "dreamomni2" => Ok(Box::new(Flux::load(package, &self.settings)?)),
            "ltx_video" => Ok(Box::new(Ltx::load(package, &self.settings)?)),
            "upscaler" => Ok(Box::new(Upscaler::load(package, &self.settings)?)),
            other => {
                Err(Error::Unsupported { what: "the family", found: other.to_owned(), supported: FAMILIES.join(", ") })
            }
        }
    }

    /// By how much the upscaler in a package's folder enlarges: found out by one small run.
    pub fn measure(&self, packages: &Packages, folder: &Path) -> Result<u32> {
        upscale::measure(&packages.files(folder)?, &self.settings)
    }

    /// The part of a package that rewrites prompts; checked and opened by itself.
    pub fn load_rewriter(&self, package: &Package) -> Result<Rewriter> {
        package.verify_part(true)?;
        Rewriter::load(package, &self.settings)
    }

    /// The device and the runtime's build, for people.
    pub fn describe(&self) -> String {
        format!("{} ({})", self.device.name, runtime::describe())
    }
}
