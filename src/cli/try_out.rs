//! `try`: the whole product in a throw-away folder, one picture and one clip, then the browser.

use std::fs::{self, DirBuilder};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use clap::{Args, Parser};

use crate::app::addresses;
use crate::app::config::Config;
use crate::app::{log, serve};
use crate::base::entropy::Entropy;
use crate::work::confine;

use super::failure::Failure;
use super::serve::greeting;
use super::stop::Stop;
use super::{Cli, Place, output};

/// See it work: a throw-away studio that renders a picture and a clip and then serves the browser.
///
/// Nothing is kept but the two files: the data folder is temporary and is removed at the end (unless --data
/// names one). No network is needed: the model and the runtime are inside this program.
#[derive(Args)]
#[command(after_help = "\
Examples:
  dreamomni2 try                     render, save to ./try-output/, serve on https://localhost:8443 until Ctrl+C
  dreamomni2 try --no-serve          render and end: a quick proof that this machine can do it
  dreamomni2 try --listen 127.0.0.1:9443 --output /tmp/look")]
pub(super) struct Try {
    /// Where to listen for HTTPS; without it port 8443 on every network card, or the next one that is free.
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// The folder for the picture and the clip.
    #[arg(long, value_name = "DIR", default_value = "try-output")]
    output: PathBuf,
    /// End after the two renders.
    #[arg(long)]
    no_serve: bool,
}

const PICTURE: [&str; 3] = ["--prompt", "a red boat on the sea at sunset, wide shot", "-o"];
const CLIP: [&str; 5] =
    ["--prompt", "a red car moves right in a city street at night, camera pans right", "--frames", "48", "-o"];

impl Try {
    pub(super) fn run(self, place: &Place) -> Result<(), Failure> {
        output::line("One picture and one clip, with the model that is inside this program:\n")?;
        fs::create_dir_all(&self.output).map_err(|e| {
            let told =
                format!("The folder {} could not be made: {e}; choose another with --output", self.output.display());
            Failure::failed("output_unwritable", told)
        })?;
        render(&PICTURE, &self.output.join("picture.png"))?;
        render(&CLIP, &self.output.join("clip.mp4"))?;
        let saved = fs::canonicalize(&self.output).unwrap_or(self.output.clone());
        output::line(format_args!("\nSaved in {}", saved.display()))?;
        if self.no_serve { Ok(()) } else { self.serve(place) }
    }

    fn serve(&self, place: &Place) -> Result<(), Failure> {
        let scratch = if place.data.is_some() { None } else { Some(Scratch::new()?) };
        let data = place.data.as_deref().or(scratch.as_ref().map(|s| s.0.as_path()));
        let config = Config::load(data, place.config.as_deref())
            .map_err(|e| Failure::usage("configuration", format!("{e:#}")))?;
        let listen = self.listen.unwrap_or_else(|| free(8443));
        let plain = Some(free(8080)).filter(|plain| plain.port() != listen.port());
        let config = config.listening(listen, plain);
        log::start(tracing::Level::WARN);
        confine::server();
        let stop = Stop::watch();
        let running = serve::start(config)?;
        output::line(greeting(&running.ready))?;
        stop.wait();
        output::line("\nStopping.")?;
        running.stop()?;
        if scratch.is_some() {
            output::line("The throw-away studio is removed; the picture and the clip stay.")?;
        }
        Ok(())
    }
}

/// Shows the command, then does it: what a newcomer sees is what a newcomer can type.
fn render(words: &[&str], file: &Path) -> Result<(), Failure> {
    let file = file.to_string_lossy();
    let quoted = words.iter().map(|w| if w.contains(' ') { format!("\"{w}\"") } else { (*w).to_owned() });
    output::line(format_args!("$ dreamomni2 render {} {file}", quoted.collect::<Vec<_>>().join(" ")))?;
    let words = ["dreamomni2", "render"].iter().chain(words).copied().chain([file.as_ref()]);
    let cli = Cli::try_parse_from(words).map_err(|e| Failure::failed("try", e))?;
    super::run(cli).map(|_| ())
}

/// The first port from `from` on that nobody has taken.
fn free(from: u16) -> SocketAddr {
    let every = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port);
    (from..from + 20).map(every).find(|address| !addresses::taken(*address)).unwrap_or(every(from))
}

/// A data folder that goes with this value.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, Failure> {
        let name = format!("dreamomni2-try-{:016x}", u64::from_le_bytes(Entropy::system().bytes()));
        let folder = std::env::temp_dir().join(name);
        DirBuilder::new().mode(0o700).create(&folder).map_err(|e| {
            let told =
                format!("The throw-away folder {} could not be made: {e}; name one with --data DIR", folder.display());
            Failure::failed("folder_unwritable", told)
        })?;
        Ok(Scratch(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is sealed and lies in the temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}
