//! LTX-Video: words, and a first frame if there is one, to the frames of a clip.
//!
//! Chosen over Wan because its graphs can be exported with free sizes and frame counts: Wan's VAE walks its frames in
//! a loop that an exporter unrolls for one length. Every eighth frame (as the VAE compresses time) has latents of its
//! own, after the first: `[1, C, f, h, w]`, one token each. A first frame's tokens are clean and stay as they are, and
//! their timestep is 0; what the original draws from the VAE's spread is its mean here.

use crate::base::units::Rate;
use crate::inference::bound::Bound;
use crate::inference::error::{Error, Result};
use crate::inference::graph::{Feed, Graph, Port};
use crate::inference::latents::Latents;
use crate::inference::names;
use crate::inference::order::{Made, Order, Watch};
use crate::inference::packages::{Package, PackageInfo};
use crate::inference::pipeline::Pipeline;
use crate::inference::schedulers::{Config, Plan, choose};
use crate::inference::settings::Settings;
use crate::inference::tokenizers::subwords::Subwords;
use crate::media::picture::Picture;

use super::branches::Branches;
use super::limits;
use super::sparing::Sparing;
use super::stages::{self, Denoiser};
use super::text::{self, Encoded, Layer, TextEncoder};
use super::video_vae::VideoVae;

/// How many numbers T5 makes of a prompt.
const WORDS: usize = 128;

pub(crate) struct Ltx {
    info: PackageInfo,
    scheduler: Config,
    words: TextEncoder,
    transformer: Transformer,
    vae: VideoVae,
    /// Memory was short once: the text encoders are in it only while they are asked.
    short: bool,
}

impl Ltx {
    pub(crate) fn load(package: &Package, settings: &Settings) -> Result<Self> {
        let files = &package.files;
        let t5 = Subwords::t5(files, "tokenizer", text::prompt_length(files, WORDS)?)?;
        let told = "transformer/config.json";
        let shape: TransformerConfig = if files.has(told) { files.json(told)? } else { TransformerConfig::default() };
        if shape.patch_size.unwrap_or(1) != 1 || shape.patch_size_t.unwrap_or(1) != 1 {
            let found = "patch_size or patch_size_t above 1".to_owned();
            return Err(Error::Unsupported { what: "in its transformer", found, supported: "patches of 1".to_owned() });
        }
        Ok(Ltx {
            info: package.info.clone(),
            scheduler: files.json("scheduler/scheduler_config.json")?,
            words: TextEncoder::open(files, "text_encoder", t5, Layer::Last, settings)?.with_hidden()?,
            transformer: Transformer::bind(Graph::open_for_steps(files, "transformer", settings)?)?,
            vae: VideoVae::open(package, settings)?,
            short: false,
        })
    }
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct TransformerConfig {
    patch_size: Option<usize>,
    patch_size_t: Option<usize>,
}

impl Pipeline for Ltx {
    fn run(&mut self, order: &Order, watch: &mut dyn Watch) -> Result<Made> {
        self.draw_or_spare(order, watch)
    }
}

impl Sparing for Ltx {
    fn short(&mut self) -> &mut bool {
        &mut self.short
    }

    fn draw(&mut self, order: &Order, watch: &mut dyn Watch) -> Result<Made> {
        limits::check(order, &self.info)?;
        let facts = &self.vae.facts;
        // Frames between two latents are left out, as the original does.
        let grid = Grid {
            frames: (order.frames.saturating_sub(1) / facts.time + 1) as usize,
            height: (order.size.height / facts.space) as usize,
            width: (order.size.width / facts.space) as usize,
            scale: scale(facts.time, facts.space, order.rate),
        };
        let shape = vec![1, facts.channels, grid.frames, grid.height, grid.width];
        let mut latents = stages::first_noise(order, shape.clone())?;
        let mut held = 0;
        if let Some(first) = order.references.first() {
            self.transformer.refuse_to_hold_without_own_timesteps(&self.info)?;
            let clean = self.vae.encode(&first.picture, order.size)?;
            held = grid.height * grid.width;
            place(&clean, &mut latents, grid.frames);
        }
        let mut branches = vec![self.words.encode(&order.prompt)?];
        if order.guidance > 1.0 {
            branches.insert(0, self.words.encode(order.negative.as_deref().unwrap_or_default())?);
        }
        if self.short {
            self.words.let_go();
        }
        let plan = Plan { steps: order.steps as usize, asked: order.scheduler.as_deref(), tokens: Some(grid.tokens()) };
        let mut scheduler = choose(&self.scheduler, &plan)?;
        let sample = tokens(&latents);
        // One branch after the other: as fast as both at once for so many tokens, in half the memory.
        let bounds = branches.iter().map(|words| self.transformer.bind_to(&sample, words, &grid));
        let (bounds, of) = (bounds.collect::<Result<_>>()?, branches.len());
        let branches = Branches { bounds, of, guidance: order.guidance, more: false };
        let times = vec![0.0; if self.transformer.tells_each() { grid.tokens() } else { 1 }];
        let mut denoiser = LtxDenoiser { transformer: &mut self.transformer, branches, times, held };
        let last = stages::denoise(&mut denoiser, scheduler.as_mut(), sample, 0, order.seed, watch)?;
        let latents = planes(&last, shape);

        let frames = self.vae.decode(&latents, order.seed)?;
        let of = frames.len() as u32;
        for (index, planes) in (0u32..).zip(&frames) {
            watch.drawn(planes);
            let frame = stages::picture(planes, "the decoder")?;
            stages::go_on(watch.frame(index, of, &frame), order.steps)?;
        }
        Ok(Made { picture: None, scene: None, latents, unknown: Vec::new() })
    }
}

/// How the latents stand in time and space.
struct Grid {
    frames: usize,
    height: usize,
    width: usize,
    /// Seconds, rows and columns of pixels between two latents.
    scale: [f32; 3],
}

impl Grid {
    fn tokens(&self) -> usize {
        self.frames * self.height * self.width
    }

