//! FLUX.1 Kontext and DreamOmni2: words and one to five references to a new or an edited picture.
//!
//! References enter clean, behind the noisy tokens, each with an index and a shift of place to the right.

use crate::base::units::Size;
use crate::inference::bound::Bound;
use crate::inference::error::{Error, Result};
use crate::inference::graph::{Feed, Graph, Port};
use crate::inference::latents::Latents;
use crate::inference::names;
use crate::inference::order::{Made, Order, ReferencePicture, Task, Watch, source_first};
use crate::inference::packages::{Files, Package, PackageInfo, own_transformer};
use crate::inference::pipeline::Pipeline;
use crate::inference::schedulers::{Config, Plan, choose};
use crate::inference::settings::Settings;
use crate::inference::tokenizers::subwords::Subwords;
use crate::media::picture::Picture;

use super::branches::Branches;
use super::buckets;
use super::limits;
use super::sparing::Sparing;
use super::stages::{self, Denoiser};
use super::text::{self, Layer, TextEncoder};
use super::vae::Vae;

/// How many numbers T5 makes of a prompt.
const WORDS: usize = 512;

pub(crate) struct Flux {
    info: PackageInfo,
    /// The sizes in which references enter; empty where they stay as they are.
    buckets: Vec<Size>,
    scheduler: Config,
    summary: TextEncoder,
    words: TextEncoder,
    transformers: Transformers,
    vae: Vae,
    /// Memory was short once: text encoders and transformer are in it by turns.
    short: bool,
}

/// The transformer that is open. A package may have one of its own for a task; two are never held at once.
struct Transformers {
    files: Files,
    settings: Settings,
    open: Option<(&'static str, Transformer)>,
}

struct Transformer {
    graph: Graph,
    hidden: Port,
    words: Port,
    pooled: Port,
    timestep: Port,
    places: Port,
    word_places: Port,
    guidance: Option<Port>,
    out: Port,
}

impl Flux {
    pub(crate) fn load(package: &Package, settings: &Settings) -> Result<Self> {
        let files = &package.files;
        let length = text::prompt_length(files, WORDS)?;
        let (clip, t5) = (Subwords::clip(files, "tokenizer")?, Subwords::t5(files, "tokenizer_2", length)?);
        let mut flux = Flux {
            info: package.info.clone(),
            buckets: buckets::of(package)?,
            scheduler: Config::read(files.json(Config::FILE)?)?,
            summary: TextEncoder::open(files, "text_encoder", clip, Layer::Last, settings)?.with_pooled()?,
            words: TextEncoder::open(files, "text_encoder_2", t5, Layer::Last, settings)?.with_hidden()?,
            transformers: Transformers { files: files.clone(), settings: settings.clone(), open: None },
            vae: Vae::open(files, (0.3611, 0.1159, 16), settings)?,
            short: false,
        };
        // Opened before anybody waits for a picture, and refused now if it does not fit even alone.
        if let Err(error) = flux.transformers.of(Task::Picture) {
            let Error::OutOfMemory { .. } = error else { return Err(error) };
            flux.short = true;
            flux.let_texts_go();
            flux.transformers.of(Task::Picture)?;
        }
        Ok(flux)
    }

    /// The summary and all words of a prompt.
    fn read(&mut self, prompt: &str) -> Result<(Latents, Latents)> {
        if self.short && !(self.summary.remembers(prompt) && self.words.remembers(prompt)) {
            self.transformers.open = None;
        }
        let read = (self.summary.encode(prompt)?.pooled, self.words.encode(prompt)?.hidden);
        if self.short {
            self.let_texts_go();
        }
        Ok(read)
    }

    fn let_texts_go(&mut self) {
        self.summary.let_go();
        self.words.let_go();
    }

    /// The tokens of the references and their places; each stands to the right of those before it.
    fn references(&mut self, references: &[&ReferencePicture]) -> Result<(Vec<f32>, Vec<f32>)> {
        let (mut tokens, mut places) = (Vec::new(), Vec::new());
        let mut shift = 0;
        for (index, reference) in (1u16..).zip(references) {
            let multiple = (self.vae.factor * 2) as u32;
            let size = buckets::enter(reference.picture.size(), &self.buckets, multiple);
            let latents = self.vae.encode(&stages::fitted(&reference.picture, size)?)?;
            let (packed, rows, columns) = pack(&latents);
            tokens.extend(packed);
            places.extend(grid(f32::from(index), rows, columns, shift));
            shift += columns;
        }
        Ok((tokens, places))
    }
}

impl Pipeline for Flux {
    fn run(&mut self, order: &Order, watch: &mut dyn Watch) -> Result<Made> {
        self.draw_or_spare(order, watch)
    }
}

impl Sparing for Flux {
    fn short(&mut self) -> &mut bool {
        &mut self.short
    }

