//! The starter's pipeline: words and references to a scene, and the scene to pictures of any size and moment.

use serde::Deserialize;

use crate::base::units::Size;
use crate::inference::bound::Bound;
use crate::inference::error::{Error, Result};
use crate::inference::graph::{Feed, Graph, Port};
use crate::inference::latents::Latents;
use crate::inference::names;
use crate::inference::order::{Made, Order, ReferencePicture, Role, Task, Watch};
use crate::inference::packages::{Files, Package, PackageInfo};
use crate::inference::pipeline::Pipeline;
use crate::inference::schedulers::FlowEuler;
use crate::inference::settings::Settings;
use crate::inference::tokenizers::lexicon::Lexicon;
use crate::media::picture::{Filter, Picture};
use crate::media::scene::Scene as Drawn;

use super::branches::Branches;
use super::limits;
use super::stages::{self, Denoiser};

/// Previews are drawn with at most this many pixels on the longer side.
const PREVIEW_SIDE: u32 = 320;

pub(crate) struct Scene {
    info: PackageInfo,
    hash: [u8; 32],
    known_threshold: f32,
    lexicon: Lexicon,
    shape: Shape,
    text: Text,
    transformer: Transformer,
    files: Files,
    settings: Settings,
    /// Opened when the first picture is to be read: most orders bring none.
    encoder: Option<Encoder>,
    decoder: Decoder,
}

/// `transformer/config.json`: how many tokens a scene has, and how long they are.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Shape {
    scene_tokens: usize,
    channels: usize,
    #[serde(default = "five")]
    max_references: usize,
}

struct Text {
    graph: Graph,
    ids: Port,
    hidden: Port,
}

struct Transformer {
    graph: Graph,
    hidden: Port,
    places: Port,
    words: Port,
    mask: Option<Port>,
    timestep: Port,
    velocity: Port,
}

struct Encoder {
    graph: Graph,
    sample: Port,
    latent: Port,
    known: Option<Port>,
    size: Size,
}

struct Decoder {
    graph: Graph,
    latent: Port,
    seconds: Option<Port>,
    duration: Option<Port>,
    height: Port,
    width: Port,
    sample: Port,
}

#[derive(Deserialize)]
struct EncoderConfig {
    /// Height and width.
    sample_size: [u32; 2],
}

impl Scene {
    pub(crate) fn load(package: &Package, settings: &Settings) -> Result<Self> {
        let files = &package.files;
        let open = |folder: &str| Graph::open(files, folder, settings);
        let shape: Shape = files.json("transformer/config.json")?;
        Ok(Scene {
            info: package.info.clone(),
            hash: blake3::Hash::from_hex(&package.info.hash).map_or([0; 32], |h| *h.as_bytes()),
            known_threshold: package.manifest.known_threshold.unwrap_or(0.5),
            lexicon: package.lexicon()?,
            shape,
            text: Text::bind(open("text_encoder")?)?,
            transformer: Transformer::bind(Graph::open_for_steps(files, "transformer", settings)?)?,
            decoder: Decoder::bind(open("vae_decoder")?)?,
            files: files.clone(),
            settings: settings.clone(),
            encoder: None,
        })
    }

    /// The scene tokens of a reference: those it was drawn from, or what the encoder sees in it.
    fn encode(&mut self, reference: &ReferencePicture, editing: bool) -> Result<Vec<f32>> {
        let own = reference.scene.as_ref().filter(|s| s.package == self.hash).map(|s| &s.latents);
        if let Some(latents) = own.filter(|l| l.len() == self.shape.scene_tokens * self.shape.channels) {
            return Ok(latents.clone());
        }
        let encoder = match self.encoder.take() {
            Some(open) => open,
            None => Encoder::open(&self.files, &self.settings)?,
        };
        let (latents, known) = self.encoder.insert(encoder).look(&reference.picture)?;
        if editing && reference.role == Role::Source && known < self.known_threshold {
            return Err(Error::ForeignSource {
                sentence: format!(
                    "the model {} can only edit pictures that it has drawn itself, and this source is none of them; \
                     give the picture as a reference for subject, style, palette or texture instead, \
                     or edit it with another model",
                    self.info.name
                ),
            });
        }
        Ok(latents)
    }

    fn check(&self, order: &Order) -> Result<()> {
        limits::check(order, &self.info)?;
        let most = self.shape.max_references;
        if order.references.len() > most {
            return Err(Error::BadOrder(format!("this model takes at most {most} references")));
        }
        Ok(())
    }
}

