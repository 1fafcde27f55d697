//! One variation: runs the pipeline and lays its files into the draft.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::base::clock::Stopwatch;
use crate::base::units::{Rate, Size};
use crate::cli::failure::Failure;
use crate::cli::progress::Bar;
use crate::cli::stop::Stop;
use crate::domain::recipes::Recipe;
use crate::inference::{Latents, Made, Pipeline, Step, UnknownWord, Watch};
use crate::media::clip::Encoder;
use crate::media::encode::{self, Effort};
use crate::media::notes::{self, Note};
use crate::media::picture::Picture;
use crate::media::scene::Scene;

use super::ask::Ask;
use super::target::{self, Draft, Target};

/// How large a picture is on a sheet.
const SMALL: u32 = 384;

/// What one variation gave.
pub(super) struct Done {
    pub seed: u64,
    pub files: Vec<(PathBuf, usize)>,
    pub unknown: Vec<UnknownWord>,
    pub latents: Latents,
    pub seconds: f64,
}

pub(super) fn make(
    pipeline: &mut dyn Pipeline,
    ask: &Ask,
    one: &Recipe,
    index: u32,
    stop: &Stop,
    draft: &mut Draft,
) -> Result<(Done, Option<Picture>), Failure> {
    let clock = Stopwatch::start();
    let of = ask.pieces.len() as u32;
    let frames = frames(&ask.target, one, index, of, draft)?;
    let label = if of == 1 { "rendering".to_owned() } else { format!("rendering {} of {of}", index + 1) };
    let mut watcher =
        Watcher { bar: Bar::new(&label, u64::from(one.steps)), frames, draft, stop, failed: None, files: Vec::new() };
    let made = pipeline.run(&ask.order(one), &mut watcher);
    let Watcher { bar, frames, draft, failed, mut files, .. } = watcher;
    bar.end();
    // A frame that could not be kept also stops the pipeline; the cause is what to tell.
    if let Some(failure) = failed {
        return Err(failure);
    }
    let made = made?;
    let mut keep = |path: PathBuf, bytes: &[u8]| -> Result<(), Failure> {
        draft.write(&path, bytes)?;
        files.push((path, bytes.len()));
        Ok(())
    };
    match (&ask.target, frames) {
        (Target::Clip(path), Frames::Clip(encoder)) => keep(target::numbered(path, index, of), &encoder.finish()?)?,
        (Target::Folder(folder), Frames::None) => {
            keep(folder.join(format!("picture-{:04}.png", index + 1)), &png(&made, one, ask)?)?;
        }
        (Target::Picture(path), _) => keep(target::numbered(path, index, of), &png(&made, one, ask)?)?,
        _ => {}
    }
    let seconds = clock.elapsed().as_secs_f64();
    let small = if ask.grid.is_some() { made.picture.as_ref().map(|p| p.fit(SMALL)).transpose()? } else { None };
    Ok((Done { seed: one.seed, files, unknown: made.unknown, latents: made.latents, seconds }, small))
}

/// Where the frames of a clip go as they are drawn.
enum Frames {
    None,
    Clip(Box<Encoder>),
    Folder(PathBuf),
}

fn frames(target: &Target, one: &Recipe, index: u32, of: u32, draft: &mut Draft) -> Result<Frames, Failure> {
    match (target, one.frames) {
        (Target::Folder(folder), frames) => {
            draft.folder(folder)?;
            if frames.is_none() {
                return Ok(Frames::None);
            }
            let own = if of == 1 { folder.clone() } else { folder.join((index + 1).to_string()) };
            draft.folder(&own)?;
            Ok(Frames::Folder(own))
        }
        (Target::Clip(_), Some(_)) => {
            Ok(Frames::Clip(Box::new(Encoder::new(one.size, one.rate.unwrap_or(Rate::FILM))?)))
        }
        _ => Ok(Frames::None),
    }
}

/// The picture with all that made it inside: the recipe to read, the scene to edit exactly.
fn png(made: &Made, one: &Recipe, ask: &Ask) -> Result<Vec<u8>, Failure> {
    let picture = made.picture.as_ref().ok_or_else(|| {
        Failure::failed(
            "model_gave_no_picture",
            "The model ended without a picture; test it with `dreamomni2 model test`.",
        )
    })?;
    let plain = encode::png(picture, Effort::Small)?;
    let Size { width, height } = one.size;
    let recipe = json!({
        "task": one.task, "prompt": one.prompt, "rewritten": one.rewritten, "negative": one.negative, "width": width, "height": height,
        "steps": one.steps, "guidance": one.guidance, "seed": one.seed, "model": one.model,
        "strength": one.strength, "scheduler": one.scheduler,
        "references": ask.references.iter().map(|r| r.role).collect::<Vec<_>>(),
    });
    let mut inside = vec![Note { keyword: notes::RECIPE.to_owned(), text: recipe.to_string() }];
    inside.extend(made.scene.as_ref().map(Scene::note));
    Ok(notes::write(&plain, &inside)?)
}

/// Moves the bar, takes the frames, and stops when asked or when a frame cannot be kept.
struct Watcher<'a> {
    bar: Bar,
    frames: Frames,
    draft: &'a mut Draft,
    stop: &'a Stop,
    failed: Option<Failure>,
    files: Vec<(PathBuf, usize)>,
}

impl Watch for Watcher<'_> {
    fn step(&mut self, step: Step) -> ControlFlow<()> {
        self.bar.reach(u64::from(step.step), u64::from(step.of));
        self.stop.check()
    }

    fn frame(&mut self, index: u32, of: u32, picture: &Picture) -> ControlFlow<()> {
        self.bar.reach(u64::from(index) + 1, u64::from(of));
        if let Err(failure) = self.keep(index, picture) {
            self.failed = Some(failure);
            return ControlFlow::Break(());
        }
        self.stop.check()
    }
}

impl Watcher<'_> {
    fn keep(&mut self, index: u32, picture: &Picture) -> Result<(), Failure> {
        match &mut self.frames {
            Frames::Clip(encoder) => Ok(encoder.push(picture)?),
            Frames::Folder(folder) => {
                let path = Path::new(folder).join(format!("frame-{index:05}.png"));
                let bytes = encode::png(picture, Effort::Quick)?;
                self.draft.write(&path, &bytes)?;
                self.files.push((path, bytes.len()));
                Ok(())
            }
            Frames::None => Ok(()),
        }
    }
}
