//! The walks of tests/data/numbers/schedulers.json, made with diffusers by tests/oracle/schedulers.py, walked again.

use serde::Deserialize;

use super::choose::{Plan, choose};
use super::config::Config;

/// Largest difference, relative to the largest number of the walk: a step from sigma 4096 down to 9 loses digits of
/// f32 in the original too.
const MOST: f32 = 1e-5;

#[derive(Deserialize)]
struct Walk {
    config: serde_json::Value,
    steps: usize,
    tokens: Option<usize>,
    timesteps: Vec<f32>,
    initial: f32,
    start: Vec<f32>,
    scales: Vec<f32>,
    said: Vec<Vec<f32>>,
    samples: Vec<Vec<f32>>,
    noises: Vec<Vec<f32>>,
    begin: Option<usize>,
    mixture: Option<(f32, f32)>,
}

fn off(found: &[f32], wanted: &[f32], size: f32) -> f32 {
    let size = wanted.iter().fold(size, |most, w| most.max(w.abs()));
    let difference = |(f, w): (&f32, &f32)| if f.is_finite() { (f - w).abs() / size } else { f32::INFINITY };
    found.iter().zip(wanted).map(difference).fold(0.0, f32::max)
}

#[test]
fn every_walk_gives_the_numbers_of_diffusers() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/numbers/schedulers.json"));
    let walks: Vec<Walk> = serde_json::from_str(text).unwrap();
    let mut wrong = Vec::new();
    for walk in walks {
        let name = format!("{} in {} steps", walk.config, walk.steps);
        let config: Config = serde_json::from_value(walk.config).unwrap();
        let mut scheduler = match choose(&config, &Plan { steps: walk.steps, asked: None, tokens: walk.tokens }) {
            Ok(scheduler) => scheduler,
            Err(e) => {
                wrong.push(format!("{name}: {e}"));
                continue;
            }
        };
        let size = walk.start.iter().fold(1e-3f32, |most, x| most.max(x.abs()));
        let mut check = |what: &str, found: &[f32], wanted: &[f32]| {
            if found.len() != wanted.len() || off(found, wanted, size) > MOST {
                wrong.push(format!("{name}: {what}: {found:?} in place of {wanted:?}"));
            }
        };
        check("timesteps", scheduler.timesteps(), &walk.timesteps);
        check("initial sigma", &[scheduler.initial_sigma()], &[walk.initial]);
        if let (Some(begin), Some((picture, noise))) = (walk.begin, walk.mixture) {
            let found = scheduler.mixture(begin);
            check("mixture", &[found.0, found.1], &[picture, noise]);
        }
        let scales: Vec<f32> = (0..walk.scales.len()).map(|i| scheduler.input_scale(i)).collect();
        check("scales", &scales, &walk.scales);
        let mut noises = walk.noises.into_iter();
        let mut sample = walk.start;
        for (i, (said, wanted)) in walk.said.iter().zip(&walk.samples).enumerate() {
            scheduler.step(i, said, &mut sample, &mut || noises.next().unwrap());
            check(&format!("sample after call {i}"), &sample, wanted);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_unknown_scheduler_is_refused_with_the_ones_there_are() {
    let config: Config = serde_json::from_str(r#"{"_class_name": "KDPM2DiscreteScheduler"}"#).unwrap();
    let Err(error) = choose(&config, &Plan { steps: 4, asked: None, tokens: None }) else { panic!("it was taken") };
    assert_eq!(error.code(), "package_unsupported");
    let sentence = error.to_string();
    assert!(sentence.contains("KDPM2") && sentence.contains("unipc (UniPCMultistepScheduler)"), "{sentence}");
}
