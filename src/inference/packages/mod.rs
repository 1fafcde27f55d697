//! Model packages: which there are, what they can do, and bringing new ones in safely.

pub(crate) mod beside;
mod check;
mod checked;
mod copied;
mod files;
mod fuse;
mod half;
mod import;
mod info;
mod lone;
mod look;
mod lora;
mod manifest;
mod memory;
mod onnx;
mod pace;
pub(crate) mod piped;
mod placed;
mod precision;
mod python_json;
mod receipt;
mod reseal;
mod seal;
pub(crate) mod source;
pub(crate) mod still;
mod upscaler;
mod video_vae;
mod wire;

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use files::{Files, REWRITER, VAE_CONFIGS};
pub(crate) use fuse::own_transformer;
pub use fuse::{Fused, Lora};
pub use half::Stopped;
pub use info::{Defaults, FAMILIES, PackageInfo, Sizes};
pub use lone::Measure;
pub use look::Offer;
pub(crate) use manifest::Manifest;
pub use pace::Told;
pub(crate) use precision::Precision;
pub(crate) use upscaler::UpscalerFacts;
pub(crate) use video_vae::VideoVaeFacts;

use self::files::in_rewriter;
use self::receipt::Receipt;
use super::error::{Error, Result};
use super::order::UnknownWord;
use super::staging;
use super::tokenizers::lexicon::Lexicon;
use crate::crypto::FileKey;

/// What the embedded model is called.
pub const STARTER: &str = "starter";

const NOWHERE: &str = "there is no folder for models; name the studio's data folder with --data";

/// The models of this machine: the embedded starter and the folders under `DATA/models`.
#[derive(Clone, Default)]
pub struct Packages {
    folder: Option<PathBuf>,
    key: Option<FileKey>,
}

impl Packages {
    /// `folder` is `DATA/models`; without one there is only the starter.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Packages { folder, key: None }
    }

    /// The same with what opens the keys of sealed models, and seals new ones.
    #[must_use]
    pub fn unlocked(self, key: FileKey) -> Self {
        Packages { key: Some(key), ..self }
    }

    /// The starter first, then by name. Reads no weights; a package that cannot be read is left out.
    pub fn list(&self) -> Result<Vec<PackageInfo>> {
        let mut found = Vec::new();
        if Files::has_starter() {
            found.push(self.find(STARTER)?.info);
        }
        let entries = self.folder.as_deref().and_then(|f| fs::read_dir(f).ok()).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        found.extend(names.iter().filter(|n| *n != STARTER).filter_map(|n| self.find(n).ok()).map(|p| p.info));
        Ok(found)
    }

    pub fn find(&self, name: &str) -> Result<Package> {
        if name == STARTER && Files::has_starter() {
            return Package::at(STARTER, Files::Embedded);
        }
        checked(name)?;
        let folder = self.folder.as_ref().map(|f| f.join(name)).filter(|f| f.is_dir());
        let folder = folder.ok_or_else(|| Error::NoSuchModel(name.to_owned()))?;
        Package::at(name, Files::at(folder, self.key.as_ref())?)
    }

    /// What a folder, `.tar` or `.tar.zst` says of itself; nothing is copied. `told` hears the bytes read and may stop it.
    pub fn look(&self, from: &Path, told: &mut Told) -> Result<Offer> {
        look::look(from, told)
    }

    /// Copies a folder, `.tar`, `.tar.zst` or lone `.onnx` in, whole or not at all. `told` hears the bytes copied and,
    /// where known, of how many, and may stop it. What an import of the same files left that was stopped or killed is not
    /// copied again.
    pub fn import(&self, from: &Path, name: Option<&str>, told: &mut Told) -> Result<PackageInfo> {
        self.import_as(from, name, false, told, &lone::unmeasured)
    }

    /// The same, with its weights sealed where it is to `seal` them, and with somebody who can measure an upscaler that
    /// does not tell its scale.
    pub fn import_as(
        &self,
        from: &Path,
        name: Option<&str>,
        seal: bool,
        told: &mut Told,
        measure: &Measure,
    ) -> Result<PackageInfo> {
        let key = if seal { Some(self.key()?) } else { None };
        let name = import::import(from, self.models()?, name, |name| self.place(name), told, measure, key)?;
        self.find(&name).map(|package| package.info)
    }

    /// Whether the model of this name is what an import of these files puts there. Reads them through.
    pub fn is_of(&self, name: &str, from: &Path, told: &mut Told) -> Result<bool> {
        let package = self.find(name)?;
        // Without a receipt it was not imported, and the starter never was.
        if package.files.are_embedded() || !package.files.has(receipt::FILE) {
            return Ok(false);
        }
        placed::is_of(Receipt::of(&package.files)?, from, told)
    }

    /// Seals the weights of a model that is here already. `told` hears how far it is and may stop it; then all stays as
    /// it was.
    pub fn seal(&self, name: &str, told: &mut Told) -> Result<PackageInfo> {
        reseal::seal(&self.find(name)?, self.models()?, self.key()?, told)?;
        self.find(name).map(|package| package.info)
    }

    /// The files of a package in any folder.
    pub(crate) fn files(&self, folder: &Path) -> Result<Files> {
        Files::at(folder.to_owned(), self.key.as_ref())
    }

    /// The imports that were stopped and can be gone on with.
    pub fn stopped(&self) -> Vec<Stopped> {
        self.folder.as_deref().map(half::stopped).unwrap_or_default()
    }

    /// Takes away what stopped imports left; how many there were.
    pub fn forget_stopped(&self) -> usize {
        self.folder.as_deref().map_or(0, |models| staging::forget(models, |_| true))
    }

    /// Takes away what a stopped import of these files left.
    pub fn forget(&self, from: &Path) {
        if let Some(models) = &self.folder {
            half::forget(models, from);
        }
    }

    /// Makes a further package called `name`: `base` with LoRAs added to its weights. Only changed files take room.
    pub fn fuse(&self, base: &str, loras: &[Lora], name: &str) -> Result<Fused> {
        let (base, target) = (self.find(base)?, self.place(name)?);
        let layers = fuse::fuse(&base, loras, self.models()?, name, &target)?;
        Ok(Fused { info: self.find(name)?.info, layers })
    }

    /// Takes away what a killed program left, and what nobody went on with for seven days; at the start of a program
    /// also what bears its own number.
    pub fn tidy(&self, begun: bool) {
        if let Some(models) = &self.folder {
            staging::sweep(models, begun);
        }
    }

    pub fn remove(&self, name: &str) -> Result<()> {
        let package = self.find(name)?;
        match package.files.folder() {
            None => Err(Error::BadOrder("the starter is part of this program and cannot be removed".to_owned())),
            Some(folder) => staging::clear(folder),
        }
    }

    fn key(&self) -> Result<&FileKey> {
        self.key.as_ref().ok_or(Error::Sealed)
    }

    fn models(&self) -> Result<&Path> {
        self.folder.as_deref().ok_or_else(|| Error::BadOrder(NOWHERE.to_owned()))
    }

    /// The folder that a new package will have.
    fn place(&self, name: &str) -> Result<PathBuf> {
        checked(name)?;
        let folder = self.models()?.join(name);
        if name == STARTER || folder.exists() { Err(Error::NameTaken(name.to_owned())) } else { Ok(folder) }
    }
}

