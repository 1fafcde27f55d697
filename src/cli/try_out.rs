//! `try`: the whole product in a throw-away folder, one picture and one clip, then the browser.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::Place;
use super::failure::Failure;

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
    /// Where to listen for HTTPS.
    #[arg(long, value_name = "ADDR:PORT", default_value = "0.0.0.0:8443")]
    listen: SocketAddr,
    /// The folder for the picture and the clip.
    #[arg(long, value_name = "DIR", default_value = "try-output")]
    output: PathBuf,
    /// End after the two renders.
    #[arg(long)]
    no_serve: bool,
}

impl Try {
    pub(super) fn run(self, _place: &Place) -> Result<(), Failure> {
        todo!("{} {} {}", self.listen, self.output.display(), self.no_serve)
    }
}