impl Pipeline for Scene {
    fn run(&mut self, order: &Order, watch: &mut dyn Watch) -> Result<Made> {
        self.check(order)?;
        let reading = self.lexicon.read(&order.prompt);
        let mut prompts = vec![reading.ids];
        if order.guidance > 1.0 {
            prompts.insert(0, self.lexicon.read(order.negative.as_deref().unwrap_or_default()).ids);
        }
        let words = self.text.encode(&prompts, self.lexicon.pad)?;

        let mut references = Vec::new();
        for reference in &order.references {
            references.push((reference.role, self.encode(reference, order.task == Task::Edit)?));
        }

        let Shape { scene_tokens, channels, .. } = self.shape;
        let sample = stages::first_noise(order, vec![1, scene_tokens, channels])?;
        let mut scheduler = FlowEuler::even(order.steps as usize, 1.0);
        let places = places(&references, scene_tokens);
        let references: Vec<f32> = references.into_iter().flat_map(|(_, tokens)| tokens).collect();
        let branches = self.transformer.bind_to(&sample, &references, &places, &words, order.guidance)?;
        let (transformer, decoder) = (&mut self.transformer, &mut self.decoder);
        let mut denoiser = SceneDenoiser { transformer, decoder, branches, preview: within(order.size, PREVIEW_SIDE) };
        let latents = stages::denoise(&mut denoiser, &mut scheduler, sample, 0, order.seed, watch)?;

        let picture = if order.task == Task::Clip {
            // The last frame stands exactly at the end: its reference is met there.
            let duration = order.rate.seconds(order.frames.saturating_sub(1)) as f32;
            for index in 0..order.frames {
                let at = order.rate.seconds(index) as f32;
                let planes = self.decoder.draw(&latents, order.size, at, duration)?;
                watch.drawn(&planes);
                let frame = stages::picture(&planes, "the decoder")?;
                stages::go_on(watch.frame(index, order.frames, &frame), order.steps)?;
            }
            None
        } else {
            let planes = self.decoder.draw(&latents, order.size, 0.0, 0.0)?;
            watch.drawn(&planes);
            Some(stages::picture(&planes, "the decoder")?)
        };
        let scene = Some(Drawn { package: self.hash, latents: latents.values.clone() });
        Ok(Made { picture, scene, latents, unknown: reading.unknown })
    }
}

/// The words of both branches, padded to one length, as the text encoder sees them.
struct Words {
    hidden: Latents,
    mask: Vec<f32>,
}

struct SceneDenoiser<'a> {
    transformer: &'a mut Transformer,
    decoder: &'a mut Decoder,
    branches: Branches,
    preview: Size,
}

impl Denoiser for SceneDenoiser<'_> {
    fn predict(&mut self, sample: &Latents, timestep: f32) -> Result<&[f32]> {
        let Transformer { graph, hidden, timestep: time, .. } = &mut *self.transformer;
        let changed: [(&Port, &[f32]); 2] = [(hidden, &sample.values), (time, &[timestep])];
        Ok(self.branches.ask(graph, sample.values.len(), &changed)?)
    }

    fn preview(&mut self, sample: &Latents) -> Result<Option<Picture>> {
        stages::picture(&self.decoder.draw(sample, self.preview, 0.0, 0.0)?, "the decoder").map(Some)
    }
}

/// Three numbers a token: which picture, its role, and its place in the row.
fn places(references: &[(Role, Vec<f32>)], tokens: usize) -> Vec<f32> {
    let count = |n: usize| n as f32;
    let own = (0..tokens).flat_map(|k| [0.0, 0.0, count(k)]);
    let others = references.iter().zip(1..).flat_map(|((role, _), index)| {
        (0..tokens).flat_map(move |k| [count(index), f32::from(role.number()), count(k + tokens * index)])
    });
    own.chain(others).collect()
}

/// `size` scaled down to fit, with even sides.
fn within(size: Size, most: u32) -> Size {
    let longest = size.width.max(size.height).max(1);
    let scaled = |side: u32| (side * most.min(longest) / longest).max(2) & !1;
    Size::new(scaled(size.width), scaled(size.height))
}

fn five() -> usize {
    5
}

impl Text {
    fn bind(graph: Graph) -> Result<Self> {
        let (ids, hidden) = (graph.input(names::IDS)?, graph.output(names::TEXT_HIDDEN)?);
        graph.expect_no_more_than(&[&ids])?;
        Ok(Text { graph, ids, hidden })
    }

    fn encode(&mut self, prompts: &[Vec<i64>], pad: i64) -> Result<Words> {
        let length = prompts.iter().map(Vec::len).max().unwrap_or(1);
        let padded =
            |ids: &Vec<i64>| ids.iter().copied().chain(std::iter::repeat(pad)).take(length).collect::<Vec<_>>();
        let ids: Vec<i64> = prompts.iter().flat_map(padded).collect();
        let real = |ids: &Vec<i64>| (0..length).map(|at| if at < ids.len() { 1.0 } else { 0.0 }).collect::<Vec<f32>>();
        let mask = prompts.iter().flat_map(real).collect();
        let hidden = self.graph.run(&[(&self.ids, Feed::Ids(&[prompts.len(), length], &ids))], &self.hidden)?;
        Ok(Words { hidden, mask })
    }
}

