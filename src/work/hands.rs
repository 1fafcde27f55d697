//! The parent's side of a worker process: starts it, feeds it one run at a time, and notices when it dies.

use std::net::Shutdown;
use std::ops::ControlFlow;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::crypto::FileKey;
use crate::inference::replay::Case;
use crate::inference::{Device, Settings, Trial};

use super::error::{Error, Result};
use super::protocol::{Bytes, Finished, FromWorker, Rewrite, Run, ToWorker, hear, say};

/// How often whoever waits for a worker is asked whether it should go on.
const BEAT: Duration = Duration::from_millis(500);
/// Unpacking and opening ONNX Runtime takes a fraction of a second; a loaded machine gets patience.
const MOST_START: Duration = Duration::from_mins(1);

/// How worker processes are started.
#[derive(Clone, Debug)]
pub struct Start {
    /// The binary that is run as `worker`.
    pub program: PathBuf,
    pub engine: Settings,
    /// `DATA/models`; the worker only reads there.
    pub models: Option<PathBuf>,
}

/// What a worker tells while it works.
#[derive(Debug)]
pub enum News {
    Step {
        step: u32,
        of: u32,
        /// A JPEG.
        preview: Option<Vec<u8>>,
    },
    Frame {
        done: u32,
        of: u32,
    },
    /// So many pieces of words of a rewritten prompt are there.
    Said {
        tokens: u32,
    },
    /// Nothing happened for a moment.
    Waiting,
}

/// One living worker process; ends with its value.
pub struct Worker {
    child: Child,
    socket: UnixStream,
    /// What its socket says, read by a thread of its own so that waiting can be interrupted.
    heard: Receiver<FromWorker>,
    device: Option<Device>,
    tickets: u64,
}

impl Start {
    /// The running program itself, even when its file was replaced meanwhile.
    pub fn own(engine: Settings, models: Option<PathBuf>) -> Self {
        Start { program: PathBuf::from("/proc/self/exe"), engine, models }
    }
}

impl Worker {
    /// `key` opens sealed models.
    pub fn start(how: &Start, key: Option<&FileKey>) -> Result<Self> {
        let mut worker = Worker::spawn(how)?;
        let key = key.map(|key| Bytes(key.reveal().to_vec()));
        worker.say(&ToWorker::Hello { engine: how.engine.clone(), models: how.models.clone(), key })?;
        match worker.first_word()? {
            FromWorker::Ready { device } => worker.device = Some(device),
            _ => return Err(Error::Garbled),
        }
        Ok(worker)
    }

    /// Has a process of its own open the runtime and try every provider, also on the graphics card of that number.
    pub fn trials(how: &Start, card: u32) -> Result<Vec<Trial>> {
        let mut worker = Worker::spawn(how)?;
        worker.say(&ToWorker::Try { engine: how.engine.clone(), card })?;
        match worker.first_word()? {
            FromWorker::Tried { trials } => Ok(trials),
            _ => Err(Error::Garbled),
        }
    }

    fn spawn(how: &Start) -> Result<Self> {
        let (ours, theirs) = UnixStream::pair().map_err(Error::NotStarted)?;
        let child = Command::new(&how.program)
            .arg("worker")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .spawn()
            .map_err(Error::NotStarted)?;
        let (tell, heard) = mpsc::channel();
        let worker = Worker { child, socket: ours, heard, device: None, tickets: 0 };
        let mut ears = worker.socket.try_clone().map_err(Error::NotStarted)?;
        // Ends with the socket or with the receiver.
        let listen = move || {
            while let Ok(Some(frame)) = hear(&mut ears)
                && tell.send(frame).is_ok()
            {}
        };
        thread::Builder::new().name("worker ears".to_owned()).spawn(listen).map_err(Error::NotStarted)?;
        Ok(worker)
    }

