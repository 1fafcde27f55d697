//! Upscaling: one graph enlarges a picture tile by tile, so that what it costs in memory is one row of tiles and the
//! picture that is made.

use crate::base::units::Size;
use crate::inference::error::{Error, Result};
use crate::inference::graph::{Feed, Graph, Port};
use crate::inference::latents::Latents;
use crate::inference::order::{Made, Order, Step, Watch};
use crate::inference::packages::{Files, Package, PackageInfo, UpscalerFacts};
use crate::inference::pipeline::Pipeline;
use crate::inference::settings::Settings;
use crate::media::decode::Limits;
use crate::media::picture::Picture;

use super::limits;
use super::stages;
use super::tiles::{self, Band, Span};

/// Side of what is enlarged to see how much larger it becomes: a multiple of every usual window.
const TRIED: usize = 64;

pub(crate) struct Upscaler {
    info: PackageInfo,
    facts: UpscalerFacts,
    graph: Graph,
    enter: Port,
    leave: Port,
}

impl Upscaler {
    pub(crate) fn load(package: &Package, settings: &Settings) -> Result<Self> {
        let facts = UpscalerFacts::of(&package.files)?;
        let graph = Graph::open(&package.files, "upscaler", settings)?;
        let (enter, leave) = graph.only_ports()?;
        let facts = match enter.shape.as_slice() {
            [_, _, height, width] if *height > 0 && *width > 0 => facts.fixed(*height as u32, *width as u32),
            _ => facts,
        };
        Ok(Upscaler { info: package.info.clone(), facts, graph, enter, leave })
    }

    /// One tile, enlarged: planes in which black is -1 and white is 1.
    fn enlarge(&mut self, picture: &Picture, spans: (&Span, &Span)) -> Result<Latents> {
        let UpscalerFacts { tile, multiple, range, scale, .. } = self.facts;
        // A picture smaller than a tile is all there is, where the graph takes any size.
        let free = self.enter.shape.iter().skip(2).any(|side| *side <= 0);
        let fed = |span: &Span, tile: u32| {
            if free { span.length.next_multiple_of(multiple as usize) } else { tile as usize }
        };
        let (height, width) = (fed(spans.0, tile.0), fed(spans.1, tile.1));
        let part = tiles::part(picture, spans, (height, width), range);
        let feed = Feed::Numbers(&part.shape, &part.values);
        let mut made = self.graph.run(&[(&self.enter, feed)], &self.leave)?;
        let expected = [1, 3, height * scale as usize, width * scale as usize];
        if made.shape != expected {
            let detail = format!("it made {:?} of a tile where its scale says {expected:?}", made.shape);
            return Err(self.graph.failed(&detail));
        }
        let (black, white) = range;
        made.values.iter_mut().for_each(|v| *v = (*v - black) / (white - black) * 2.0 - 1.0);
        Ok(made)
    }
}

impl Pipeline for Upscaler {
    fn run(&mut self, order: &Order, watch: &mut dyn Watch) -> Result<Made> {
        limits::check(order, &self.info)?;
        let source = source(order, self.facts.scale)?;
        let (scale, overlap) = (self.facts.scale as usize, self.facts.overlap as usize);
        let side = |side: u32, tile: u32| tiles::spans(side as usize, tile as usize, overlap, scale);
        let down = side(source.size().height, self.facts.tile.0);
        let across = side(source.size().width, self.facts.tile.1);
        let of = (down.len() * across.len()) as u32;
        let mut band = Band::new(3, order.size.width as usize);
        let mut rgb = Vec::with_capacity(order.size.pixels() as usize * 3);
        let mut step = 0;
        for (row, next) in down.iter().zip(down.iter().skip(1).map(Some).chain([None])) {
            band.reach(row.end());
            for column in &across {
                let made = self.enlarge(source, (row, column))?;
                step += 1;
                if !made.all_finite() {
                    return Err(Error::NotANumber { stage: format!("tile {step} of {of}") });
                }
                band.add(&made, (row, column), scale);
                stages::go_on(watch.step(Step { step, of, preview: None }), step)?;
            }
            let finished = band.finish(next.map_or(row.end(), |next| next.from));
            watch.drawn(&finished);
            rgb.extend(stages::picture(&finished, "the upscaler")?.into_rgb());
        }
        let picture = Picture::new(order.size, rgb).map_err(|e| Error::BadOrder(e.to_string()))?;
        Ok(Made { picture: Some(picture), scene: None, latents: Latents::zeros([0]), unknown: Vec::new() })
    }
}

/// By how much a graph of any size enlarges.
pub(crate) fn measure(files: &Files, settings: &Settings) -> Result<u32> {
    let mut graph = Graph::open(files, "upscaler", settings)?;
    let (enter, leave) = graph.only_ports()?;
    let given = [1, 3, TRIED, TRIED];
    let grey = vec![0.5; given.iter().product()];
    let made = graph.run(&[(&enter, Feed::Numbers(&given, &grey))], &leave)?;
    match *made.shape.as_slice() {
        [1, 3, height, width] if height == width && height.is_multiple_of(TRIED) && height > 0 => {
            Ok((height / TRIED) as u32)
        }
        _ => Err(graph.failed(&format!("it made {:?} of {given:?}, which is no larger picture", made.shape))),
    }
}

/// The picture to enlarge, when the order's size is what becomes of it and not more than a picture may have.
fn source(order: &Order, scale: u32) -> Result<&Picture> {
    let refuse = |sentence: String| Err(Error::BadOrder(sentence));
    let Some(reference) = order.references.first() else {
        return refuse("an upscale needs a reference with the role source: the picture to enlarge".to_owned());
    };
    if order.init_latents.is_some() {
        return refuse("an upscale begins with a picture, not with noise; leave the initial latents out".to_owned());
    }
    let (from, asked) = (reference.picture.size(), order.size);
    let becomes = |side: u32| side.saturating_mul(scale);
    if asked != Size::new(becomes(from.width), becomes(from.height)) {
        return refuse(format!(
            "a source of {from} becomes {}x{} with this model, not {asked}; leave the size out",
            becomes(from.width),
            becomes(from.height)
        ));
    }
    let most = Limits::default().pixels;
    if asked.pixels() > most {
        return refuse(format!(
            "a source of {from} would become {asked}, and {} million pixels are possible; use a smaller source or a \
             model with a smaller scale",
            most / 1_000_000
        ));
    }
    Ok(&reference.picture)
}
