//! A real worker process: it renders, tells, stops, dies, and gives its memory back.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use dreamomni2::base::units::{Rate, Size};
use dreamomni2::inference::{Role, Settings, Task, runtime_embedded};
use dreamomni2::media::decode::{Limits, decode};
use dreamomni2::media::picture::Picture;
use dreamomni2::media::{clip, encode};
use dreamomni2::work::hands::News;
use dreamomni2::work::protocol::{Bytes, OrderFrame, ReferenceFrame, Rewrite, Run};
use dreamomni2::work::{Start, Worker};

/// A build without ONNX Runtime proves nothing, so it fails.
pub(crate) fn worker() -> Worker {
    assert!(
        runtime_embedded(),
        "this build carries no ONNX Runtime: run packaging/fetch-onnxruntime.sh, then build again"
    );
    let engine = Settings {
        cache: Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("runtime")),
        threads: 1,
        ..Settings::default()
    };
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages");
    let program = PathBuf::from(env!("CARGO_BIN_EXE_dreamomni2"));
    Worker::start(&Start { program, engine, models: Some(models) }, None).unwrap()
}

pub(crate) fn run(task: Task) -> Run {
    let order = OrderFrame {
        task,
        prompt: "a red circle, dragon".to_owned(),
        negative: None,
        references: Vec::new(),
        size: Size::new(64, 36),
        steps: 4,
        guidance: 2.0,
        seed: 1,
        frames: 6,
        rate: Rate::FILM,
        strength: None,
        scheduler: None,
    };
    Run { ticket: 0, package: "scene".to_owned(), order, preview_every: 2, preview_pause: 0 }
}

#[test]
fn a_worker_renders_a_picture_and_a_clip_and_tells_of_every_step() {
    let mut worker = worker();
    let (mut steps, mut previews, mut frames) = (Vec::new(), 0, Vec::new());
    let mut told = |news| {
        match news {
            News::Step { step, preview, .. } => {
                steps.push(step);
                previews += usize::from(preview.is_some_and(|p| p.starts_with(&[0xFF, 0xD8])));
            }
            News::Frame { done, .. } => frames.push(done),
            News::Said { .. } | News::Waiting => {}
        }
        ControlFlow::Continue(())
    };
    let picture = worker.run(run(Task::Picture), &mut told).unwrap();
    let (drawn, _) = decode(&picture.file.0, &Limits::default()).unwrap();
    assert_eq!(drawn.size(), Size::new(64, 36));
    assert_eq!(picture.unknown_words[0].word, "dragon");
    let film = worker.run(run(Task::Clip), &mut told).unwrap();
    let facts = clip::facts(&film.file.0).unwrap();
    assert_eq!((facts.frames, facts.size), (6, Size::new(64, 36)));
    assert!(film.poster.is_some() && film.lossless.is_some());
    assert_eq!((steps, previews, frames), (vec![1, 2, 3, 4, 1, 2, 3, 4], 2, vec![1, 2, 3, 4, 5, 6]));
}

#[test]
fn a_video_model_makes_a_clip_from_words_and_a_first_frame() {
    let mut worker = worker();
    let first = Picture::filled(Size::new(40, 30), [200, 40, 40]).unwrap();
    let file = Bytes(encode::png(&first, encode::Effort::Quick).unwrap());
    let order = OrderFrame {
        references: vec![ReferenceFrame { file, role: Role::FirstFrame, scene: None }],
        size: Size::new(64, 32),
        frames: 17,
        ..run(Task::Clip).order
    };
    let (mut steps, mut frames) = (0, Vec::new());
    let mut told = |news| {
        match news {
            News::Step { .. } => steps += 1,
            News::Frame { done, of } => frames.push((done, of)),
            News::Said { .. } | News::Waiting => {}
        }
        ControlFlow::Continue(())
    };
    let film = worker.run(Run { package: "ltx".to_owned(), order, ..run(Task::Clip) }, &mut told).unwrap();
    let facts = clip::facts(&film.file.0).unwrap();
    assert_eq!((facts.frames, facts.size, film.frames), (17, Size::new(64, 32), 17));
    assert_eq!((steps, frames.len(), frames.last()), (4, 17, Some(&(17, 17))));
}

