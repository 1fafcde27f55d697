//! Throws bent inputs at what reads from outside: `cargo run --example fuzz -- decode|query|sealed|all [SECONDS] [SEED]`.
//!
//! A panic, a broken promise or an input that takes longer than five seconds ends the run with 1; the input is kept
//! beside the sentence. Run in the dev profile, so that overflowing numbers are noticed.

mod decode;
mod mutate;
mod query;
mod sealed;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use dreamomni2::base::clock::Stopwatch;

use mutate::Chance;

/// Reads one input; an error says which promise was broken.
type Target = fn(&[u8], &mut Chance) -> anyhow::Result<()>;

struct Case {
    name: &'static str,
    target: Target,
    seeds: fn() -> anyhow::Result<Vec<Vec<u8>>>,
}

const CASES: [Case; 3] = [
    Case { name: "decode", target: decode::read, seeds: decode::seeds },
    Case { name: "query", target: query::read, seeds: || Ok(query::seeds()) },
    Case { name: "sealed", target: sealed::read, seeds: sealed::seeds },
];
const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let wanted = words.first().context("which target? decode, query, sealed or all")?;
    let number = |place: usize, otherwise| words.get(place).map_or(Ok(otherwise), |word| word.parse::<u64>());
    let (seconds, seed) = (number(1, 60)?, number(2, 1)?);
    let chosen: Vec<&Case> = CASES.iter().filter(|case| wanted == "all" || wanted == case.name).collect();
    ensure!(!chosen.is_empty(), "there is no target \"{wanted}\"");
    // Panics are reported below, with the input that caused them.
    std::panic::set_hook(Box::new(|_| {}));
    chosen.into_iter().try_for_each(|case| fuzz(case, Duration::from_secs(seconds), seed))
}

fn fuzz(case: &Case, span: Duration, seed: u64) -> anyhow::Result<()> {
    let seeds = (case.seeds)()?;
    let mut chance = Chance::new(seed);
    let (whole, mut inputs, mut slowest) = (Stopwatch::start(), 0_u64, Duration::ZERO);
    while whole.elapsed() < span {
        let input = chance.bend(&seeds);
        let one = Stopwatch::start();
        let answer = catch_unwind(AssertUnwindSafe(|| (case.target)(&input, &mut chance)));
        let problem = match answer {
            Err(panic) => Some(format!("panicked: {}", said(&*panic))),
            Ok(Err(broken)) => Some(format!("{broken:#}")),
            Ok(Ok(())) if one.elapsed() > PATIENCE => Some(format!("took {:?}", one.elapsed())),
            Ok(Ok(())) => None,
        };
        if let Some(problem) = problem {
            let file = std::env::temp_dir().join(format!("fuzz-{}-{seed}-{inputs}", case.name));
            std::fs::write(&file, &input)?;
            bail!("{}: input {inputs} of seed {seed} {problem}; it is kept as {}", case.name, file.display());
        }
        inputs += 1;
        slowest = slowest.max(one.elapsed());
    }
    println!("{}: {inputs} inputs in {} s, clean; the slowest took {slowest:?}", case.name, span.as_secs());
    Ok(())
}

fn said(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word")
}
