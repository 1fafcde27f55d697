//! Grids: checked whole before they wait, one recipe per cell, nothing made twice, one sheet.

use dreamomni2::base::id::JobId;
use dreamomni2::domain::jobs::lane;
use dreamomni2::domain::jobs::{self, JobState};
use dreamomni2::domain::recipes::{Axis, Draft, Field, Grid};
use dreamomni2::domain::renders;
use dreamomni2::media::decode::{Limits, decode};

use crate::support::studio::{Premises, draft, handed};

fn axis(field: Field, values: &[&str]) -> Axis {
    Axis { field, values: values.iter().map(|v| (*v).to_owned()).collect() }
}

fn grid(x: Axis, y: Option<Axis>) -> Grid {
    Grid { x, y }
}

fn refused(p: &Premises, draft: &Draft, grid: &Grid) -> (String, String) {
    let error = jobs::order_grid(&p.owner(), p.workspace, draft, grid).unwrap_err();
    assert!(error.fields().iter().any(|(field, _)| !field.is_empty()));
    (error.code().to_owned(), error.to_string())
}

fn get(p: &Premises, job: JobId) -> jobs::Job {
    jobs::get(&p.owner(), p.workspace, job).unwrap()
}

#[test]
fn every_cell_is_a_render_with_its_own_recipe_and_a_crash_makes_none_twice() {
    let p = Premises::new();
    let asked = grid(axis(Field::Seed, &["3", "5", "7"]), Some(axis(Field::Guidance, &["2", "4.5"])));
    let job = jobs::order_grid(&p.owner(), p.workspace, &draft("a lamp"), &asked).unwrap();
    assert_eq!((job.count, job.cells.len(), job.recipe.variations), (6, 6, 1));
    let claimed = p.claim().unwrap();
    let told: Vec<_> = claimed.variations.iter().map(|(cell, r)| (*cell, r.seed, r.guidance.to_string())).collect();
    let expected = [(0, 3, "2"), (1, 5, "2"), (2, 7, "2"), (3, 3, "4.5"), (4, 5, "4.5"), (5, 7, "4.5")];
    assert_eq!(told, expected.map(|(cell, seed, guidance)| (cell, seed, guidance.to_owned())));
    // Handed in out of order, as a grid of models does.
    let fourth = lane::finish_variation(&p.system(), &claimed.lease, 4, handed()).unwrap();
    let first = lane::finish_variation(&p.system(), &claimed.lease, 0, handed()).unwrap();
    assert_eq!(lane::finish(&p.system(), &claimed.lease).unwrap_err().code(), "variations_missing");
    assert_eq!(get(&p, job.id).cells, [Some(first), None, None, None, Some(fourth), None]);

    let p = p.again();
    let claimed = p.claim().unwrap();
    assert_eq!(claimed.variations.iter().map(|(cell, _)| *cell).collect::<Vec<_>>(), [1, 2, 3, 5]);
    for (cell, _) in &claimed.variations {
        lane::finish_variation(&p.system(), &claimed.lease, *cell, handed()).unwrap();
    }
    assert_eq!(lane::finish_variation(&p.system(), &claimed.lease, 6, handed()).unwrap_err().code(), "not_found");
    lane::finish(&p.system(), &claimed.lease).unwrap();
    let done = get(&p, job.id);
    assert_eq!((done.state, done.renders.len()), (JobState::Done, 6));
    let render = renders::get(&p.owner(), p.workspace, fourth).unwrap();
    assert_eq!((render.recipe.seed, render.recipe.guidance, render.recipe.variations), (5, 4.5, 1));

    let mut sheet = jobs::sheet(&p.owner(), p.workspace, job.id).unwrap();
    let mut png = Vec::new();
    sheet.reader.read_to_end(&mut png).unwrap();
    let (picture, _) = decode(&png, &Limits::default()).unwrap();
    assert!(picture.size().width > 3 * 96 && picture.size().height > 2 * 64, "{}", picture.size());
    let single = p.order(&p.owner, "a lamp");
    assert_eq!(jobs::sheet(&p.owner(), p.workspace, single).err().unwrap().code(), "not_found");
}

