//! Carries out one run in the worker: renders, tells of every step, and encodes what came out.

use std::io::{self, Cursor};
use std::ops::ControlFlow;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::base::clock::Stopwatch;
use crate::inference::{Made, Order, PackageInfo, Pipeline, Step, Task, Watch};
use crate::media;
use crate::media::picture::Picture;
use crate::media::{clip, encode, frames};

use super::protocol::{Bytes, Finished, FromWorker, Run, SceneFrame, say};
use super::stops::Stops;

const PREVIEW_QUALITY: u8 = 70;

/// Answers the run's ticket. Fails only when the studio can no longer be told.
pub(super) fn make(
    model: &PackageInfo,
    pipeline: &mut dyn Pipeline,
    run: Run,
    stops: &Stops,
    socket: &mut UnixStream,
) -> io::Result<FromWorker> {
    let watch = Stopwatch::start();
    let ticket = run.ticket;
    let previews = Previews { every: run.preview_every, pause: run.preview_pause, last: Stopwatch::start() };
    let order = match run.order.order() {
        Ok(order) => order,
        Err(e) => return Ok(FromWorker::failed(ticket, e.code(), &e)),
    };
    let mut bench = Bench { ticket, previews, stops, socket, unheard: None, film: None, spoiled: None };
    if order.task == Task::Clip {
        match Film::new(&order) {
            Ok(film) => bench.film = Some(film),
            Err(e) => return Ok(FromWorker::failed(ticket, e.code(), &e)),
        }
    }
    let made = pipeline.run(&order, &mut bench);
    let Bench { unheard, film, spoiled, .. } = bench;
    if let Some(error) = unheard {
        return Err(error);
    }
    // Why a frame could not be encoded says more than that the work was stopped.
    if let Some(e) = spoiled {
        return Ok(FromWorker::failed(ticket, e.code(), &e));
    }
    let made = match made {
        Ok(made) => made,
        Err(e) => return Ok(FromWorker::failed(ticket, e.code(), &e)),
    };
    Ok(match finish(ticket, &order, model, made, film, &watch) {
        Ok(finished) => FromWorker::Made(Box::new(finished)),
        Err(e) => FromWorker::failed(ticket, e.code(), &e),
    })
}

fn finish(
    ticket: u64,
    order: &Order,
    model: &PackageInfo,
    made: Made,
    film: Option<Film>,
    watch: &Stopwatch,
) -> Result<Finished, media::Error> {
    let Reel { file, poster, lossless, frames } = if let Some(film) = film {
        film.finish()?
    } else {
        let picture = made.picture.as_ref().map(|p| encode::png(p, encode::Effort::Small)).transpose()?;
        Reel { file: Bytes(picture.unwrap_or_default()), poster: None, lossless: None, frames: 0 }
    };
    let size = made.picture.map_or(order.size, |p| p.size());
    Ok(Finished {
        ticket,
        size,
        frames,
        file,
        poster,
        lossless,
        scene: made.scene.map(SceneFrame::from),
        unknown_words: made.unknown,
        version: model.version.clone(),
        hash: model.hash.clone(),
        seconds: watch.elapsed().as_secs_f64(),
    })
}

/// Frames on their way into a clip; no more than one is held as pixels.
struct Film {
    encoder: clip::Encoder,
    lossless: frames::Writer<Cursor<Vec<u8>>>,
    poster: Option<Vec<u8>>,
    frames: u32,
}

impl Film {
    fn new(order: &Order) -> Result<Self, media::Error> {
        Ok(Film {
            encoder: clip::Encoder::new(order.size, order.rate)?,
            lossless: frames::Writer::new(Cursor::new(Vec::new()), order.size, order.rate)?,
            poster: None,
            frames: 0,
        })
    }

    fn push(&mut self, frame: &Picture) -> Result<(), media::Error> {
        if self.poster.is_none() {
            self.poster = Some(encode::png(frame, encode::Effort::Quick)?);
        }
        self.frames += 1;
        self.lossless.push(frame)?;
        self.encoder.push(frame)
    }

    fn finish(self) -> Result<Reel, media::Error> {
        Ok(Reel {
            file: Bytes(self.encoder.finish()?),
            poster: self.poster.map(Bytes),
            lossless: Some(Bytes(self.lossless.finish()?.into_inner())),
            frames: self.frames,
        })
    }
}

/// What a run hands in.
struct Reel {
    file: Bytes,
    poster: Option<Bytes>,
    lossless: Option<Bytes>,
    frames: u32,
}

/// When it is time for the next preview.
struct Previews {
    every: u32,
    pause: u32,
    last: Stopwatch,
}

/// Looks on while the pipeline works, and tells the studio.
struct Bench<'a> {
    ticket: u64,
    previews: Previews,
    stops: &'a Stops,
    socket: &'a mut UnixStream,
    /// The studio could not be told.
    unheard: Option<io::Error>,
    film: Option<Film>,
    /// A frame could not be encoded.
    spoiled: Option<media::Error>,
}

impl Bench<'_> {
    fn tell(&mut self, what: &FromWorker) -> ControlFlow<()> {
        match say(self.socket, what) {
            Ok(()) => self.stops.ask(self.ticket),
            Err(e) => {
                self.unheard = Some(e);
                ControlFlow::Break(())
            }
        }
    }
}

impl Watch for Bench<'_> {
    fn step(&mut self, step: Step) -> ControlFlow<()> {
        // A preview that cannot be encoded is left out; the picture itself goes on.
        if step.preview.is_some() {
            self.previews.last = Stopwatch::start();
        }
        let preview = step.preview.and_then(|p| encode::jpeg(&p, PREVIEW_QUALITY).ok()).map(Bytes);
        self.tell(&FromWorker::Step { ticket: self.ticket, step: step.step, of: step.of, preview })
    }

    fn frame(&mut self, index: u32, of: u32, picture: &Picture) -> ControlFlow<()> {
        if let Some(Err(e)) = self.film.as_mut().map(|film| film.push(picture)) {
            self.spoiled = Some(e);
            return ControlFlow::Break(());
        }
        self.tell(&FromWorker::Frame { ticket: self.ticket, done: index + 1, of })
    }

    fn preview_every(&self) -> u32 {
        let due = self.previews.last.elapsed() >= Duration::from_millis(self.previews.pause.into());
        if due { self.previews.every } else { 0 }
    }
}
