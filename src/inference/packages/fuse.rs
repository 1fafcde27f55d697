//! Makes a derived package: the base's files, with LoRAs added to the weights of the networks that they change.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use ndarray::{Array2, s};

use crate::inference::error::{Error, Result};
use crate::inference::order::Task;
use crate::inference::staging::Stage;

use super::checked::Checked;
use super::files::Files;
use super::lora::{Adapter, Layer, Part, Weight, layers, weights};
use super::{Package, PackageInfo, manifest, receipt};

/// A LoRA and how it is to be added.
#[derive(Clone, Debug)]
pub struct Lora {
    /// A `.safetensors` file.
    pub file: PathBuf,
    /// Times the strength it was trained with; 1 as its makers meant it.
    pub weight: f32,
    /// Only for this task, in a transformer of its own, as DreamOmni2 does; for all where none.
    pub only: Option<Task>,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Fused {
    pub info: PackageInfo,
    /// How many layers were changed, over all LoRAs.
    pub layers: usize,
}

/// The folder of the transformer that is used for a task, where a package has one of its own for it.
pub(crate) fn own_transformer(task: Task) -> Option<&'static str> {
    match task {
        Task::Edit => Some("transformer_edit"),
        Task::Picture => Some("transformer_generation"),
        Task::Clip | Task::Upscale => None,
    }
}

pub(super) fn fuse(base: &Package, loras: &[Lora], models: &Path, name: &str, target: &Path) -> Result<usize> {
    let Some(folder) = base.files.folder() else {
        return Err(Error::BadOrder("the starter takes no LoRA; fuse with an imported model".to_owned()));
    };
    if base.files.are_sealed() {
        let name = &base.info.name;
        let told = format!(
            "the weights of {name} are sealed and cannot be changed where they lie; import it again without --seal, fuse, \
             and then seal what was made: dreamomni2 model seal NAME"
        );
        return Err(Error::BadOrder(told));
    }
    if loras.is_empty() {
        return Err(Error::BadOrder("there is nothing to fuse; name a LoRA with --lora FILE".to_owned()));
    }
    base.verify()?;
    let stage = Stage::begin(models)?;
    let root = stage.folder().join(name);
    let kept = |file: &String| file != receipt::FILE && file != manifest::FILE && !file.starts_with("reference/");
    for file in base.files.list()?.into_iter().filter(kept) {
        link(&folder.join(&file), &root.join(&file))?;
    }
    let (mut changed, mut added) = (0, Vec::new());
    // What holds for all tasks first: the transformers of single tasks are made from it.
    let mut ordered: Vec<&Lora> = loras.iter().collect();
    ordered.sort_by_key(|lora| lora.only.is_some());
    for lora in ordered {
        let denoiser = denoiser(&root, lora.only)?;
        let adapter = Adapter::read(&lora.file)?;
        changed += add(lora, &adapter, &root, &denoiser, &stage)?;
        added.push((lora, adapter.hash));
    }
    note(base, &added, name, &root)?;
    let checked = Checked::at(Files::Folder(root))?;
    checked.settle(&stage, target)?;
    Ok(changed)
}

/// The network that a LoRA without a prefix changes; made from the common one where a task gets its own.
fn denoiser(root: &Path, only: Option<Task>) -> Result<String> {
    let common = if root.join("unet/model.onnx").is_file() { "unet" } else { "transformer" };
    let Some(task) = only else { return Ok(common.to_owned()) };
    let own = own_transformer(task)
        .filter(|_| common == "transformer")
        .ok_or_else(|| Error::BadOrder("this model has one network for all tasks; fuse with --lora".to_owned()))?;
    if !root.join(own).exists() {
        for entry in fs::read_dir(root.join(common)).map_err(|e| failed(root, e))?.flatten() {
            link(&entry.path(), &root.join(own).join(entry.file_name()))?;
        }
    }
    Ok(own.to_owned())
}

/// Adds one LoRA to the networks of the package; how many layers it changed.
fn add(lora: &Lora, adapter: &Adapter, root: &Path, denoiser: &str, stage: &Stage) -> Result<usize> {
    let unusable = |why: String| {
        let file = lora.file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        Error::Lora { file, why }
    };
    let mut networks: BTreeMap<String, Network> = BTreeMap::new();
    for layer in &adapter.layers {
        let (part, targets) = layers(&layer.name);
        let folder = match part {
            Part::Denoiser => denoiser,
            Part::Text => "text_encoder",
            Part::SecondText => "text_encoder_2",
        };
        if !networks.contains_key(folder) {
            networks.insert(folder.to_owned(), Network::open(root, folder)?);
        }
        let Some(network) = networks.get_mut(folder) else { continue };
        network.change(layer, &targets, lora.weight, stage).map_err(|problem| match problem {
            Problem::Unfit(why) => unusable(why),
            Problem::Broken(error) => error,
        })?;
    }
    Ok(adapter.layers.len())
}

/// Why a layer could not be changed.
enum Problem {
    Unfit(String),
    Broken(Error),
}

