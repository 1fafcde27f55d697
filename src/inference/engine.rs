//! The engine: loads a package and gives the pipeline that can carry out orders with it.

use super::error::{Error, Result};
use super::packages::{FAMILIES, Package};
use super::pipeline::Pipeline;
use super::pipelines::flux::Flux;
use super::pipelines::ltx::Ltx;
use super::pipelines::scene::Scene;
use super::pipelines::stable_diffusion::StableDiffusion;
use super::runtime;
use super::settings::Settings;

/// ONNX Runtime, opened. Costs memory: the serving process never opens one.
pub struct Engine {
    settings: Settings,
}

impl Engine {
    pub fn open(settings: Settings) -> Result<Self> {
        runtime::open(&settings)?;
        Ok(Engine { settings })
    }

    /// Checks the package's hashes, opens its graphs and binds their tensors.
    pub fn load(&self, package: &Package) -> Result<Box<dyn Pipeline>> {
        package.verify()?;
        match package.info.family.as_str() {
            "scene" => Ok(Box::new(Scene::load(package, &self.settings)?)),
            "stable_diffusion" | "stable_diffusion_xl" => Ok(Box::new(StableDiffusion::load(package, &self.settings)?)),
            "kontext" | "dreamomni2" => Ok(Box::new(Flux::load(package, &self.settings)?)),
            "ltx_video" => Ok(Box::new(Ltx::load(package, &self.settings)?)),
            other => {
                Err(Error::Unsupported { what: "the family", found: other.to_owned(), supported: FAMILIES.join(", ") })
            }
        }
    }

    /// ONNX Runtime's version and the device, for people.
    pub fn describe(&self) -> String {
        format!("CPU ({})", runtime::describe())
    }
}
