//! What was made, told to the person or as JSON to a program; unknown words are never passed over.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::failure::Failure;
use crate::cli::output;
use crate::domain::recipes::Recipe;
use crate::inference::{PackageInfo, UnknownWord, npy};

use super::make::Done;
use super::target::{self, Draft};

pub(super) struct Report<'a> {
    package: &'a PackageInfo,
    recipe: &'a Recipe,
    done: Vec<Done>,
}

impl<'a> Report<'a> {
    pub(super) fn new(package: &'a PackageInfo, recipe: &'a Recipe) -> Self {
        Report { package, recipe, done: Vec::new() }
    }

    pub(super) fn add(&mut self, done: Done) {
        self.done.push(done);
    }

    /// Lays the final latents beside the pictures, numbered as they are.
    pub(super) fn dump(&self, file: &Path, draft: &mut Draft) -> Result<(), Failure> {
        for (index, done) in self.done.iter().enumerate() {
            let path = target::numbered(file, index as u32, self.done.len() as u32);
            draft.write(&path, &npy::write(&done.latents))?;
        }
        Ok(())
    }

    pub(super) fn print(&self, as_json: bool) -> Result<(), Failure> {
        if as_json {
            return output::json(&self.json());
        }
        for done in &self.done {
            let (bytes, count) = (done.files.iter().map(|(_, b)| b).sum::<usize>(), done.files.len());
            if let [(path, _)] = done.files.as_slice() {
                let told =
                    format!("{}  {}  seed {}  {:.1} s", path.display(), self.recipe.size, done.seed, done.seconds);
                output::line(told)?;
            } else if let Some(folder) = done.files.first().and_then(|(path, _)| path.parent()) {
                let kilo = bytes / 1000;
                output::line(format!(
                    "{}/  {count} frames, {kilo} kB  seed {}  {:.1} s",
                    folder.display(),
                    done.seed,
                    done.seconds
                ))?;
            }
        }
        let unknown = self.unknown();
        if !unknown.is_empty() {
            let words: Vec<&str> = unknown.iter().map(|w| w.word.as_str()).collect();
            eprintln!("note: the {} does not know: {}", self.package.name, words.join(", "));
        }
        Ok(())
    }

    /// Each word once, in the order of the prompt.
    fn unknown(&self) -> Vec<&UnknownWord> {
        let mut words: Vec<&UnknownWord> = Vec::new();
        for word in self.done.iter().flat_map(|d| &d.unknown) {
            if words.iter().all(|w| w.word != word.word) {
                words.push(word);
            }
        }
        words
    }

    fn json(&self) -> Value {
        let recipe = self.recipe;
        let outputs = self.done.iter().map(|done| {
            let files = done.files.iter().map(|(path, bytes)| json!({ "file": path, "bytes": bytes }));
            json!({
                "seed": done.seed,
                "seconds": (done.seconds * 1000.0).round() / 1000.0,
                "files": files.collect::<Vec<_>>(),
            })
        });
        json!({
            "task": recipe.task,
            "model": { "name": self.package.name, "version": self.package.version, "hash": self.package.hash },
            "prompt": recipe.prompt,
            "rewritten": recipe.rewritten,
            "negative": recipe.negative,
            "width": recipe.size.width,
            "height": recipe.size.height,
            "steps": recipe.steps,
            "guidance": recipe.guidance,
            "strength": recipe.strength,
            "scheduler": recipe.scheduler,
            "frames": recipe.frames,
            "rate": recipe.rate,
            "outputs": outputs.collect::<Vec<_>>(),
            "unknown_words": self.unknown(),
        })
    }
}