    /// Where each token stands: all seconds, then all rows, then all columns.
    fn places(&self) -> Vec<f32> {
        let (plane, width) = (self.height * self.width, self.width);
        let [seconds, rows, columns] = self.scale;
        let all = || 0..self.tokens();
        let time = all().map(|token| (token / plane) as f32 * seconds);
        let row = all().map(|token| (token % plane / width) as f32 * rows);
        let column = all().map(|token| (token % width) as f32 * columns);
        time.chain(row).chain(column).collect()
    }
}

fn scale(time: u32, space: u32, rate: Rate) -> [f32; 3] {
    let seconds = f64::from(time) * f64::from(rate.den) / f64::from(rate.num);
    [seconds as f32, space as f32, space as f32]
}

/// Lays a first frame `[1, C, 1, h, w]` over the first of `frames`.
fn place(first: &Latents, latents: &mut Latents, frames: usize) {
    let plane = first.shape.iter().skip(2).product::<usize>().max(1);
    for (clean, noisy) in first.values.chunks_exact(plane).zip(latents.values.chunks_exact_mut(plane * frames)) {
        for (to, from) in noisy.iter_mut().zip(clean) {
            *to = *from;
        }
    }
}

/// `[1, C, f, h, w]` to a row of C numbers for each of `f x h x w` tokens.
fn tokens(latents: &Latents) -> Latents {
    let channels = latents.shape.get(1).copied().unwrap_or(1).max(1);
    let count = latents.values.len() / channels;
    Latents { shape: vec![1, count, channels], values: turned(&latents.values, count) }
}

/// The reverse of [`tokens`].
fn planes(tokens: &Latents, shape: Vec<usize>) -> Latents {
    let channels = tokens.shape.last().copied().unwrap_or(1);
    Latents { values: turned(&tokens.values, channels), shape }
}

/// Rows of `length` numbers become columns.
fn turned(values: &[f32], length: usize) -> Vec<f32> {
    (0..length).flat_map(|column| values.iter().skip(column).step_by(length.max(1)).copied()).collect()
}

struct LtxDenoiser<'a> {
    transformer: &'a mut Transformer,
    branches: Branches,
    /// What each token is told, or all of them.
    times: Vec<f32>,
    /// So many tokens are the first frame's.
    held: usize,
}

impl Denoiser for LtxDenoiser<'_> {
    fn predict(&mut self, sample: &Latents, timestep: f32) -> Result<&[f32]> {
        self.times.iter_mut().skip(self.held).for_each(|time| *time = timestep);
        let Transformer { graph, hidden, timestep: time, .. } = &mut *self.transformer;
        let said = self.branches.ask(graph, sample.values.len(), &[(hidden, &sample.values), (time, &self.times)])?;
        let channels = sample.shape.last().copied().unwrap_or(1);
        said.iter_mut().take(self.held * channels).for_each(|v| *v = 0.0);
        Ok(said)
    }

    fn preview(&mut self, _: &Latents) -> Result<Option<Picture>> {
        Ok(None)
    }
}

struct Transformer {
    graph: Graph,
    hidden: Port,
    words: Port,
    mask: Option<Port>,
    timestep: Port,
    places: Places,
    out: Port,
}

