//! The rewriting stage of DreamOmni2: Qwen2.5-VL looks at all pictures and says the instruction as the picture model was
//! trained to read it. Optional, and shown before it is used.

mod answer;
mod decoder;
mod eye;
mod habits;
mod message;
mod pictures;

use std::ops::ControlFlow;

use crate::base::units::Size;
use crate::media::picture::{Filter, Picture};

use self::decoder::Decoder;
use self::eye::Eye;
use self::habits::Habits;
use self::message::{Message, SQUARE};
use self::pictures::{Optics, View};
use super::error::{Error, Result};
use super::graph::{Feed, Graph, Port};
use super::names;
use super::order::{ReferencePicture, Task, source_first};
use super::packages::{Package, REWRITER};
use super::pipelines::buckets;
use super::settings::Settings;
use super::tokenizers::qwen::Qwen;

/// An answer is never longer; so the original has it.
const MOST_TOKENS: usize = 4096;
/// So many places are read at once: attention over all of a long message would take gigabytes.
const AT_ONCE: usize = 512;

pub struct Rewriter {
    words: Qwen,
    optics: Optics,
    eye: Eye,
    embedding: Graph,
    ids: Port,
    embeds: Port,
    decoder: Decoder,
    buckets: Vec<Size>,
    habits: Habits,
    at_once: usize,
}

/// What is to be rewritten.
#[derive(Clone, Debug)]
pub struct Brief {
    pub task: Task,
    pub prompt: String,
    pub references: Vec<ReferencePicture>,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    pub text: String,
    /// How many numbers the answer had.
    pub tokens: u32,
}

impl Rewriter {
    pub(crate) fn load(package: &Package, settings: &Settings) -> Result<Self> {
        let files = &package.files;
        if !package.info.rewrites {
            return Err(Error::BadOrder(format!(
                "the model {} has no rewriter; use the prompt as it is",
                package.info.name
            )));
        }
        let folder = |name: &str| format!("{REWRITER}/{name}");
        let words = Qwen::open(files, REWRITER)?;
        let file = folder("preprocessor_config.json");
        let optics = files.json::<Optics>(&file)?.checked(&file)?;
        let embedding = Graph::open(files, &folder("embed_tokens"), settings)?;
        Ok(Rewriter {
            habits: Habits::read(files, &words)?,
            words,
            optics,
            eye: Eye::open(files, &folder("vision_encoder"), settings)?,
            ids: embedding.input(names::IDS)?,
            embeds: embedding.output(names::EMBEDS)?,
            embedding,
            decoder: Decoder::open(files, &folder("decoder"), settings)?,
            buckets: buckets::of(package)?,
            at_once: AT_ONCE,
        })
    }

    /// `told` hears after every number of the answer how many there are, and may stop it.
    pub fn rewrite(&mut self, brief: &Brief, told: &mut dyn FnMut(u32) -> ControlFlow<()>) -> Result<Rewritten> {
        let answer = self.answer(brief, told)?;
        let text = self.words.write(&answer)?;
        let text = answer::inside(&text).ok_or(Error::NotRewritten)?.to_owned();
        Ok(Rewritten { text, tokens: answer.len() as u32 })
    }