#[test]
fn a_fault_names_its_cell_and_nothing_is_queued() {
    let p = Premises::new();
    let plain = draft("a red lamp");
    let steps = |values: &[&str]| axis(Field::Steps, values);
    let (code, sentence) = refused(&p, &plain, &grid(steps(&["4", "400"]), Some(axis(Field::Seed, &["1", "2"]))));
    assert_eq!(code, "steps_out_of_range");
    assert!(sentence.contains("In the cell steps 400, seed 1:"), "{sentence}");
    // What every cell has is no fault of one.
    let nothing = Draft { prompt: " ".to_owned(), ..plain.clone() };
    let (code, sentence) = refused(&p, &nothing, &grid(steps(&["4", "8"]), None));
    assert_eq!(code, "prompt_empty");
    assert!(!sentence.contains("cell"), "{sentence}");
    for (asked, code) in [
        (grid(steps(&["4", "many"]), None), "axis_value_malformed"),
        (grid(steps(&[]), None), "axis_empty"),
        (grid(steps(&["4", "4"]), None), "axis_value_twice"),
        (grid(steps(&["4"]), Some(steps(&["8"]))), "axes_equal"),
        (grid(axis(Field::Size, &["96x64", "wide"]), None), "axis_value_malformed"),
        (grid(axis(Field::Model, &["starter", "none"]), None), "model_unknown"),
        (grid(axis(Field::Scheduler, &["euler", "none"]), None), "scheduler_not_possible"),
        (grid(axis(Field::Prompt, &["blue", "green"]), None), "words_not_in_prompt"),
    ] {
        assert_eq!(refused(&p, &plain, &asked).0, code, "{asked:?}");
    }
    let many: Vec<String> = (0..65).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(refused(&p, &plain, &grid(axis(Field::Seed, &many), None)).0, "too_many_cells");
    let twice = Draft { variations: 2, ..plain };
    assert_eq!(refused(&p, &twice, &grid(steps(&["4", "8"]), None)).0, "grid_of_variations");
    assert!(p.claim().is_none());
}

#[test]
fn words_of_the_prompt_are_exchanged_and_all_cells_share_one_seed() {
    let p = Premises::new();
    let open = Draft { seed: None, ..draft("a red lamp beside a red chair") };
    let asked = grid(axis(Field::Prompt, &["red", "blue", "old green"]), None);
    let job = jobs::order_grid(&p.owner(), p.workspace, &open, &asked).unwrap();
    let claimed = p.claim().unwrap();
    assert_eq!(claimed.lease.job, job.id);
    let prompts: Vec<&str> = claimed.variations.iter().map(|(_, r)| r.prompt.as_str()).collect();
    assert_eq!(
        prompts,
        [
            "a red lamp beside a red chair",
            "a blue lamp beside a blue chair",
            "a old green lamp beside a old green chair"
        ]
    );
    let seeds: std::collections::BTreeSet<u64> = claimed.variations.iter().map(|(_, r)| r.seed).collect();
    assert_eq!(seeds.len(), 1);
}

#[test]
fn an_estimate_counts_the_cells_and_orders_nothing() {
    let p = Premises::new();
    let asked = grid(axis(Field::Steps, &["4", "8"]), None);
    let estimate = |p: &Premises| jobs::estimate(&p.owner(), p.workspace, &draft("a lamp"), Some(&asked)).unwrap();
    assert_eq!((estimate(&p).count, estimate(&p).seconds), (2, None));
    p.render(&p.owner, "measured");
    // One picture of 4 steps took 2 seconds: 4 and 8 steps take 6.
    assert_eq!(estimate(&p).seconds, Some(6));
    assert!(p.claim().is_none());
}