/// One graph of the derived package while it is being changed.
struct Network {
    folder: PathBuf,
    name: String,
    layers: HashMap<String, Weight>,
}

impl Network {
    fn open(root: &Path, name: &str) -> Result<Self> {
        let folder = root.join(name);
        let graph = folder.join("model.onnx");
        if !graph.is_file() {
            return Err(Error::FileMissing { file: format!("{name}/model.onnx") });
        }
        let found = weights(&graph)
            .map_err(|e| Error::FileMalformed { file: format!("{name}/model.onnx"), detail: e.to_string() })?;
        let layers = found.into_iter().map(|w| (w.layer.clone(), w)).collect();
        Ok(Network { folder, name: name.to_owned(), layers })
    }

    /// Adds a layer's change to its weights, which may be several matrices whose rows follow each other.
    fn change(&mut self, layer: &Layer, targets: &[String], weight: f32, stage: &Stage) -> Result<(), Problem> {
        let unfit = |why: &str| Problem::Unfit(format!("changes the layer \"{}\", {why}", layer.name));
        let change: Array2<f32> = layer.change() * weight;
        let mut row = 0;
        for target in targets {
            let found = self.layers.get(target).ok_or_else(|| {
                unfit(&format!(
                    "which {} has not under that name; it was made for another model, or the graph was exported without \
                     the names of its layers",
                    self.name
                ))
            })?;
            if found.shared {
                return Err(unfit("whose weights the graph shares between layers; export the model again"));
            }
            let (rows, columns) = found.shape();
            if row + rows > change.nrows() || columns != change.ncols() {
                let (high, wide) = change.dim();
                return Err(unfit(&format!(
                    "which has {columns} inputs in {} and here {wide} (outputs: {rows}, {high}); it was made for another model",
                    self.name
                )));
            }
            let file = self.folder.join(found.beside().unwrap_or("model.onnx"));
            own(&file, stage).map_err(Problem::Broken)?;
            found.add(&file, change.slice(s![row..row + rows, ..])).map_err(|e| match e.kind() {
                io::ErrorKind::InvalidData => unfit(&format!("but {e}")),
                _ => Problem::Broken(failed(&file, e)),
            })?;
            row += rows;
        }
        if row == change.nrows() { Ok(()) } else { Err(unfit("which has fewer outputs in this model")) }
    }
}

/// The same file under another name; a copy where the disk cannot do that.
fn link(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(|e| failed(parent, e))?;
    }
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(|_| ())).map_err(|e| failed(to, e))
}

/// Makes a file the package's own before it is written to: the base keeps what it has.
fn own(file: &Path, stage: &Stage) -> Result<()> {
    let meta = fs::metadata(file).map_err(|e| failed(file, e))?;
    if meta.nlink() == 1 {
        return Ok(());
    }
    stage.expect_room(meta.len())?;
    let part = file.with_added_extension("part");
    fs::copy(file, &part).and_then(|_| fs::rename(&part, file)).map_err(|e| failed(file, e))
}

/// The base's manifest without its hashes, and what was fused, in this order, each with its hash.
fn note(base: &Package, loras: &[(&Lora, String)], name: &str, root: &Path) -> Result<()> {
    let malformed =
        |e: &dyn std::fmt::Display| Error::FileMalformed { file: manifest::FILE.to_owned(), detail: e.to_string() };
    let mut text = toml::Table::new();
    if base.files.has(manifest::FILE) {
        text = base.files.text(manifest::FILE)?.parse().map_err(|e: toml::de::Error| malformed(&e))?;
    }
    text.remove("files");
    text.insert("name".to_owned(), name.into());
    text.insert("family".to_owned(), base.info.family.clone().into());
    let origin: toml::Table = [("name", &base.info.name), ("hash", &base.info.hash)]
        .map(|(k, v)| (k.to_owned(), v.clone().into()))
        .into_iter()
        .collect();
    text.insert("base".to_owned(), origin.into());
    let mut fused = text.remove("lora").and_then(|l| l.try_into::<Vec<toml::Value>>().ok()).unwrap_or_default();
    for (lora, hash) in loras {
        let mut entry = toml::Table::new();
        entry.insert(
            "file".to_owned(),
            lora.file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()).into(),
        );
        entry.insert("blake3".to_owned(), hash.as_str().into());
        entry.insert("weight".to_owned(), shortest(lora.weight).into());
        if let Some(folder) = lora.only.and_then(own_transformer) {
            entry.insert("network".to_owned(), folder.into());
        }
        fused.push(entry.into());
    }
    text.insert("lora".to_owned(), fused.into());
    let path = root.join(manifest::FILE);
    let text = toml::to_string_pretty(&text).map_err(|e| malformed(&e))?;
    fs::write(&path, text).map_err(|e| failed(&path, e))
}

/// 0.7 as it was typed, not as its nearest float continues.
fn shortest(weight: f32) -> f64 {
    weight.to_string().parse().unwrap_or_else(|_| weight.into())
}

fn failed(path: &Path, error: io::Error) -> Error {
    Error::Io { path: path.to_owned(), error }
}
