//! Rewrites: proposed by the model's rewriter, seen by who asked, logged, and both texts kept with the render.

use std::time::Duration;

use dreamomni2::base::page::Limit;
use dreamomni2::domain::access::Role;
use dreamomni2::domain::audit::{self, Filter, Log};
use dreamomni2::domain::jobs::Trouble;
use dreamomni2::domain::jobs::lane::Word;
use dreamomni2::domain::recipes::{self, Axis, Field, Grid, Picture, Reference, Task};
use dreamomni2::domain::rewrites::{self, RewriteState, Wish, lane};
use dreamomni2::domain::{Kind, jobs, renders};

use crate::support::studio::{Premises, draft, handed};

fn wish(prompt: &str) -> Wish {
    Wish { task: Task::Picture, prompt: prompt.to_owned(), references: Vec::new(), model: "starter".to_owned() }
}

#[test]
fn a_rewrite_waits_is_worked_on_and_ends_in_a_text_that_only_its_asker_sees() {
    let p = Premises::new();
    let bo = p.member(Role::Artist, "Bo");
    let picture = Picture::Asset(p.asset(&p.owner).id);
    let references = vec![Reference { picture, role: recipes::Role::Style }];
    let asked = rewrites::ask(&p.owner(), p.workspace, &Wish { references, ..wish("xylomarker") }).unwrap();
    assert_eq!(asked.state, RewriteState::Waiting);
    let get = || rewrites::get(&p.owner(), p.workspace, asked.id).unwrap();
    assert_eq!(rewrites::get(&p.by(&bo), p.workspace, asked.id).unwrap_err().code(), "not_found");
    let claimed = lane::claim(&p.system()).unwrap().unwrap();
    assert_eq!((claimed.recipe.prompt.as_str(), claimed.materials.len()), ("xylomarker", 1));
    assert!(lane::claim(&p.system()).unwrap().is_none());
    assert_eq!(lane::said(&p.system(), asked.id, 3), Word::GoOn);
    assert_eq!((get().state, get().tokens), (RewriteState::Working, 3));
    lane::finish(&p.system(), (p.workspace, asked.id), "a zephyrtext").unwrap();
    assert_eq!((get().state, get().text.as_deref()), (RewriteState::Done, Some("a zephyrtext")));
    assert_eq!(rewrites::cancel(&p.owner(), p.workspace, asked.id).unwrap_err().code(), "rewrite_ended");
    let filter = Filter { action: Some("rewrite.".to_owned()), by: None };
    let lines = audit::list(&p.owner(), Log::Workspace(p.workspace), &filter, Limit::new(None), None).unwrap();
    let told: Vec<_> = lines.items.iter().rev().map(|l| (l.action.as_str(), l.detail.as_str())).collect();
    assert_eq!(told, [("rewrite.asked", "starter"), ("rewrite.ended", "done")]);
    let log = format!("{lines:?}");
    assert!(!log.contains("xylomarker") && !log.contains("zephyrtext"));
}

#[test]
fn a_cancelled_rewrite_stops_its_worker_and_a_failed_one_says_why() {
    let p = Premises::new();
    let ask = |prompt: &str| rewrites::ask(&p.owner(), p.workspace, &wish(prompt)).unwrap().id;
    let (first, second) = (ask("a lamp"), ask("a boat"));
    lane::claim(&p.system()).unwrap().unwrap();
    assert_eq!(rewrites::cancel(&p.owner(), p.workspace, first).unwrap().state, RewriteState::Cancelled);
    assert_eq!(lane::said(&p.system(), first, 1), Word::Stop);
    lane::finish(&p.system(), (p.workspace, first), "too late").unwrap();
    assert_eq!(rewrites::get(&p.owner(), p.workspace, first).unwrap().text, None);
    assert_eq!(lane::claim(&p.system()).unwrap().unwrap().id, second);
    let trouble = Trouble { code: "rewrite_unusable".to_owned(), sentence: "no tags".to_owned() };
    lane::fail(&p.system(), (p.workspace, second), trouble.clone()).unwrap();
    let failed = rewrites::get(&p.owner(), p.workspace, second).unwrap();
    assert_eq!((failed.state, failed.trouble), (RewriteState::Failed, Some(trouble)));
}

#[test]
fn who_waits_for_a_rewrite_across_a_restart_is_told_to_ask_again_and_not_that_there_never_was_one() {
    let p = Premises::new();
    let asked = rewrites::ask(&p.owner(), p.workspace, &wish("a lamp")).unwrap().id;
    p.clock.advance(Duration::from_secs(1));
    let p = p.again();
    for told in [rewrites::get(&p.owner(), p.workspace, asked), rewrites::cancel(&p.owner(), p.workspace, asked)] {
        let error = told.unwrap_err();
        assert_eq!((error.code(), error.kind()), ("rewrite_forgotten", Kind::Gone));
    }
    let again = rewrites::ask(&p.owner(), p.workspace, &wish("a lamp")).unwrap().id;
    assert_eq!(rewrites::get(&p.owner(), p.workspace, again).unwrap().state, RewriteState::Waiting);
}

#[test]
fn a_wish_is_checked_as_an_order_is() {
    let p = Premises::new();
    let ask = |wish: Wish| rewrites::ask(&p.owner(), p.workspace, &wish).map_err(|e| e.code().to_owned());
    assert_eq!(ask(wish("  ")).unwrap_err(), "prompt_empty");
    assert_eq!(ask(Wish { model: "nobody".to_owned(), ..wish("a") }).unwrap_err(), "model_unknown");
    assert_eq!(ask(Wish { task: Task::Edit, ..wish("a") }).unwrap_err(), "source_missing");
    let reviewer = p.member(Role::Reviewer, "Ro");
    assert_eq!(rewrites::ask(&p.by(&reviewer), p.workspace, &wish("a")).unwrap_err().code(), "refused");
    for _ in 0..8 {
        ask(wish("a lamp")).unwrap();
    }
    assert_eq!(ask(wish("a lamp")).unwrap_err(), "too_many_rewrites");
}

#[test]
fn a_render_keeps_what_was_written_and_what_the_model_was_told() {
    let p = Premises::new();
    let mut ordered = draft("her on the bench");
    ordered.rewritten = Some("A woman sits on the bench.".to_owned());
    jobs::order(&p.owner(), p.workspace, &ordered).unwrap();
    let claimed = p.claim().unwrap();
    assert_eq!(claimed.variations[0].1.told().as_str(), "A woman sits on the bench.");
    let render = jobs::lane::finish_variation(&p.system(), &claimed.lease, 0, handed()).unwrap();
    let recipe = renders::get(&p.owner(), p.workspace, render).unwrap().recipe;
    assert_eq!(recipe.prompt.as_str(), "her on the bench");
    assert_eq!(recipe.rewritten.unwrap().as_str(), "A woman sits on the bench.");
    // A grid of words walks through what the model is told.
    let grid = |words: [&str; 2]| Grid {
        x: Axis { field: Field::Prompt, values: words.map(str::to_owned).to_vec() },
        y: None,
    };
    let refused = jobs::order_grid(&p.owner(), p.workspace, &ordered, &grid(["her", "him"])).unwrap_err();
    assert_eq!(refused.code(), "words_not_in_prompt");
    jobs::order_grid(&p.owner(), p.workspace, &ordered, &grid(["woman", "man"])).unwrap();
    let cells = p.claim().unwrap().variations;
    assert_eq!(cells[1].1.told().as_str(), "A man sits on the bench.");
}
