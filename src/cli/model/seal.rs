//! `model seal`: the weights of a model that is here already are sealed at rest.

use std::ops::ControlFlow;

use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::progress::Bar;
use crate::inference::Packages;

pub(super) fn run(packages: &Packages, name: &str) -> Result<(), Failure> {
    let bar = Bar::bytes("sealing");
    let mut told = |done, of: Option<u64>| {
        bar.reach(done, of.unwrap_or(done));
        ControlFlow::Continue(())
    };
    let sealed = packages.seal(name, &mut told);
    bar.end();
    sealed?;
    output::line(format_args!("The weights of {name} are sealed; only this studio's keys open them."))
}
