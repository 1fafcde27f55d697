//! The words an operator types: one file per verb, every text good enough to need no manual.

mod failure;
mod keys;
mod output;
mod progress;
mod secrets;
mod stop;

mod audit;
mod completions;
mod doctor;
mod init;
mod model;
mod openapi;
mod render;
mod runtime;
mod serve;
mod setup_url;
mod try_out;
mod unlock;
mod verify;
mod version;
mod worker;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};

use crate::app::config::Config;
use crate::inference::Settings;
use failure::Failure;

const MORE: &str = "\
Examples:
  dreamomni2 try                                        see it work: a picture, a clip, a studio in the browser
  dreamomni2 render --prompt \"a red boat on the sea at sunset\" -o boat.png
  dreamomni2 serve --data /srv/studio                   run the studio for the house
  dreamomni2 COMMAND --help                             every command explains itself

Exit codes:
  0    done
  1    failed: the machine, a file or a check; the text says what to do
  2    the command was not understood (see --help)
  3    the input was refused: words, numbers, pictures or a package
  130  stopped by Ctrl+C

A failure is written to stderr as two lines, `error: SENTENCE` and `code: WORD`; the word is stable.";

/// Pictures and clips from words and references, made and kept inside the house.
#[derive(Parser)]
#[command(
    name = "dreamomni2",
    version,
    about = "DreamOmni2 Studio: pictures and clips from words and references, made and kept inside the house.",
    after_help = MORE,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 110
)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    verb: Verb,
}

/// Where the studio lives: the same two options for every command.
#[derive(Args, Clone, Debug, Default)]
struct Place {
    /// The studio's data folder; without it the configuration's, else the standard place
    /// (/var/lib/dreamomni2 for root, ~/.local/share/dreamomni2 for a person).
    #[arg(long, global = true, value_name = "DIR", help_heading = "Place")]
    data: Option<PathBuf>,
    /// A configuration file (TOML); without it /etc/dreamomni2/studio.toml, if there is one.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Place")]
    config: Option<PathBuf>,
}

impl Place {
    /// What the file, the environment and the flags say together.
    fn config(&self) -> Result<Config, Failure> {
        Config::load(self.data.as_deref(), self.config.as_deref())
            .map_err(|e| Failure::usage("configuration", format!("{e:#}")))
    }

    /// How commands open the engine: the operator's own library where one is named, else the one in this program.
    fn engine(&self) -> Result<Settings, Failure> {
        let config = if self.data.is_some() || self.config.is_some() {
            Some(self.config()?)
        } else {
            // Without a place there may be no configuration at all, and none is needed.
            self.config().ok()
        };
        Ok(config.map_or_else(Settings::default, |config| Settings {
            library: config.library(),
            no_captures: !config.cuda_graphs,
            ..Settings::default()
        }))
    }
}

#[derive(Subcommand)]
enum Verb {
    Serve(serve::Serve),
    Try(try_out::Try),
    Init(init::Init),
    Unlock(unlock::Unlock),
    SetupUrl(setup_url::SetupUrl),
    Render(Box<render::Render>),
    Model(model::Model),
    Runtime(runtime::Runtime),
    Audit(audit::Audit),
    Verify(verify::Verify),
    Doctor(doctor::Doctor),
    Version(version::Version),
    Openapi(openapi::Openapi),
    Completions(completions::Completions),
    Worker(worker::Worker),
}

/// Reads the command line, does what it says, and answers with the exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => {
            // A closed pipe while printing help is nobody's failure.
            let _ = told.print();
            if told.use_stderr() && told.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
                eprintln!("code: usage");
            }
            return ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(2));
        }
    };
    std::panic::set_hook(Box::new(|panic| {
        // The message may hold a prompt or a name; the place never does.
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        Failure::failed("internal", format!("A fault of the program at {place}; please report this place")).tell();
    }));
    match catch_unwind(AssertUnwindSafe(|| run(cli))) {
        Ok(done) => done.unwrap_or_else(|failure| failure.tell()),
        Err(_) => ExitCode::FAILURE,
    }
}

fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let place = &cli.place;
    let done = match cli.verb {
        Verb::Serve(verb) => verb.run(place),
        Verb::Try(verb) => verb.run(place),
        Verb::Init(verb) => verb.run(place),
        Verb::Unlock(verb) => verb.run(place),
        Verb::SetupUrl(verb) => verb.run(place),
        Verb::Render(verb) => verb.run(place),
        Verb::Model(verb) => verb.run(place),
        Verb::Runtime(verb) => verb.run(place),
        Verb::Audit(verb) => verb.run(place),
        Verb::Verify(verb) => verb.run(place),
        Verb::Doctor(verb) => verb.run(place),
        Verb::Version(verb) => verb.run(),
        Verb::Openapi(_) => openapi::Openapi::run(),
        Verb::Completions(verb) => verb.run(),
        // The studio reads how its worker ended.
        Verb::Worker(_) => return Ok(worker::Worker::run()),
    };
    done.map(|()| ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