#[test]
fn a_killed_worker_is_noticed_as_lost_and_a_refused_order_is_not() {
    let mut worker = worker();
    let mut unknown = run(Task::Picture);
    unknown.package = "nobody".to_owned();
    let refused = worker.run(unknown, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!((refused.code(), refused.lost()), ("model_unknown", false));
    let pid = worker.pid().to_string();
    let died = worker.run(run(Task::Clip), &mut |_| {
        Command::new("kill").args(["-9", &pid]).status().unwrap();
        ControlFlow::Continue(())
    });
    let died = died.unwrap_err();
    assert_eq!((died.code(), died.lost()), ("worker_died", true), "{died}");
}

#[test]
fn a_run_is_stopped_between_two_steps_and_the_worker_goes_on() {
    let mut worker = worker();
    let stopped = worker
        .run(Run { order: OrderFrame { steps: 300, ..run(Task::Picture).order }, ..run(Task::Picture) }, &mut |_| {
            ControlFlow::Break(())
        });
    assert_eq!(stopped.unwrap_err().code(), "cancelled");
    assert!(worker.run(run(Task::Picture), &mut |_| ControlFlow::Continue(())).is_ok());
}

#[test]
fn a_worker_ends_with_its_studio() {
    let worker = worker();
    let process = PathBuf::from(format!("/proc/{}", worker.pid()));
    assert!(process.exists());
    drop(worker);
    assert!(!process.exists());
}

#[test]
fn a_worker_rewrites_a_prompt_renders_with_the_same_package_and_stops_between_two_words() {
    let mut worker = worker();
    let picture = Picture::filled(Size::new(61, 47), [200, 40, 40]).unwrap();
    let file = Bytes(encode::png(&picture, encode::Effort::Quick).unwrap());
    let references = vec![ReferenceFrame { file, role: Role::Source, scene: None }];
    let rewrite = Rewrite {
        ticket: 0,
        package: "dreamomni2".to_owned(),
        task: Task::Edit,
        prompt: "make it night".to_owned(),
        references: references.clone(),
    };
    let mut heard = Vec::new();
    let mut told = |news| {
        if let News::Said { tokens } = news {
            heard.push(tokens);
        }
        ControlFlow::Continue(())
    };
    let text = worker.rewrite(rewrite.clone(), &mut told).unwrap();
    assert_eq!(text, "The same street at night, its lamps are lit; nothing else changes.");
    assert!(heard.len() > 3 && heard.is_sorted(), "{heard:?}");
    let order = OrderFrame { size: Size::new(64, 48), references, ..run(Task::Edit).order };
    let mut told = |_| ControlFlow::Continue(());
    assert!(worker.run(Run { package: "dreamomni2".to_owned(), order, ..run(Task::Edit) }, &mut told).is_ok());
    let stopped = worker.rewrite(rewrite.clone(), &mut |_| ControlFlow::Break(()));
    assert_eq!(stopped.unwrap_err().code(), "cancelled");
    let without = Rewrite { prompt: "leave it".to_owned(), ..rewrite.clone() };
    assert_eq!(worker.rewrite(without, &mut told).unwrap_err().code(), "rewrite_unusable");
    let none = worker.rewrite(Rewrite { package: "kontext".to_owned(), ..rewrite }, &mut told).unwrap_err();
    assert_eq!(none.code(), "order_refused");
}

#[test]
fn a_package_is_replayed_in_the_worker() {
    let mut worker = worker();
    let cases = worker.test("scene").unwrap();
    assert!(!cases.is_empty() && cases.iter().all(|c| c.passed), "{cases:?}");
}
