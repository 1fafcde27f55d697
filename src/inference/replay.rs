//! The replay proof: reference cases that a package brings are rendered here and compared with the original's numbers.

use serde::{Deserialize, Serialize};

use crate::base::units::{Rate, Size};
use crate::media::decode::{Limits, decode};

use super::error::{Error, Result};
use super::latents::Latents;
use super::npy;
use super::order::{Order, ReferencePicture, Role, Step, Task, Watch};
use super::packages::{Files, Package, Precision};
use super::pipeline::Pipeline;

/// How far a case may be off its reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Farthest that any one number may be off; numbers from 0 to 1.
    pub max: f32,
    /// And all of them on average.
    pub mean: f32,
}

impl Bounds {
    /// Rounding grows over the steps, and most where a picture has edges. A wrong graph is off by far more on average.
    pub fn of(package: &Package) -> Result<Self> {
        Ok(match Precision::of(package)? {
            Precision::Full => Bounds { max: 2e-2, mean: 1e-3 },
            Precision::Half => Bounds { max: 1e-1, mean: 5e-3 },
            Precision::Bfloat16 => Bounds { max: 2e-1, mean: 2e-2 },
        })
    }
}

/// How one reference case went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub name: String,
    pub max: f32,
    pub mean: f32,
    pub passed: bool,
    /// Why the case could not be compared.
    pub problem: Option<String>,
}

/// `reference/<case>/request.json`.
#[derive(Debug, Deserialize)]
struct Request {
    task: String,
    #[serde(default)]
    prompt: String,
    #[serde(default)]
    negative: Option<String>,
    #[serde(default)]
    references: Vec<Named>,
    /// Another way to list a reference with the role mask.
    #[serde(default)]
    mask: Option<String>,
    width: u32,
    height: u32,
    #[serde(default)]
    frames: Option<u32>,
    /// The model's own where none is told.
    #[serde(default, alias = "frame_rate")]
    rate: Option<Told>,
    #[serde(default = "one")]
    steps: u32,
    #[serde(default)]
    guidance: f32,
    #[serde(default)]
    scheduler: Option<String>,
    #[serde(default)]
    strength: Option<f64>,
}

fn one() -> u32 {
    1
}

/// `"24000/1001"` or 25.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Told {
    Text(String),
    Number(f64),
}

/// A picture of the case, with its role where the family has roles.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Named {
    File(String),
    WithRole { file: String, role: Role },
}

/// The names of a package's cases.
pub fn names(package: &Package) -> Result<Vec<String>> {
    let files = package.files.list()?;
    let name = |file: &String| {
        let (case, rest) = file.strip_prefix("reference/")?.split_once('/')?;
        (rest == "request.json").then(|| case.to_owned())
    };
    Ok(files.iter().filter_map(name).collect())
}

/// Renders one case and compares. A case that cannot be rendered has failed, with the reason.
pub fn run(package: &Package, pipeline: &mut dyn Pipeline, name: &str, bounds: Bounds) -> Case {
    match compared(package, pipeline, name) {
        Ok((max, mean)) => {
            let passed = max <= bounds.max && mean <= bounds.mean;
            Case { name: name.to_owned(), max, mean, passed, problem: None }
        }
        Err(e) => Case { name: name.to_owned(), max: 1.0, mean: 1.0, passed: false, problem: Some(e.to_string()) },
    }
}

fn compared(package: &Package, pipeline: &mut dyn Pipeline, name: &str) -> Result<(f32, f32)> {
    let order = order(package, name)?;
    let expected = array(&package.files, &format!("reference/{name}/image.npy"))?;
    let mut kept = Kept::default();
    for one in each(order) {
        pipeline.run(&one, &mut kept)?;
    }
    let found: Vec<f32> = kept.frames.iter().flat_map(interleaved).collect();
    if found.len() != expected.values.len() {
        return Err(Error::BadOrder(format!(
            "{} numbers came out where the reference picture of the shape {:?} has {}",
            found.len(),
            expected.shape,
            expected.values.len()
        )));
    }
    let off = || found.iter().zip(&expected.values).map(|(a, b)| (a - b).abs());
    let sum: f64 = off().map(f64::from).sum();
    // A comparison that is no number must not pass.
    let max = off().fold(0.0, |most: f32, d| if d.is_nan() { f32::INFINITY } else { most.max(d) });
    Ok((max, (sum / found.len().max(1) as f64) as f32))
}