/// How an export wants to know where the tokens stand.
enum Places {
    /// Three numbers for each, as they are.
    Each(Port),
    /// It counts them itself; `optimum` exports it so.
    Counted { frames: Option<Port>, height: Port, width: Port, scale: Port },
}

impl Places {
    fn ports(&self) -> Vec<&Port> {
        match self {
            Places::Each(port) => vec![port],
            Places::Counted { frames, height, width, scale } => frames.iter().chain([height, width, scale]).collect(),
        }
    }
}

impl Transformer {
    fn bind(graph: Graph) -> Result<Self> {
        let places = match graph.maybe_input(names::VIDEO_COORDS) {
            Some(port) => Places::Each(port),
            None => Places::Counted {
                frames: graph.maybe_input(names::LATENT_FRAMES),
                height: graph.input(&["height"])?,
                width: graph.input(&["width"])?,
                scale: graph.input(names::ROPE_SCALE)?,
            },
        };
        let bound = Transformer {
            hidden: graph.input(names::HIDDEN)?,
            words: graph.input(names::WORDS)?,
            mask: graph.maybe_input(names::WORDS_MASK),
            timestep: graph.input(names::TIMESTEP)?,
            places,
            out: graph.output(names::OUT_HIDDEN)?,
            graph,
        };
        let mut fed = vec![&bound.hidden, &bound.words, &bound.timestep];
        fed.extend(bound.mask.iter().chain(bound.places.ports()));
        bound.graph.expect_no_more_than(&fed)?;
        Ok(bound)
    }

    /// Whether each token can be told its own timestep.
    fn tells_each(&self) -> bool {
        matches!(self.timestep.shape.as_slice(), [_, tokens] if *tokens != 1)
    }

    fn refuse_to_hold_without_own_timesteps(&self, model: &PackageInfo) -> Result<()> {
        if self.tells_each() {
            return Ok(());
        }
        Err(Error::BadOrder(format!(
            "{} was exported with one timestep for the whole clip, so it cannot begin with a given frame; leave the \
             first frame out, or export its transformer with a timestep of the shape [batch, tokens]",
            model.name
        )))
    }

    /// Gets ready to be asked about samples like this one.
    fn bind_to(&self, sample: &Latents, words: &Encoded, grid: &Grid) -> Result<Bound> {
        let count = grid.tokens();
        let zeros = vec![0.0; count];
        let times = match self.timestep.shape.len() {
            2 if self.tells_each() => Feed::Numbers(&[1, count], &zeros),
            2 => Feed::Numbers(&[1, 1], &[0.0]),
            _ => Feed::Each(1, 0.0),
        };
        let (mask_shape, coords_shape) = ([1, words.mask.len()], [1, 3, count]);
        let coords = grid.places();
        let mut stay = vec![(&self.words, Feed::Numbers(&words.hidden.shape, &words.hidden.values))];
        stay.extend(self.mask.iter().map(|port| (port, Feed::Ids(&mask_shape, &words.mask))));
        match &self.places {
            Places::Each(port) => stay.push((port, Feed::Numbers(&coords_shape, &coords))),
            Places::Counted { frames, height, width, scale } => {
                stay.extend(frames.iter().map(|port| (port, Feed::Each(1, grid.frames as f32))));
                stay.push((height, Feed::Each(1, grid.height as f32)));
                stay.push((width, Feed::Each(1, grid.width as f32)));
                stay.push((scale, Feed::Numbers(&[3], &grid.scale)));
            }
        }
        let change = [(&self.hidden, Feed::Numbers(&sample.shape, &sample.values)), (&self.timestep, times)];
        Bound::new(&self.graph, &stay, &change, &self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_as_the_planes_they_were() {
        let shape = vec![1, 2, 2, 1, 3];
        let latents = Latents { shape: shape.clone(), values: (0u8..12).map(f32::from).collect() };
        let packed = tokens(&latents);
        assert_eq!((packed.shape.as_slice(), &packed.values[..4]), ([1, 6, 2].as_slice(), &[0.0, 6.0, 1.0, 7.0][..]));
        assert_eq!(planes(&packed, shape), latents);
    }

    #[test]
    fn a_token_stands_at_its_second_row_and_column() {
        let rate = Rate::new(30_000, 1001).unwrap();
        let grid = Grid { frames: 2, height: 2, width: 3, scale: scale(8, 32, rate) };
        let places = grid.places();
        let token = |n: usize| vec![places[n], places[12 + n], places[24 + n]];
        assert_eq!(token(0), vec![0.0, 0.0, 0.0]);
        assert_eq!(token(11), vec![(8.0 * 1001.0 / 30_000.0) as f32, 32.0, 64.0]);
    }
}
