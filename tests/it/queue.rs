//! The queue: fair, patient with workers, and nothing is lost or done twice.

use std::time::Duration;

use dreamomni2::base::page::Limit;
use dreamomni2::domain::access::Role;
use dreamomni2::domain::captions::Change;
use dreamomni2::domain::jobs::lane::{self, Word};
use dreamomni2::domain::jobs::{self, JobState, Trouble};
use dreamomni2::domain::recipes::{Draft, Picture, Reference, Task};
use dreamomni2::domain::renders::RenderKind;
use dreamomni2::domain::{Kind, Result, recipes, renders, samples};

use crate::support::studio::{Premises, draft, handed};

fn state(p: &Premises, job: dreamomni2::base::id::JobId) -> JobState {
    jobs::get(&p.owner(), p.workspace, job).unwrap().state
}

#[test]
fn a_job_becomes_a_render_with_its_whole_recipe() {
    let p = Premises::new();
    let mut ordered = draft("a {red|blue} blorb");
    ordered.variations = 2;
    let job = jobs::order(&p.owner(), p.workspace, &ordered).unwrap();
    assert_eq!((job.state, job.position, job.unknown_words), (JobState::Queued, Some(1), vec!["blorb".to_owned()]));
    let claimed = p.claim().unwrap();
    assert_eq!(
        claimed.variations.iter().map(|(index, recipe)| (*index, recipe.seed)).collect::<Vec<_>>(),
        [(0, 7), (1, 8)]
    );
    let system = p.system();
    assert_eq!(lane::step(&system, &claimed.lease, 0, 1, 4, Some(vec![1, 2])), Word::GoOn);
    assert_eq!(lane::step(&system, &claimed.lease, 0, 2, 4, Some(vec![3])), Word::GoOn);
    let running = jobs::get(&p.owner(), p.workspace, job.id).unwrap();
    assert_eq!((running.state, running.step, running.preview), (JobState::Running, 2, Some(2)));
    assert_eq!(&jobs::preview(&p.owner(), p.workspace, job.id).unwrap().jpeg[..], [3]);
    let first = lane::finish_variation(&system, &claimed.lease, 0, handed()).unwrap();
    assert_eq!(lane::finish(&system, &claimed.lease).unwrap_err().code(), "variations_missing");
    // The studio stops in the middle; the next start offers the rest again.
    drop(system);
    let p = p.again();
    let claimed = p.claim().unwrap();
    assert_eq!(claimed.variations.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1]);
    assert_eq!(lane::finish_variation(&p.system(), &claimed.lease, 0, handed()).unwrap(), first);
    let second = lane::finish_variation(&p.system(), &claimed.lease, 1, handed()).unwrap();
    lane::finish(&p.system(), &claimed.lease).unwrap();
    let done = jobs::get(&p.owner(), p.workspace, job.id).unwrap();
    assert_eq!((done.state, done.renders), (JobState::Done, vec![first, second]));
    let page = renders::list(&p.owner(), p.workspace, false, Limit::new(Some(1)), None).unwrap();
    assert_eq!(page.items.len(), 1);
    let rest = renders::list(&p.owner(), p.workspace, false, Limit::new(None), page.next.as_deref()).unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));
    let render = renders::get(&p.owner(), p.workspace, second).unwrap();
    assert_eq!((render.recipe.seed, render.recipe.variations, render.kind), (8, 1, RenderKind::Picture));
    assert!(!render.recipe.prompt.as_str().contains('|'));
}

#[test]
fn one_person_with_many_jobs_does_not_block_the_others() {
    let p = Premises::new();
    let bo = p.member(Role::Artist, "Bo");
    let many: Vec<_> = (0..5).map(|_| p.order(&p.owner, "a lamp")).collect();
    let one = p.order(&bo, "a boat");
    let claimed: Vec<_> = (0..3).map(|_| p.claim().unwrap().lease.job).collect();
    assert_eq!(claimed, [many[0], one, many[1]]);
    let place = jobs::get(&p.owner(), p.workspace, many[4]).unwrap();
    assert_eq!(place.position, Some(3));
    assert_eq!(place.waiting.unwrap().reason, "own_jobs");
}

#[test]
fn a_silent_worker_loses_its_job_and_cannot_hand_in_any_more() {
    let p = Premises::new();
    let job = p.order(&p.owner, "a lamp");
    let dead = p.claim().unwrap();
    p.clock.advance(Duration::from_secs(59));
    assert_eq!(lane::beat(&p.system(), &dead.lease), Word::GoOn);
    p.clock.advance(Duration::from_secs(61));
    p.studio.tidy().unwrap();
    assert_eq!(state(&p, job), JobState::Queued);
    let alive = p.claim().unwrap();
    assert_eq!(alive.lease.job, job);
    assert_eq!(lane::beat(&p.system(), &dead.lease), Word::Stop);
    assert_eq!(lane::finish_variation(&p.system(), &dead.lease, 0, handed()).unwrap_err().code(), "lease_lost");
    lane::finish_variation(&p.system(), &alive.lease, 0, handed()).unwrap();
    lane::finish(&p.system(), &alive.lease).unwrap();
    assert_eq!(state(&p, job), JobState::Done);
}