    fn answer(&mut self, brief: &Brief, told: &mut dyn FnMut(u32) -> ControlFlow<()>) -> Result<Vec<i64>> {
        let (message, embeds) = self.message(brief)?;
        let mut memory = self.decoder.begin()?;
        let mut heard = |count: usize| match told(count as u32) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled { step: count as u32 }),
        };
        let mut logits = Vec::new();
        let width = embeds.len() / message.ids.len().max(1);
        for (places, embeds) in message.places.chunks(self.at_once).zip(embeds.chunks((self.at_once * width).max(1))) {
            heard(0)?;
            logits = self.decoder.read(&mut memory, embeds, places)?;
        }
        let (mut read, mut answer) = (message.ids, Vec::new());
        while answer.len() < MOST_TOKENS {
            let next = self.habits.next(&logits, &read);
            if self.habits.end(next) {
                break;
            }
            answer.push(next);
            read.push(next);
            heard(answer.len())?;
            let place = message.next + answer.len() as i64 - 1;
            let embeds = self.meanings(&[next])?;
            logits = self.decoder.read(&mut memory, &embeds, &[[place; 3]])?;
        }
        Ok(answer)
    }

    /// The whole message, and the meaning of each of its places: of words by the table, of squares by the eye.
    fn message(&mut self, brief: &Brief) -> Result<(Message, Vec<f32>)> {
        let text = message::said(brief.task, &brief.prompt)?;
        let references = source_first(&brief.references);
        let views = references.iter().map(|r| self.view(&r.picture)).collect::<Result<Vec<View>>>()?;
        let squares: Vec<_> = views.iter().map(|v| v.squares).collect();
        let message = Message::new(&self.words, &text, &squares)?;
        let mut embeds = self.meanings(&message.ids)?;
        let width = embeds.len() / message.ids.len().max(1);
        let mut seen = Vec::new();
        for view in &views {
            seen.extend(self.eye.look(view, width)?);
        }
        let square = self.words.sign(SQUARE)?;
        let places = message.ids.iter().zip(embeds.chunks_exact_mut(width.max(1)));
        let empty = places.filter(|(id, _)| **id == square).map(|(_, place)| place);
        for (place, feature) in empty.zip(seen.chunks_exact(width.max(1))) {
            place.copy_from_slice(feature);
        }
        Ok((message, embeds))
    }

    /// In the size in which the picture model gets it, then as the eye wants it.
    fn view(&self, picture: &Picture) -> Result<View> {
        let size = buckets::enter(picture.size(), &self.buckets, 16);
        let picture = picture.resize(size, Filter::Lanczos).map_err(|e| Error::BadOrder(e.to_string()))?;
        self.optics.view(&picture)
    }

    fn meanings(&mut self, ids: &[i64]) -> Result<Vec<f32>> {
        let shape = [1, ids.len()];
        Ok(self.embedding.run(&[(&self.ids, Feed::Ids(&shape, ids))], &self.embeds)?.values)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde::Deserialize;

    use crate::inference::order::Role;
    use crate::media::decode::{Limits, decode};

    use super::*;

    /// Of tests/oracle/rewriter.py.
    #[derive(Deserialize)]
    struct Case {
        task: Task,
        prompt: String,
        pictures: Vec<String>,
        /// The whole message as transformers' processor makes it.
        ids: Vec<i64>,
        /// When, row and column of each number, plane by plane.
        places: Vec<Vec<i64>>,
        /// After the message, before any penalty.
        logits: Vec<f32>,
        /// Without the end.
        answer: Vec<i64>,
        text: String,
        rewritten: Option<String>,
    }

    const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");

    fn rewriter() -> Rewriter {
        let package = Package::in_folder(&Path::new(DATA).join("packages/dreamomni2")).unwrap();
        Rewriter::load(&package, &Settings { threads: 1, ..Settings::default() }).unwrap()
    }

    fn cases() -> Vec<(Case, Brief)> {
        let folder = Path::new(DATA).join("rewriter");
        let cases: Vec<Case> = serde_json::from_slice(&std::fs::read(folder.join("cases.json")).unwrap()).unwrap();
        let picture = |file: &String| decode(&std::fs::read(folder.join(file)).unwrap(), &Limits::default()).unwrap().0;
        let brief = |case: &Case| Brief {
            task: case.task,
            prompt: case.prompt.clone(),
            references: case
                .pictures
                .iter()
                .map(|file| ReferencePicture { picture: picture(file), role: Role::Subject, scene: None })
                .collect(),
        };
        cases
            .into_iter()
            .map(|case| {
                let brief = brief(&case);
                (case, brief)
            })
            .collect()
    }

    #[test]
    fn messages_logits_and_answers_are_those_of_the_original() {
        let mut rewriter = rewriter();
        let mut pictures = Vec::new();
        for (case, brief) in cases() {
            let (message, embeds) = rewriter.message(&brief).unwrap();
            assert_eq!(message.ids, case.ids, "{}", case.prompt);
            let planes = (0..3).map(|axis| message.places.iter().map(|p| p[axis]).collect::<Vec<_>>());
            assert_eq!(planes.collect::<Vec<_>>(), case.places, "{}", case.prompt);
            let mut memory = rewriter.decoder.begin().unwrap();
            let logits = rewriter.decoder.read(&mut memory, &embeds, &message.places).unwrap();
            assert_eq!(logits.len(), case.logits.len());
            let off = logits.iter().zip(&case.logits).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(off <= 1e-4, "{}: {off}", case.prompt);
            // Read at once and in small parts: the same answer.
            for at_once in [AT_ONCE, 7] {
                rewriter.at_once = at_once;
                let answer = rewriter.answer(&brief, &mut |_| ControlFlow::Continue(())).unwrap();
                assert_eq!(answer, case.answer, "{} by {at_once}", case.prompt);
                assert_eq!(rewriter.words.write(&answer).unwrap(), case.text);
            }
            let rewritten = rewriter.rewrite(&brief, &mut |_| ControlFlow::Continue(()));
            assert_eq!(rewritten.map(|r| r.text).ok(), case.rewritten, "{}", case.prompt);
            pictures.push(case.pictures.len());
        }
        pictures.sort_unstable();
        assert_eq!(pictures, [0, 1, 1, 2, 5]);
    }

    #[test]
    fn an_answer_without_tags_is_told_as_such() {
        let mut rewriter = rewriter();
        let (_, brief) = cases().into_iter().find(|(case, _)| case.rewritten.is_none()).unwrap();
        let told = rewriter.rewrite(&brief, &mut |_| ControlFlow::Continue(())).unwrap_err();
        assert_eq!(told.code(), "rewrite_unusable");
        assert!(told.to_string().contains("as it is"), "{told}");
    }

    #[test]
    fn it_stops_between_two_numbers_when_asked_to() {
        let mut rewriter = rewriter();
        let (_, brief) = cases().remove(0);
        let mut heard = Vec::new();
        let stopped = rewriter.rewrite(&brief, &mut |count| {
            heard.push(count);
            if count == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(stopped, Err(Error::Cancelled { step: 3 })));
        assert_eq!(heard, [0, 1, 2, 3]);
    }

    #[test]
    fn a_prompt_cannot_pretend_to_be_a_picture_and_a_clip_has_none() {
        let mut rewriter = rewriter();
        let mut refused = |task, prompt: &str| {
            let brief = Brief { task, prompt: prompt.to_owned(), references: Vec::new() };
            rewriter.rewrite(&brief, &mut |_| ControlFlow::Continue(())).unwrap_err().code()
        };
        assert_eq!(refused(Task::Edit, "a <|image_pad|> b"), "order_refused");
        assert_eq!(refused(Task::Clip, "a"), "order_refused");
    }
}
