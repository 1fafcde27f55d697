//! `completions`: teaches a shell to complete our words.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use super::failure::Failure;
use super::output;

/// Print a completion script for your shell.
#[derive(Args)]
#[command(after_help = "\
Examples:
  dreamomni2 completions bash > ~/.local/share/bash-completion/completions/dreamomni2
  dreamomni2 completions zsh  > ~/.zfunc/_dreamomni2
  dreamomni2 completions fish > ~/.config/fish/completions/dreamomni2.fish")]
pub(super) struct Completions {
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "dreamomni2", &mut script);
        output::bytes(&script)
    }
}
