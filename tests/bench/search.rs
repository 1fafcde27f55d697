//! How long the first answer takes in an index of a million prompts: `cargo run --release --example bench_search -- [DOCS] [FOLDER]`.
//!
//! Builds the index (or opens the one in FOLDER), asks a mix of questions and prints one line of JSON. `cpu` is what the
//! asking thread worked: on a machine that is shared, it says what an idle one would take.

use std::path::PathBuf;

use anyhow::Context;
use dreamomni2::base::clock::{Moment, Stopwatch};
use dreamomni2::base::entropy::Entropy;
use dreamomni2::base::id::{AccountId, Id, RenderId};
use dreamomni2::crypto::FileKey;
use dreamomni2::search::query::Query;
use dreamomni2::search::{Doc, Filter, Index, Order, Search, Subject};

const ROUNDS: usize = 40;
/// What people type, from rare to everywhere; `%` is a word of the made-up vocabulary.
const QUESTIONS: [&str; 12] = [
    "lighthouse",
    "red circles",
    "\"lighthouse at night\"",
    "%",
    "% %",
    "% is:clip",
    "% by:ana",
    "lighthuose",
    "vi*",
    "red -blue after:2026-02-01",
    "model:starter %",
    "",
];
const COMMON: [&str; 24] = [
    "a",
    "the",
    "at",
    "over",
    "red",
    "blue",
    "green",
    "circles",
    "lighthouse",
    "night",
    "sea",
    "wide",
    "shot",
    "close",
    "up",
    "soft",
    "light",
    "two",
    "figures",
    "street",
    "rain",
    "square",
    "warm",
    "violet",
];

fn main() -> anyhow::Result<()> {
    let mut words = std::env::args().skip(1);
    let docs: u32 = words.next().map_or(Ok(1_000_000), |word| word.parse()).context("DOCS is a number")?;
    let scratch = std::env::temp_dir().join(format!("bench-search-{docs}"));
    let folder = words.next().map_or(scratch, PathBuf::from);
    let index = Index::open(&folder, &FileKey::from_bytes([3; 32]))?;
    let building = Stopwatch::start();
    if index.count() != docs as usize {
        index.rebuild((0..docs).map(made_up))?;
    }
    let built = building.elapsed().as_secs_f64();
    let opening = Stopwatch::start();
    let index = Index::open(&folder, &FileKey::from_bytes([3; 32]))?;
    let opened = opening.elapsed().as_secs_f64() * 1e3;

    let (mut all, mut cpu, mut slowest) = (Vec::new(), Vec::new(), Vec::new());
    for (number, question) in QUESTIONS.iter().enumerate() {
        let (mut times, mut work): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let mut dice = Dice((number * 1000 + round) as u64);
            let text = question.split(' ').map(|part| part.replace('%', &dice.word())).collect::<Vec<_>>().join(" ");
            let search = Search {
                query: Query::parse(&text)?,
                filter: Filter::default(),
                order: Order::Newest,
                me: account(0),
                limit: 50,
                after: None,
            };
            let (one, worked) = (Stopwatch::start(), on_cpu());
            index.find(&search)?;
            times.push(one.elapsed().as_secs_f64() * 1e3);
            work.push(on_cpu() - worked);
        }
        slowest.push(serde_json::json!({
            "question": question, "p50_ms": part(&mut times, 0.5), "cpu_p50_ms": part(&mut work, 0.5),
        }));
        all.extend(times);
        cpu.extend(work);
    }
    let answer = serde_json::json!({
        "docs": docs, "build_s": built, "open_ms": opened, "rss_mb": resident(),
        "p50_ms": part(&mut all, 0.5), "p99_ms": part(&mut all, 0.99), "max_ms": part(&mut all, 1.0),
        "cpu_p50_ms": part(&mut cpu, 0.5), "cpu_p99_ms": part(&mut cpu, 0.99), "questions": slowest,
    });
    println!("{answer}");
    Ok(())
}

fn part(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    times[((times.len() - 1) as f64 * share) as usize]
}

/// Milliseconds that this thread has run.
fn on_cpu() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

fn made_up(number: u32) -> Doc {
    let mut dice = Dice(number.into());
    let length = 8 + dice.below(18);
    let text: Vec<String> = (0..length).map(|_| dice.word()).collect();
    let start = Moment::parse("2026-01-01").map_or(0, |at| at.0);
    let at = Moment(start + i64::from(number) * 20_000);
    Doc {
        subject: Subject::Render(RenderId::new(at, &Entropy::seeded(number.into()))),
        clip: dice.below(10) == 0,
        text: text.join(" "),
        caption: String::new(),
        negative: String::new(),
        by: account(number % 12),
        by_name: if number.is_multiple_of(12) { "Ana Lima".into() } else { format!("Person {}", number % 12) },
        model: "starter".to_owned(),
        favourite_of: Vec::new(),
        deleted: dice.below(50) == 0,
    }
}

fn account(number: u32) -> AccountId {
    AccountId::new(Moment(number.into()), &Entropy::seeded(number.into()))
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// Half of the words are common ones; the others come from 40,000, few of them often (as in real language).
    fn word(&mut self) -> String {
        if self.below(2) == 0 {
            return COMMON[self.below(24) as usize].to_owned();
        }
        let share = self.below(1 << 20) as f64 / f64::from(1 << 20);
        let mut rank = (40_000_f64.powf(share)) as u64;
        let mut word = String::new();
        for _ in 0..4 {
            word.push(['v', 'k', 'm', 'r', 's', 't', 'l', 'n', 'd', 'p'][(rank % 10) as usize]);
            rank /= 10;
            word.push(['i', 'a', 'o', 'e', 'u'][(rank % 5) as usize]);
            rank /= 5;
        }
        word
    }
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