#[test]
fn a_job_that_loses_three_workers_is_not_tried_again() {
    let p = Premises::new();
    let job = p.order(&p.owner, "a lamp");
    for _ in 0..3 {
        let claimed = p.claim().unwrap();
        lane::give_back(&p.system(), &claimed.lease, "killed").unwrap();
    }
    assert!(p.claim().is_none());
    let failed = jobs::get(&p.owner(), p.workspace, job).unwrap();
    assert_eq!((failed.state, failed.attempts), (JobState::Failed, 3));
    assert_eq!(failed.trouble.unwrap().code, "worker_lost");
}

#[test]
fn a_failure_keeps_its_sentence() {
    let p = Premises::new();
    let job = p.order(&p.owner, "a lamp");
    let claimed = p.claim().unwrap();
    let trouble = Trouble { code: "no_scene".to_owned(), sentence: "The source is a photograph".to_owned() };
    lane::fail(&p.system(), &claimed.lease, trouble.clone()).unwrap();
    assert_eq!(jobs::get(&p.owner(), p.workspace, job).unwrap().trouble, Some(trouble));
}

#[test]
fn a_cancelled_job_stops_its_worker_and_leaves_nothing() {
    let p = Premises::new();
    let waiting = p.order(&p.owner, "a lamp");
    jobs::cancel(&p.owner(), p.workspace, waiting).unwrap();
    assert!(p.claim().is_none());
    assert_eq!(jobs::cancel(&p.owner(), p.workspace, waiting).unwrap_err().code(), "job_ended");
    let job = p.order(&p.owner, "a boat");
    let claimed = p.claim().unwrap();
    jobs::cancel(&p.owner(), p.workspace, job).unwrap();
    assert_eq!(lane::finish_variation(&p.system(), &claimed.lease, 0, handed()).unwrap_err().code(), "lease_lost");
    assert_eq!(lane::step(&p.system(), &claimed.lease, 0, 1, 4, None), Word::Stop);
    assert!(renders::list(&p.owner(), p.workspace, false, Limit::new(None), None).unwrap().items.is_empty());
    assert_eq!(state(&p.again(), job), JobState::Cancelled);
}

#[test]
fn a_restart_loses_no_job_and_learns_the_estimate_again() {
    let p = Premises::new();
    p.render(&p.owner, "measured");
    let (first, second) = (p.order(&p.owner, "a lamp"), p.order(&p.owner, "a boat"));
    p.claim().unwrap();
    let p = p.again();
    assert_eq!((state(&p, first), state(&p, second)), (JobState::Queued, JobState::Queued));
    assert_eq!(p.claim().unwrap().lease.job, first);
    let waiting = jobs::get(&p.owner(), p.workspace, second).unwrap().waiting.unwrap();
    assert_eq!((waiting.reason, waiting.estimate_seconds), ("next", Some(2)));
}

#[test]
fn samples_are_ordinary_jobs_whose_renders_come_with_a_caption_that_can_be_changed() -> Result<()> {
    let p = Premises::new();
    let ordered = samples::order(&p.owner(), p.workspace)?;
    let tasks = |jobs: &[jobs::Job], task| jobs.iter().filter(|job| job.recipe.task == task).count();
    assert_eq!((tasks(&ordered, Task::Picture), tasks(&ordered, Task::Clip), tasks(&ordered, Task::Edit)), (6, 1, 0));
    assert!(ordered.iter().all(|job| job.state == JobState::Queued && job.recipe.model == "starter"));
    assert!(ordered.is_sorted_by_key(|job| job.id), "the clip is not the last");
    let claimed = p.claim().unwrap();
    let render = lane::finish_variation(&p.system(), &claimed.lease, 0, handed())?;
    lane::finish(&p.system(), &claimed.lease)?;
    let made = renders::get(&p.owner(), p.workspace, render)?;
    assert!(made.caption.text.as_deref().is_some_and(|text| text.starts_with("Sample: ")), "{:?}", made.caption);
    let change = Change { caption: Some(None), ..Change::default() };
    assert_eq!(renders::change(&p.owner(), p.workspace, render, &change)?.caption.text, None);
    // Now there is a picture that can be edited.
    let again = samples::order(&p.owner(), p.workspace)?;
    let edit = again.iter().find(|job| job.recipe.task == Task::Edit).unwrap();
    assert_eq!(edit.recipe.references[0].picture, Picture::Render(render));
    Ok(())
}

fn refused(p: &Premises, spoil: impl FnOnce(&mut Draft)) -> String {
    let mut ordered = draft("a lamp");
    spoil(&mut ordered);
    let error = jobs::order(&p.owner(), p.workspace, &ordered).unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid, "{error}");
    assert!(error.fields().iter().all(|(field, sentence)| !field.is_empty() && sentence.len() > 20));
    error.code().to_owned()
}

