//! The packages on the shelf, as the domain knows them: plain cards.

use std::path::{Path, PathBuf};

use crate::base::units::Size;
use crate::crypto::FileKey;
use crate::domain::jobs::Trouble;
use crate::domain::models::{self, Defaults, ModelCard, Offer, Sizes, TestCase, Told};
use crate::domain::recipes;
use crate::inference::{self, PackageInfo, Packages, Role, Task, UnknownWord};
use crate::work;

/// The models of this machine; a test of one runs in a worker of its own, so that it cannot hurt the studio.
pub struct Shelf {
    packages: Packages,
    hands: work::Start,
    incoming: Option<PathBuf>,
}

impl Shelf {
    pub fn new(packages: Packages, hands: work::Start, incoming: Option<PathBuf>) -> Self {
        packages.tidy(true);
        Shelf { packages, hands, incoming }
    }
}

impl models::Shelf for Shelf {
    fn cards(&self) -> Vec<ModelCard> {
        self.packages.list().unwrap_or_default().iter().map(card).collect()
    }

    fn reading(&self, model: &str, text: &str) -> Vec<models::UnknownWord> {
        let unknown = self.packages.find(model).and_then(|package| package.reading(text)).unwrap_or_default();
        let word = |w: UnknownWord| models::UnknownWord { word: w.word, start: w.start, end: w.end };
        unknown.into_iter().map(word).collect()
    }

    fn test(&self, model: &str, key: &FileKey) -> Result<Vec<TestCase>, String> {
        let mut worker = work::Worker::start(&self.hands, Some(key)).map_err(|e| e.to_string())?;
        let cases = worker.test(model).map_err(|e| e.to_string())?;
        let case = |c: crate::inference::replay::Case| TestCase {
            name: c.name,
            max: c.max.into(),
            mean: c.mean.into(),
            passed: c.passed,
            problem: c.problem,
        };
        Ok(cases.into_iter().map(case).collect())
    }

    fn incoming(&self) -> Option<PathBuf> {
        self.incoming.clone()
    }

    fn look(&self, from: &Path, told: &mut Told) -> Result<Offer, Trouble> {
        let found = self.packages.look(from, &mut |done, _| told(done)).map_err(trouble)?;
        Ok(Offer {
            name: found.name,
            version: found.version,
            family: found.family,
            licence: found.licence,
            licence_text: found.licence_text,
            files: found.files,
            bytes: found.bytes,
        })
    }

    fn import(&self, from: &Path, name: &str, seal: Option<&FileKey>, told: &mut Told) -> Result<(), Trouble> {
        // An engine is opened only in a worker.
        let measure = |folder: &Path| {
            let scale = work::Worker::start(&self.hands, seal).and_then(|mut worker| worker.measure(folder));
            scale.map_err(|e| inference::Error::GraphFailed { graph: "upscaler".to_owned(), detail: e.to_string() })
        };
        let packages = match seal {
            Some(key) => self.packages.clone().unlocked(key.clone()),
            None => self.packages.clone(),
        };
        let copied = packages.import_as(from, Some(name), seal.is_some(), &mut |done, _| told(done), &measure);
        copied.map(drop).map_err(trouble)
    }

    fn is_of(&self, model: &str, from: &Path, told: &mut Told) -> Result<bool, Trouble> {
        self.packages.is_of(model, from, &mut |done, _| told(done)).map_err(trouble)
    }

    fn forget(&self, from: &Path) {
        self.packages.forget(from);
    }

    fn tidy(&self) {
        self.packages.tidy(false);
    }

    fn remove(&self, model: &str) -> Result<(), Trouble> {
        self.packages.remove(model).map_err(trouble)
    }
}

fn trouble(error: inference::Error) -> Trouble {
    let code = if error.is_full() { models::DISK_FULL } else { error.code() };
    Trouble { code: code.to_owned(), sentence: error.to_string() }
}

/// More steps add time and nothing that could be seen.
const MOST_STEPS: u32 = 150;
/// Ten seconds at thirty frames.
const MOST_FRAMES: u32 = 300;

/// The card of one package.
pub fn card(info: &PackageInfo) -> ModelCard {
    let usual = &info.defaults;
    ModelCard {
        name: info.name.clone(),
        version: info.version.clone(),
        hash: info.hash.clone(),
        family: info.family.clone(),
        licence: info.licence.clone(),
        tasks: info.tasks.iter().map(|task| to_domain_task(*task)).collect(),
        max_references: u32::try_from(info.max_references).unwrap_or(u32::MAX),
        roles: info.roles.iter().map(|role| to_domain_role(*role)).collect(),
        sizes: Sizes {
            min: Size::new(info.sizes.min, info.sizes.min),
            max: Size::new(info.sizes.max, info.sizes.max),
            multiple: info.sizes.multiple,
            suggested: info.sizes.suggested.clone(),
        },
        max_steps: MOST_STEPS,
        max_frames: MOST_FRAMES - (MOST_FRAMES - 1) % info.frame_step.max(1),
        frame_step: info.frame_step,
        scale: info.scale,
        rewrites: info.rewrites,
        strength: info.strength,
        schedulers: info.schedulers.clone(),
        defaults: Defaults {
            width: usual.width,
            height: usual.height,
            steps: usual.steps,
            guidance: usual.guidance,
            frames: usual.frames,
            rate: usual.rate,
        },
        memory_bytes: info.memory_bytes,
        bytes: info.bytes,
        sealed: info.sealed,
        embedded: info.embedded,
    }
}

pub fn to_domain_task(task: Task) -> recipes::Task {
    match task {
        Task::Picture => recipes::Task::Picture,
        Task::Edit => recipes::Task::Edit,
        Task::Clip => recipes::Task::Clip,
        Task::Upscale => recipes::Task::Upscale,
    }
}

pub fn to_domain_role(role: Role) -> recipes::Role {
    match role {
        Role::Source => recipes::Role::Source,
        Role::Subject => recipes::Role::Subject,
        Role::Style => recipes::Role::Style,
        Role::Pose => recipes::Role::Pose,
        Role::Palette => recipes::Role::Palette,
        Role::Texture => recipes::Role::Texture,
        Role::FirstFrame => recipes::Role::FirstFrame,
        Role::LastFrame => recipes::Role::LastFrame,
        Role::Mask => recipes::Role::Mask,
    }
}