impl Transformer {
    fn bind(graph: Graph) -> Result<Self> {
        let mask = graph.maybe_input(names::TEXT_MASK);
        let bound = Transformer {
            hidden: graph.input(names::HIDDEN)?,
            places: graph.input(names::IMAGE_IDS)?,
            words: graph.input(names::WORDS)?,
            timestep: graph.input(names::TIMESTEP)?,
            velocity: graph.output(names::OUT_HIDDEN)?,
            mask,
            graph,
        };
        let mut fed = vec![&bound.hidden, &bound.places, &bound.words, &bound.timestep];
        fed.extend(&bound.mask);
        bound.graph.expect_no_more_than(&fed)?;
        Ok(bound)
    }

    /// Gets ready to be asked about samples like this one, in all branches at once, with the references behind it.
    fn bind_to(
        &self,
        sample: &Latents,
        references: &[f32],
        places: &[f32],
        words: &Words,
        guidance: f32,
    ) -> Result<Branches> {
        let (of, tokens) = (words.hidden.shape.first().copied().unwrap_or(1), places.len() / 3);
        let channels = sample.shape.last().copied().unwrap_or(1);
        let hidden = [sample.values.as_slice(), references].concat().repeat(of);
        let (hidden_shape, places_shape) = ([of, tokens, channels], [tokens, 3]);
        let mask_shape = [of, words.mask.len() / of.max(1)];
        let mut stay = vec![
            (&self.places, Feed::Numbers(&places_shape, places)),
            (&self.words, Feed::Numbers(&words.hidden.shape, &words.hidden.values)),
        ];
        stay.extend(self.mask.iter().map(|port| (port, Feed::Numbers(&mask_shape, &words.mask))));
        let change = [(&self.hidden, Feed::Numbers(&hidden_shape, &hidden)), (&self.timestep, Feed::Each(of, 0.0))];
        let bound = Bound::new(&self.graph, &stay, &change, &self.velocity)?;
        Ok(Branches { bounds: vec![bound], of, guidance, more: !references.is_empty() })
    }
}

impl Encoder {
    fn open(files: &Files, settings: &Settings) -> Result<Self> {
        let [height, width] = files.json::<EncoderConfig>("vae_encoder/config.json")?.sample_size;
        let (graph, size) = (Graph::open(files, "vae_encoder", settings)?, Size::new(width, height));
        let known = graph.maybe_output(&["known"]);
        let (sample, latent) = (graph.input(names::PIXELS)?, graph.output(names::LATENT_FROM_PIXELS)?);
        graph.expect_no_more_than(&[&sample])?;
        Ok(Encoder { graph, sample, latent, known, size })
    }

    /// The scene it sees, and how sure it is that this model drew the picture (0 to 1).
    fn look(&mut self, picture: &Picture) -> Result<(Vec<f32>, f32)> {
        let small = picture.resize(self.size, Filter::Triangle).map_err(|e| Error::BadOrder(e.to_string()))?;
        let pixels = stages::planes(&small);
        let mut wanted = vec![&self.latent];
        wanted.extend(&self.known);
        let mut found = self.graph.run_for(&[(&self.sample, Feed::Numbers(&pixels.shape, &pixels.values))], &wanted)?;
        let known = if self.known.is_some() { found.pop() } else { None };
        let known = known.and_then(|k| k.values.first().copied()).unwrap_or(1.0);
        Ok((found.pop().map(|l| l.values).unwrap_or_default(), known))
    }
}

impl Decoder {
    fn bind(graph: Graph) -> Result<Self> {
        let bound = Decoder {
            latent: graph.input(names::LATENT)?,
            seconds: graph.maybe_input(&["seconds"]),
            duration: graph.maybe_input(&["duration"]),
            height: graph.input(&["height"])?,
            width: graph.input(&["width"])?,
            sample: graph.output(names::PIXELS)?,
            graph,
        };
        let mut fed = vec![&bound.latent, &bound.height, &bound.width];
        fed.extend(bound.seconds.iter().chain(&bound.duration));
        bound.graph.expect_no_more_than(&fed)?;
        Ok(bound)
    }

    fn draw(&mut self, latents: &Latents, size: Size, seconds: f32, duration: f32) -> Result<Latents> {
        let mut feeds = vec![
            (&self.latent, Feed::Numbers(&latents.shape, &latents.values)),
            (&self.height, Feed::Each(1, size.height as f32)),
            (&self.width, Feed::Each(1, size.width as f32)),
        ];
        feeds.extend(self.seconds.iter().map(|port| (port, Feed::Each(1, seconds))));
        feeds.extend(self.duration.iter().map(|port| (port, Feed::Each(1, duration))));
        self.graph.run(&feeds, &self.sample)
    }
}