#[test]
fn every_bound_of_a_recipe_has_its_own_code() {
    let p = Premises::new();
    let asset = Picture::Asset(p.asset(&p.owner).id);
    let with = |role| Reference { picture: asset, role };
    let (source, style, pose) = (recipes::Role::Source, recipes::Role::Style, recipes::Role::Pose);
    let mask = recipes::Role::Mask;
    let rendered = Reference { picture: Picture::Render(p.render(&p.owner, "a lamp")), role: source };
    let tried = [
        refused(&p, |d| d.prompt = " ".to_owned()),
        refused(&p, |d| d.prompt = "x".repeat(20_000)),
        refused(&p, |d| d.prompt = "bell\u{7}".to_owned()),
        refused(&p, |d| d.prompt = "a {red|blue".to_owned()),
        refused(&p, |d| d.steps = Some(0)),
        refused(&p, |d| (d.width, d.height) = (Some(1), Some(1))),
        refused(&p, |d| d.width = Some(99_999)),
        refused(&p, |d| d.seed = Some(1 << 53)),
        refused(&p, |d| d.guidance = Some(f32::NAN)),
        refused(&p, |d| d.variations = 9),
        refused(&p, |d| d.model = "none".to_owned()),
        refused(&p, |d| d.references = vec![with(style), with(style), with(style)]),
        refused(&p, |d| d.references = vec![with(pose)]),
        refused(&p, |d| d.task = Task::Edit),
        refused(&p, |d| (d.task, d.frames) = (Task::Clip, Some(301))),
        refused(&p, |d| (d.task, d.references) = (Task::Edit, vec![with(mask)])),
        refused(&p, |d| d.references = vec![with(source), with(mask)]),
        refused(&p, |d| (d.task, d.references) = (Task::Edit, vec![rendered, with(mask)])),
        refused(&p, |d| d.strength = Some(0.5)),
        refused(&p, |d| (d.task, d.references, d.strength) = (Task::Edit, vec![with(source)], Some(1.01))),
        refused(&p, |d| (d.task, d.references, d.strength) = (Task::Edit, vec![with(source)], Some(f64::NAN))),
        refused(&p, |d| d.scheduler = Some("heun".to_owned())),
    ];
    assert_eq!(
        tried,
        [
            "prompt_empty",
            "prompt_too_long",
            "prompt_control_character",
            "wildcard_malformed",
            "steps_out_of_range",
            "size_out_of_range",
            "size_out_of_range",
            "seed_out_of_range",
            "guidance_out_of_range",
            "variations_out_of_range",
            "model_unknown",
            "too_many_references",
            "role_not_possible",
            "source_missing",
            "frames_out_of_range",
            "source_missing",
            "mask_without_source",
            "mask_of_another_size",
            "strength_without_edit",
            "strength_out_of_range",
            "strength_out_of_range",
            "scheduler_not_possible",
        ]
    );
    let chosen = (Some(0.25), Some("ddim".to_owned()));
    let (strength, scheduler) = chosen.clone();
    let edit = Draft { task: Task::Edit, references: vec![with(source)], strength, scheduler, ..draft("warmer") };
    let job = jobs::order(&p.owner(), p.workspace, &edit).unwrap();
    let claimed = p.claim().unwrap();
    assert_eq!((claimed.lease.job, claimed.materials.len()), (job.id, 1));
    let (_, recipe) = &claimed.variations[0];
    assert_eq!((recipe.strength, recipe.scheduler.clone()), chosen);
}

#[test]
fn a_recipe_written_before_strength_and_scheduler_reads_as_one_without_them() {
    let old = serde_json::json!({
        "task": "edit", "prompt": "warmer", "negative": null, "references": [], "size": { "width": 96, "height": 64 },
        "steps": 4, "guidance": 2.0, "seed": 7, "variations": 1, "model": "starter", "frames": null, "rate": null,
    });
    let recipe: recipes::Recipe = serde_json::from_value(old).unwrap();
    assert_eq!((recipe.strength, recipe.scheduler), (None, None));
}

#[test]
fn lineage_is_known_both_ways_and_a_missing_reference_is_refused() -> Result<()> {
    let p = Premises::new();
    let first = p.render(&p.owner, "a lamp");
    let reference = Reference { picture: Picture::Render(first), role: recipes::Role::Source };
    let edit = Draft { task: Task::Edit, references: vec![reference], ..draft("warmer") };
    jobs::order(&p.owner(), p.workspace, &edit)?;
    let claimed = p.claim().unwrap();
    assert!(claimed.materials[0].latents.is_some());
    let second = lane::finish_variation(&p.system(), &claimed.lease, 0, handed())?;
    lane::finish(&p.system(), &claimed.lease)?;
    assert_eq!(renders::lineage(&p.owner(), p.workspace, first)?.used_in, [second]);
    assert_eq!(renders::lineage(&p.owner(), p.workspace, second)?.made_from, [reference]);
    renders::bin(&p.owner(), p.workspace, first)?;
    assert_eq!(jobs::order(&p.owner(), p.workspace, &edit).unwrap_err().code(), "reference_missing");
    Ok(())
}