    /// What it answers when it has opened the runtime.
    fn first_word(&mut self) -> Result<FromWorker> {
        match self.heard.recv_timeout(MOST_START) {
            Ok(FromWorker::Failed { code, sentence, .. }) => Err(Error::Failed { code, sentence }),
            Ok(word) => Ok(word),
            Err(_) => Err(self.died()),
        }
    }

    /// Carries out one run. `told` hears how it goes and may stop it; then the answer is [`Error::Cancelled`].
    pub fn run(&mut self, mut run: Run, told: &mut dyn FnMut(News) -> ControlFlow<()>) -> Result<Finished> {
        let ticket = self.ticket();
        run.ticket = ticket;
        self.say(&ToWorker::Run(Box::new(run)))?;
        match self.wait(ticket, told)? {
            FromWorker::Made(made) => Ok(*made),
            _ => Err(Error::Garbled),
        }
    }

    /// Has a prompt rewritten; `told` as with a run.
    pub fn rewrite(&mut self, mut rewrite: Rewrite, told: &mut dyn FnMut(News) -> ControlFlow<()>) -> Result<String> {
        let ticket = self.ticket();
        rewrite.ticket = ticket;
        self.say(&ToWorker::Rewrite(Box::new(rewrite)))?;
        match self.wait(ticket, told)? {
            FromWorker::Rewritten { text, .. } => Ok(text),
            _ => Err(Error::Garbled),
        }
    }

    /// Replays a package's reference cases.
    pub fn test(&mut self, package: &str) -> Result<Vec<Case>> {
        let ticket = self.ticket();
        self.say(&ToWorker::Test { ticket, package: package.to_owned() })?;
        match self.wait(ticket, &mut |_| ControlFlow::Continue(()))? {
            FromWorker::Tested { cases, .. } => Ok(cases),
            _ => Err(Error::Garbled),
        }
    }

    /// By how much the upscaler in a package's folder enlarges.
    pub fn measure(&mut self, folder: &Path) -> Result<u32> {
        let ticket = self.ticket();
        self.say(&ToWorker::Measure { ticket, folder: folder.to_owned() })?;
        match self.wait(ticket, &mut |_| ControlFlow::Continue(()))? {
            FromWorker::Measured { scale, .. } => Ok(scale),
            _ => Err(Error::Garbled),
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it renders on.
    pub fn device(&self) -> Option<&Device> {
        self.device.as_ref()
    }

    /// Waits for the last word on a ticket.
    fn wait(&mut self, ticket: u64, told: &mut dyn FnMut(News) -> ControlFlow<()>) -> Result<FromWorker> {
        let mut stopping = false;
        loop {
            let news = match self.heard.recv_timeout(BEAT) {
                Ok(FromWorker::Step { step, of, preview, .. }) => {
                    News::Step { step, of, preview: preview.map(|p| p.0) }
                }
                Ok(FromWorker::Frame { done, of, .. }) => News::Frame { done, of },
                Ok(FromWorker::Said { tokens, .. }) => News::Said { tokens },
                Ok(FromWorker::Failed { .. }) if stopping => return Err(Error::Cancelled),
                Ok(FromWorker::Failed { code, sentence, .. }) => return Err(Error::Failed { code, sentence }),
                Ok(_) if stopping => return Err(Error::Cancelled),
                Ok(last) => return Ok(last),
                Err(RecvTimeoutError::Timeout) => News::Waiting,
                Err(RecvTimeoutError::Disconnected) => return Err(self.died()),
            };
            if told(news).is_break() && !stopping {
                stopping = true;
                self.say(&ToWorker::Cancel { ticket })?;
            }
        }
    }

    fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }

    fn say(&mut self, what: &ToWorker) -> Result<()> {
        say(&mut self.socket, what).map_err(|_| self.died())
    }

    fn died(&mut self) -> Error {
        let _ = self.child.kill();
        Error::Died(self.child.wait().map_or_else(|e| e.to_string(), |status| status.to_string()))
    }
}

impl Drop for Worker {
    /// A worker keeps nothing that could be lost; its memory goes back to the machine.
    fn drop(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Both);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
