//! The engine: loads a package and gives the pipeline that can carry out orders with it.

use std::path::PathBuf;

use super::error::{Error, Result};
use super::order::{Made, Order, Watch};
use super::packages::{FAMILIES, Package};
use super::pipelines::scene::Scene;
use super::runtime;

/// How the engine is opened; nothing here changes a picture but `threads`.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// Where the embedded library is unpacked (made with mode 0700); none for a memory file.
    pub cache: Option<PathBuf>,
    /// Another ONNX Runtime than the embedded one (`STUDIO_ONNXRUNTIME_LIB`).
    pub library: Option<PathBuf>,
    /// Threads for one operator; 0 for one per core.
    pub threads: usize,
}

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

/// A loaded model: carries out one order after the other.
pub trait Pipeline {
    fn run(&mut self, order: &Order, watch: &mut dyn Watch) -> Result<Made>;
}
