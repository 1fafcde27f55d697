//! The worker process: hears orders on its standard input, renders, and answers there. It keeps one model loaded.

use std::io;
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{self, Sender};
use std::thread;

use crate::crypto::FileKey;
use crate::inference::replay::{self, Bounds, Case};
use crate::inference::{Engine, Package, Packages, Pipeline, Rewriter, Settings};

use super::protocol::{FromWorker, Rewrite, Run, ToWorker, hear, say};
use super::stops::Stops;
use super::{confine, craft};

/// What `dreamomni2 worker` does until its socket is closed. Not for people: standard input must be a socket pair.
pub fn serve() -> ExitCode {
    let socket = io::stdin().as_fd().try_clone_to_owned().map(UnixStream::from);
    match socket.and_then(work) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn work(mut socket: UnixStream) -> io::Result<()> {
    let (engine, models, key, card) = match hear(&mut socket)? {
        Some(ToWorker::Hello { engine, models, key }) => (engine, models, key, None),
        Some(ToWorker::Try { engine, card }) => (engine, None, None, Some(card)),
        _ => return Err(io::Error::other("the studio did not say hello")),
    };
    // Before any other thread is there: what the kernel holds, it holds for this thread and those that it starts.
    let runtime = engine.library.as_deref().and_then(Path::parent);
    confine::worker(models.as_deref().into_iter().chain(runtime), engine.cache.as_deref());
    if let Some(card) = card {
        return say(&mut socket, &tried(&engine, card));
    }
    let engine = match Engine::open(engine) {
        Ok(engine) => engine,
        Err(e) => return say(&mut socket, &FromWorker::failed(0, e.code(), &e)),
    };
    say(&mut socket, &FromWorker::Ready { device: engine.device().clone() })?;
    let stops = Stops::default();
    let (tell, orders) = mpsc::channel();
    let (mut ears, heard) = (socket.try_clone()?, stops.clone());
    thread::Builder::new().name("ears".to_owned()).spawn(move || listen(&mut ears, &heard, &tell))?;

    let packages = match key.and_then(|key| <[u8; 32]>::try_from(key.0).ok()) {
        Some(key) => Packages::new(models).unlocked(FileKey::from_bytes(key)),
        None => Packages::new(models),
    };
    let mut desk = Desk { engine, packages, loaded: None, rewriter: None };
    for order in orders {
        let answer = match order {
            ToWorker::Run(run) => desk.run(*run, &stops, &mut socket)?,
            ToWorker::Rewrite(rewrite) => desk.rewrite(*rewrite, &stops, &mut socket)?,
            ToWorker::Test { ticket, package } => desk.test(ticket, &package),
            ToWorker::Measure { ticket, folder } => desk.measure(ticket, &folder),
            ToWorker::Hello { .. } | ToWorker::Try { .. } | ToWorker::Cancel { .. } => continue,
        };
        say(&mut socket, &answer)?;
    }
    Ok(())
}

fn tried(engine: &Settings, card: u32) -> FromWorker {
    match Engine::trials(engine, card) {
        Ok(trials) => FromWorker::Tried { trials },
        Err(e) => FromWorker::failed(0, e.code(), &e),
    }
}

/// Hears orders while the main thread works; a studio that hung up stops everything.
fn listen(socket: &mut UnixStream, stops: &Stops, tell: &Sender<ToWorker>) {
    while let Ok(Some(order)) = hear(socket) {
        match order {
            ToWorker::Cancel { ticket } => stops.stop(ticket),
            other => {
                if tell.send(other).is_err() {
                    break;
                }
            }
        }
    }
    stops.stop_all();
}

/// Where the work is done: the engine and the one model, or the one rewriter, that is loaded. Each may fill the memory.
struct Desk {
    engine: Engine,
    packages: Packages,
    loaded: Option<Loaded>,
    rewriter: Option<(Package, Rewriter)>,
}

struct Loaded {
    package: Package,
    pipeline: Box<dyn Pipeline>,
}

impl Desk {
    /// Fails only when the studio can no longer be told.
    fn run(&mut self, run: Run, stops: &Stops, socket: &mut UnixStream) -> io::Result<FromWorker> {
        let ticket = run.ticket;
        if stops.ask(ticket).is_break() {
            return Ok(FromWorker::failed(ticket, "cancelled", &"stopped before the first step, as asked"));
        }
        let loaded = match self.load(&run.package) {
            Ok(loaded) => loaded,
            Err(e) => return Ok(FromWorker::failed(ticket, e.code(), &e)),
        };
        craft::make(&loaded.package.info, loaded.pipeline.as_mut(), run, stops, socket)
    }

    /// Fails only when the studio can no longer be told.
    fn rewrite(&mut self, order: Rewrite, stops: &Stops, socket: &mut UnixStream) -> io::Result<FromWorker> {
        let (ticket, package) = (order.ticket, order.package.clone());
        if stops.ask(ticket).is_break() {
            return Ok(FromWorker::failed(ticket, "cancelled", &"stopped before the first word, as asked"));
        }
        let brief = match order.brief() {
            Ok(brief) => brief,
            Err(e) => return Ok(FromWorker::failed(ticket, e.code(), &e)),
        };
        let rewriter = match self.load_rewriter(&package) {
            Ok(rewriter) => rewriter,
            Err(e) => return Ok(FromWorker::failed(ticket, e.code(), &e)),
        };
        let mut unheard = None;
        let answer = rewriter.rewrite(&brief, &mut |tokens| match say(socket, &FromWorker::Said { ticket, tokens }) {
            Ok(()) => stops.ask(ticket),
            Err(e) => {
                unheard = Some(e);
                ControlFlow::Break(())
            }
        });
        match (unheard, answer) {
            (Some(e), _) => Err(e),
            (None, Ok(rewritten)) => Ok(FromWorker::Rewritten { ticket, text: rewritten.text }),
            (None, Err(e)) => Ok(FromWorker::failed(ticket, e.code(), &e)),
        }
    }

    fn test(&mut self, ticket: u64, package: &str) -> FromWorker {
        let cases = self.load(package).and_then(|loaded| {
            let (names, bounds) = (replay::names(&loaded.package)?, Bounds::of(&loaded.package)?);
            let run = |name: &String| replay::run(&loaded.package, loaded.pipeline.as_mut(), name, bounds);
            Ok(names.iter().map(run).collect::<Vec<Case>>())
        });
        match cases {
            Ok(cases) => FromWorker::Tested { ticket, cases },
            Err(e) => FromWorker::failed(ticket, e.code(), &e),
        }
    }

    fn measure(&self, ticket: u64, folder: &Path) -> FromWorker {
        match self.engine.measure(&self.packages, folder) {
            Ok(scale) => FromWorker::Measured { ticket, scale },
            Err(e) => FromWorker::failed(ticket, e.code(), &e),
        }
    }

    /// The package as it is now on disk; the model before it is let go first, so that two never share the memory.
    fn load(&mut self, name: &str) -> crate::inference::Result<&mut Loaded> {
        self.rewriter = None;
        let package = self.packages.find(name)?;
        let kept =
            self.loaded.take().filter(|l| l.package.info.name == name && l.package.info.hash == package.info.hash);
        let loaded = match kept {
            Some(loaded) => loaded,
            None => Loaded { pipeline: self.engine.load(&package)?, package },
        };
        Ok(self.loaded.insert(loaded))
    }

    /// The same for the part that rewrites.
    fn load_rewriter(&mut self, name: &str) -> crate::inference::Result<&mut Rewriter> {
        self.loaded = None;
        let package = self.packages.find(name)?;
        let kept = self.rewriter.take().filter(|(p, _)| p.info.name == name && p.info.hash == package.info.hash);
        let kept = match kept {
            Some(kept) => kept,
            None => (package.clone(), self.engine.load_rewriter(&package)?),
        };
        Ok(&mut self.rewriter.insert(kept).1)
    }
}