    fn draw(&mut self, order: &Order, watch: &mut dyn Watch) -> Result<Made> {
        limits::check(order, &self.info)?;
        let (pooled, words) = self.read(&order.prompt)?;
        let (reference_tokens, reference_places) = self.references(&source_first(&order.references))?;

        let side = |pixels: u32| pixels as usize / (self.vae.factor * 2) * 2;
        let (height, width) = (side(order.size.height), side(order.size.width));
        let noise = stages::first_noise(order, vec![1, self.vae.channels, height, width])?;
        let (packed, rows, columns) = pack(&noise);
        let plan =
            Plan { steps: order.steps as usize, asked: order.scheduler.as_deref(), tokens: Some(rows * columns) };
        let mut scheduler = choose(&self.scheduler, &plan)?;
        let mut places = grid(0.0, rows, columns, 0);
        places.extend(reference_places);
        let sample = Latents { shape: vec![1, rows * columns, self.vae.channels * 4], values: packed };
        let transformer = self.transformers.of(order.task)?;
        let given = Given { references: reference_tokens, places, words, pooled, guidance: order.guidance };
        let branches = transformer.bind_to(&sample, &given)?;
        let mut denoiser = FluxDenoiser { transformer, vae: &mut self.vae, tokens: (rows, columns), branches };
        let last = stages::denoise(&mut denoiser, scheduler.as_mut(), sample, 0, order.seed, watch)?;
        let latents = unpack(&last, self.vae.channels, rows, columns);
        let planes = self.vae.decode(&latents)?;
        watch.drawn(&planes);
        let picture = stages::picture(&planes, "the decoder")?;
        Ok(Made { picture: Some(picture), scene: None, latents, unknown: Vec::new() })
    }
}

struct FluxDenoiser<'a> {
    transformer: &'a mut Transformer,
    vae: &'a mut Vae,
    /// Rows and columns of the picture's own.
    tokens: (usize, usize),
    branches: Branches,
}

/// What stays the same from step to step.
struct Given {
    references: Vec<f32>,
    places: Vec<f32>,
    words: Latents,
    pooled: Latents,
    guidance: f32,
}

impl Denoiser for FluxDenoiser<'_> {
    fn predict(&mut self, sample: &Latents, timestep: f32) -> Result<&[f32]> {
        let Transformer { graph, hidden, timestep: time, .. } = &mut *self.transformer;
        let changed: [(&Port, &[f32]); 2] = [(hidden, &sample.values), (time, &[timestep / 1000.0])];
        Ok(self.branches.ask(graph, sample.values.len(), &changed)?)
    }

    fn preview(&mut self, sample: &Latents) -> Result<Option<Picture>> {
        let (rows, columns) = self.tokens;
        self.vae.preview(&unpack(sample, self.vae.channels, rows, columns))
    }
}

/// Squares of two by two latents become tokens: `[1, C, 2h, 2w]` to `h x w` tokens of `4C`.
fn pack(latents: &Latents) -> (Vec<f32>, usize, usize) {
    let side = |axis: usize| latents.shape.get(axis).copied().unwrap_or(0);
    let (channels, height, width) = (side(1), side(2), side(3));
    let (rows, columns) = (height / 2, width / 2);
    let mut tokens = Vec::with_capacity(latents.values.len());
    for (row, column) in (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c))) {
        for channel in 0..channels {
            let corner = (channel * height + row * 2) * width + column * 2;
            let square = [corner, corner + 1, corner + width, corner + width + 1];
            tokens.extend(square.map(|at| latents.values.get(at).copied().unwrap_or(0.0)));
        }
    }
    (tokens, rows, columns)
}

/// The reverse of [`pack`].
fn unpack(tokens: &Latents, channels: usize, rows: usize, columns: usize) -> Latents {
    let (height, width) = (rows * 2, columns * 2);
    let mut latents = Latents::zeros([1, channels, height, width]);
    for (token, values) in tokens.values.chunks_exact((channels * 4).max(1)).enumerate() {
        let (row, column) = (token / columns.max(1), token % columns.max(1));
        for (channel, square) in values.as_chunks::<4>().0.iter().enumerate() {
            let corner = (channel * height + row * 2) * width + column * 2;
            for (at, value) in [corner, corner + 1, corner + width, corner + width + 1].into_iter().zip(square) {
                if let Some(place) = latents.values.get_mut(at) {
                    *place = *value;
                }
            }
        }
    }
    latents
}

/// Three numbers a token: which picture, row, and column after a shift. In f32: exact far beyond any picture.
fn grid(index: f32, rows: usize, columns: usize, shift: usize) -> Vec<f32> {
    let places = (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x)));
    places.flat_map(|(y, x)| [index, y as f32, (x + shift) as f32]).collect()
}