/// One package that can be loaded.
#[derive(Clone, Debug)]
pub struct Package {
    pub info: PackageInfo,
    pub(crate) files: Files,
    pub(crate) manifest: Manifest,
}

impl Package {
    /// A package that lies in any folder, not imported: for tests and for looking before an import.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let name = folder.file_name().map_or_else(|| "package".to_owned(), |n| n.to_string_lossy().into_owned());
        Package::at(&name, Files::Folder(folder.to_owned()))
    }

    /// Which words of a text the model would leave out; needs no engine.
    pub fn reading(&self, text: &str) -> Result<Vec<UnknownWord>> {
        if self.info.family != "scene" {
            return Ok(Vec::new());
        }
        Ok(self.lexicon()?.read(text).unknown)
    }

    pub(crate) fn lexicon(&self) -> Result<Lexicon> {
        let file = "tokenizer/lexicon.json";
        let lexicon: Lexicon = self.files.json(file)?;
        lexicon.check().map_err(|detail| Error::FileMalformed { file: file.to_owned(), detail })?;
        Ok(lexicon)
    }

    /// Reads every file again and compares it with what the import wrote down and the manifest promises.
    pub fn verify(&self) -> Result<()> {
        self.verify_of(&|_| true)
    }

    /// Only the rewriter's files, or all but them: the two are never loaded together, and each may be large.
    pub(crate) fn verify_part(&self, rewriter: bool) -> Result<()> {
        self.verify_of(&|file| in_rewriter(file) == rewriter)
    }

    fn verify_of(&self, part: &dyn Fn(&str) -> bool) -> Result<()> {
        // The embedded starter is as safe as the program it lies in.
        if self.files.are_embedded() {
            return Ok(());
        }
        let promised = Receipt { files: self.manifest.files.clone(), ..Receipt::default() };
        promised.verify(&self.files, part)?;
        if self.files.has(receipt::FILE) { Receipt::of(&self.files)?.verify(&self.files, part) } else { Ok(()) }
    }

    fn at(name: &str, files: Files) -> Result<Self> {
        let manifest = Manifest::of(&files)?;
        let info = info::of(name, &files, &manifest)?;
        Ok(Package { info, files, manifest })
    }
}

/// Names become folder names.
fn checked(name: &str) -> Result<()> {
    if good_name(name) { Ok(()) } else { Err(Error::BadName(name.chars().take(80).collect())) }
}

/// Whether it can be a folder's name on every system, and no other folder than its own.
pub(crate) fn good_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (1..=64).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(letter)
}