fn order(package: &Package, name: &str) -> Result<Order> {
    let files = &package.files;
    let file = format!("reference/{name}/request.json");
    let request: Request = files.json(&file)?;
    let malformed = |detail: String| Error::FileMalformed { file: file.clone(), detail };
    let task = match request.task.as_str() {
        "image" | "picture" => Task::Picture,
        "edit" | "img2img" | "inpaint" => Task::Edit,
        "clip" => Task::Clip,
        "upscale" => Task::Upscale,
        other => return Err(malformed(format!("\"{other}\" is no task; write image, edit, clip or upscale"))),
    };
    let task = if request.mask.is_some() { Task::Edit } else { task };
    let mut references = Vec::new();
    for (index, named) in request.references.iter().enumerate() {
        let usual = match task {
            Task::Clip => Role::FirstFrame,
            Task::Edit | Task::Upscale if index == 0 => Role::Source,
            Task::Edit | Task::Upscale | Task::Picture => Role::Subject,
        };
        references.push(match named {
            Named::File(file) => reference(files, name, file, usual)?,
            Named::WithRole { file, role } => reference(files, name, file, *role)?,
        });
    }
    if let Some(file) = &request.mask {
        references.push(reference(files, name, file, Role::Mask)?);
    }
    let usual = &package.info.defaults;
    let rate = match &request.rate {
        None => Ok(usual.rate),
        Some(Told::Text(text)) => text.parse(),
        Some(Told::Number(number)) => number.to_string().parse(),
    };
    let rate: Rate = rate.map_err(malformed)?;
    let latents = format!("reference/{name}/init_latents.npy");
    Ok(Order {
        task,
        prompt: request.prompt,
        negative: request.negative,
        references,
        size: Size::new(request.width, request.height),
        steps: request.steps,
        guidance: request.guidance,
        seed: 0,
        frames: request.frames.unwrap_or(usual.frames),
        rate,
        strength: request.strength,
        scheduler: request.scheduler,
        init_latents: if files.has(&latents) { Some(array(files, &latents)?) } else { None },
    })
}

fn reference(files: &Files, case: &str, file: &str, role: Role) -> Result<ReferencePicture> {
    let path = format!("reference/{case}/{file}");
    let (picture, _) = decode(&files.read(&path)?, &Limits::default())
        .map_err(|e| Error::FileMalformed { file: path, detail: e.to_string() })?;
    Ok(ReferencePicture { picture, role, scene: None })
}

/// One order for every picture that the initial latents speak of.
fn each(order: Order) -> Vec<Order> {
    let Some(latents) = order.init_latents.as_ref() else { return vec![order] };
    let many = latents.shape.first().copied().filter(|n| *n > 1 && order.task != Task::Clip);
    let Some(many) = many else { return vec![order] };
    let shape: Vec<usize> = std::iter::once(1).chain(latents.shape.iter().skip(1).copied()).collect();
    let parts = latents.values.chunks_exact((latents.values.len() / many).max(1));
    let one = |values: &[f32]| Latents { shape: shape.clone(), values: values.to_vec() };
    parts.map(|values| Order { init_latents: Some(one(values)), ..order.clone() }).collect()
}

fn array(files: &Files, file: &str) -> Result<Latents> {
    npy::read(file, &files.read(file)?)
}

/// Planes from -1 to 1 as rows of pixels from 0 to 1, as the original's files have them.
fn interleaved(planes: &Latents) -> Vec<f32> {
    let size = planes.values.len() / 3;
    let channel = |c: usize| planes.values.iter().skip(c * size).take(size);
    let mut out = Vec::with_capacity(planes.values.len());
    for ((r, g), b) in channel(0).zip(channel(1)).zip(channel(2)) {
        out.extend([r, g, b].map(|v| (v * 0.5 + 0.5).clamp(0.0, 1.0)));
    }
    out
}

/// Keeps the numbers before they are rounded to pixels.
#[derive(Default)]
struct Kept {
    frames: Vec<Latents>,
}

impl Watch for Kept {
    fn step(&mut self, _: Step) -> std::ops::ControlFlow<()> {
        std::ops::ControlFlow::Continue(())
    }

    fn frame(&mut self, _: u32, _: u32, _: &crate::media::picture::Picture) -> std::ops::ControlFlow<()> {
        std::ops::ControlFlow::Continue(())
    }

    fn drawn(&mut self, planes: &Latents) {
        self.frames.push(planes.clone());
    }
}
