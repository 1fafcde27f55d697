//! `model test`: does this machine give the numbers of the model's makers?

use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::progress::Bar;
use crate::inference::replay::{self, Bounds};
use crate::inference::{Engine, Packages, Settings};

pub(super) fn run(packages: &Packages, name: &str, settings: Settings, json: bool) -> Result<(), Failure> {
    let package = packages.find(name)?;
    let names = replay::names(&package)?;
    if names.is_empty() {
        let told = format!("The package {name} brings no reference cases, so there is nothing to compare with");
        return Err(Failure::failed("model_without_cases", told));
    }
    let bounds = Bounds::of(&package)?;
    let engine = Engine::open(settings)?;
    let mut pipeline = engine.load(&package)?;
    let bar = Bar::new("comparing", names.len() as u64);
    let mut cases = Vec::new();
    for case in &names {
        cases.push(replay::run(&package, pipeline.as_mut(), case, bounds));
        bar.reach(cases.len() as u64, names.len() as u64);
    }
    bar.end();
    if json {
        output::json(&cases)?;
    } else {
        for case in &cases {
            let verdict = if case.passed { "ok  " } else { "FAIL" };
            let problem = case.problem.as_deref().unwrap_or_default();
            output::line(format_args!(
                "{verdict}  {:<32} max {:.2e}  mean {:.2e}  {problem}",
                case.name, case.max, case.mean
            ))?;
        }
    }
    let failed = cases.iter().filter(|case| !case.passed).count();
    if failed == 0 {
        return Ok(());
    }
    let told = format!(
        "{failed} of {} cases differ by more than {} at most or {} on average; do not trust this model on this machine",
        cases.len(),
        bounds.max,
        bounds.mean
    );
    Err(Failure::failed("model_differs", told))
}
