//! The running studio: listeners, workers, a graceful end.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use anyhow::{Context, anyhow};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::addresses::Addresses;
use super::chores::Chores;
use super::config::Config;
use super::disk::Meter;
use super::house::House;
use super::note::{self, Note};
use super::tls::Tls;
use super::{build, log};
use crate::base::clock::{Clock, Stopwatch};
use crate::base::entropy::Entropy;
use crate::domain::setup;
use crate::domain::studio::{Phase, Studio};
use crate::http::{self, Door};
use crate::work::Queue;
use crate::work::confine::{self, Held};

/// What to tell the operator once the studio answers.
#[derive(Clone, Debug)]
pub struct Ready {
    /// What to open in a browser, best first.
    pub urls: Vec<String>,
    /// The port HTTPS is answered on, also when the configuration said 0.
    pub port: u16,
    pub plain_port: Option<u16>,
    /// SHA-256 of the authority's certificate, to compare with the trust page.
    pub fingerprint: String,
    /// `setup`, `locked`, `recovery` or `ready`.
    pub phase: &'static str,
    /// Only before set-up.
    pub setup_code: Option<String>,
}

/// A studio that serves while its owner goes on.
pub struct Running {
    pub ready: Ready,
    pub studio: Studio,
    config: Config,
    handle: ServerHandle,
    ending: watch::Sender<bool>,
    server: Option<JoinHandle<std::io::Result<()>>>,
    ended: mpsc::Receiver<()>,
    chores: Option<Chores>,
    queues: Arc<Vec<Queue>>,
}

/// Serves until Ctrl+C or SIGTERM; `on_ready` is told once it answers.
pub fn run(config: Config, on_ready: impl FnOnce(&Ready) + Send + 'static) -> anyhow::Result<()> {
    log::start(config.log);
    // Before any other thread is there: they all inherit it.
    if confine::server() == Held::NotAtAll {
        tracing::warn!("this kernel has no Landlock: nothing but this program itself keeps it from calling out");
    }
    let wait = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    wait.block_on(async {
        // Heard from here on: a signal during the start ends it in good order too.
        let (mut stop, mut end) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let running = start(config)?;
        on_ready(&running.ready);
        let mut look = tokio::time::interval(Duration::from_millis(500));
        loop {
            tokio::select! {
                _ = stop.recv() => break,
                _ = end.recv() => break,
                _ = look.tick() => {
                    if running.has_ended() {
                        break;
                    }
                }
            }
        }
        tracing::info!("the studio is ending: running requests are finished, jobs go back into the queue");
        tokio::task::spawn_blocking(|| running.stop()).await?
    })
}

/// Serves in threads of its own.
pub fn start(config: Config) -> anyhow::Result<Running> {
    no_core_dumps();
    let since = Stopwatch::start();
    let studio = build::studio(&config)?;
    let tls = Arc::new(Tls::open(&config, &Clock::system())?);
    let secure = listen(config.listen, "listen")?;
    let plain = config.plain.and_then(|plain| {
        let tried = listen(plain, "plain");
        // It only shows the way to HTTPS: no reason not to serve.
        tried.inspect_err(|e| tracing::warn!("there is no trust page on plain HTTP: {e:#}")).ok()
    });
    let port = secure.local_addr()?.port();
    let plain_port = plain.as_ref().map(TcpListener::local_addr).transpose()?.map(|at| at.port());
    let queues = Arc::new(build::queues(&config, &studio)?);

    let (ending, listen_for_end) = watch::channel(false);
    let house = House {
        config: config.clone(),
        port,
        tls: Arc::clone(&tls),
        queues: Arc::clone(&queues),
        since,
        disk: Meter::default(),
    };
    let door = Door { studio: studio.clone(), house: Arc::new(house), ending: listen_for_end, port };
    let (server, handle, ended) = serve(door, tls.server()?, secure, plain)?;
    note::write(&config, Note { pid: std::process::id(), port, plain_port })?;
    let chores = Chores::start(&config, &studio, &tls)?;

    let phase = studio.state().phase;
    let setup_code = match phase {
        Phase::Setup => Some(setup::renew_code(&config.data, &Clock::system(), &Entropy::system())?),
        Phase::Locked | Phase::Recovery(_) | Phase::Ready => None,
    };
    let ready = Ready {
        urls: Addresses::of(&config).urls(port),
        port,
        plain_port,
        fingerprint: tls.fingerprint(),
        phase: phase.word(),
        setup_code: setup_code.map(|code| code.reveal().to_owned()),
    };
    tracing::info!(port, "the studio answers after {} ms; it is {}", since.elapsed().as_millis(), ready.phase);
    Ok(Running { ready, studio, config, handle, ending, server: Some(server), ended, chores: Some(chores), queues })
}

impl Running {
    /// Ends it in good order: no new requests, running ones finish, workers are told.
    pub fn stop(mut self) -> anyhow::Result<()> {
        self.end()
    }

    /// Whether the server ended without having been told to.
    fn has_ended(&self) -> bool {
        self.ended.try_recv() != Err(mpsc::TryRecvError::Empty)
    }

    fn end(&mut self) -> anyhow::Result<()> {
        let Some(server) = self.server.take() else { return Ok(()) };
        self.ending.send_replace(true);
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(self.handle.stop(true));
        let ended = server.join().map_err(|_| anyhow!("the server thread failed; the log says where"))?;
        self.chores = None;
        self.queues = Arc::default();
        note::remove(&self.config);
        ended.context("the server ended with an error")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(e) = self.end() {
            tracing::error!("the studio did not end in good order: {e:#}");
        }
    }
}

type Served = (JoinHandle<std::io::Result<()>>, ServerHandle, mpsc::Receiver<()>);

fn serve(
    door: Door,
    tls: rustls::ServerConfig,
    secure: TcpListener,
    plain: Option<TcpListener>,
) -> anyhow::Result<Served> {
    let (tell, handle) = mpsc::sync_channel(1);
    let (alive, ended) = mpsc::channel();
    let run = move || {
        let _alive: mpsc::Sender<()> = alive;
        actix_web::rt::System::new().block_on(async move {
            let server = http::serve(door, tls, secure, plain)?;
            let _ = tell.send(server.handle());
            server.await
        })
    };
    let server = thread::Builder::new().name("http".to_owned()).spawn(run)?;
    match handle.recv() {
        Ok(handle) => Ok((server, handle, ended)),
        Err(_) => match server.join() {
            Ok(Err(e)) => Err(anyhow!(e).context("the server did not start")),
            _ => Err(anyhow!("the server did not start; the log says why")),
        },
    }
}

fn listen(at: SocketAddr, what: &str) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(at).with_context(|| match at.port() {
        1..1024 => {
            format!("nobody may listen at {at}: choose a port above 1023 for `{what}`, or start with the right to")
        }
        _ => format!("nobody can listen at {at}: another program may be there; choose another port for `{what}`"),
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// A core file would hold keys and prompts in clear.
fn no_core_dumps() {
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(e) = rustix::process::setrlimit(rustix::process::Resource::Core, none) {
        tracing::warn!("core dumps could not be switched off: {e}");
    }
}