impl Transformers {
    fn of(&mut self, task: Task) -> Result<&mut Transformer> {
        let own = own_transformer(task).filter(|folder| self.files.has(&format!("{folder}/model.onnx")));
        let wanted = own.unwrap_or("transformer");
        let open = match self.open.take() {
            Some(open) if open.0 == wanted => open,
            other => {
                // Room first: a transformer is most of a model.
                drop(other);
                (wanted, Transformer::bind(Graph::open_for_steps(&self.files, wanted, &self.settings)?)?)
            }
        };
        Ok(&mut self.open.insert(open).1)
    }
}

impl Transformer {
    fn bind(graph: Graph) -> Result<Self> {
        let bound = Transformer {
            hidden: graph.input(names::HIDDEN)?,
            words: graph.input(names::WORDS)?,
            pooled: graph.input(names::POOLED_IN)?,
            timestep: graph.input(names::TIMESTEP)?,
            places: graph.input(names::IMAGE_IDS)?,
            word_places: graph.input(names::TEXT_IDS)?,
            guidance: graph.maybe_input(names::GUIDANCE),
            out: graph.output(names::OUT_HIDDEN)?,
            graph,
        };
        let mut fed =
            vec![&bound.hidden, &bound.words, &bound.pooled, &bound.timestep, &bound.places, &bound.word_places];
        fed.extend(&bound.guidance);
        bound.graph.expect_no_more_than(&fed)?;
        Ok(bound)
    }

    /// Gets ready to be asked about samples like this one, with the references behind it.
    fn bind_to(&self, sample: &Latents, given: &Given) -> Result<Branches> {
        let tokens = given.places.len() / 3;
        let words = given.words.shape.get(1).copied().unwrap_or(0);
        let zeros = vec![0.0; words * 3];
        let hidden = [sample.values.as_slice(), &given.references].concat();
        let hidden_shape = [1, tokens, hidden.len() / tokens.max(1)];
        // Older exports want a batch around the places.
        let placed = |port: &Port, count: usize| if port.shape.len() == 3 { vec![1, count, 3] } else { vec![count, 3] };
        let (places_shape, zeros_shape) = (placed(&self.places, tokens), placed(&self.word_places, words));
        let mut stay = vec![
            (&self.words, Feed::Numbers(&given.words.shape, &given.words.values)),
            (&self.pooled, Feed::Numbers(&given.pooled.shape, &given.pooled.values)),
            (&self.places, Feed::Numbers(&places_shape, &given.places)),
            (&self.word_places, Feed::Numbers(&zeros_shape, &zeros)),
        ];
        stay.extend(self.guidance.iter().map(|port| (port, Feed::Each(1, given.guidance))));
        let change = [(&self.hidden, Feed::Numbers(&hidden_shape, &hidden)), (&self.timestep, Feed::Each(1, 0.0))];
        let bound = Bound::new(&self.graph, &stay, &change, &self.out)?;
        Ok(Branches { bounds: vec![bound], of: 1, guidance: 1.0, more: !given.references.is_empty() })
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::path::Path;

    use super::*;
    use crate::base::units::Rate;
    use crate::inference::order::Step;

    struct Alone;

    impl Watch for Alone {
        fn step(&mut self, _: Step) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }

        fn frame(&mut self, _: u32, _: u32, _: &Picture) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
    }

    #[test]
    fn where_memory_is_short_parts_take_turns_and_the_picture_is_the_same() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages/kontext");
        let package = Package::in_folder(&folder).unwrap();
        let mut flux = Flux::load(&package, &Settings { threads: 1, ..Settings::default() }).unwrap();
        let drawn = |flux: &mut Flux, prompt: &str| {
            let order = Order {
                task: Task::Picture,
                prompt: prompt.to_owned(),
                negative: None,
                references: Vec::new(),
                size: Size::new(64, 64),
                steps: 2,
                guidance: 3.5,
                seed: 1,
                frames: 1,
                rate: Rate::FILM,
                strength: None,
                scheduler: None,
                init_latents: None,
            };
            flux.run(&order, &mut Alone).unwrap().latents
        };
        let red = drawn(&mut flux, "red");
        assert!(flux.words.is_open() && flux.transformers.open.is_some());
        flux.short = true;
        // Remembered: no reason to let the transformer go.
        assert_eq!(drawn(&mut flux, "red"), red);
        assert!(!flux.summary.is_open() && !flux.words.is_open());
        let blue = drawn(&mut flux, "blue");
        assert!(!flux.summary.is_open() && !flux.words.is_open() && flux.transformers.open.is_some());
        let mut fresh = Flux::load(&package, &Settings { threads: 1, ..Settings::default() }).unwrap();
        assert_eq!(drawn(&mut fresh, "blue"), blue);
        assert_ne!(red, blue);
    }
}
