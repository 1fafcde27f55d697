//! Pipelines over ONNX Runtime, with the tiny packages of tests/data/packages.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use dreamomni2::base::units::{Rate, Size};
use dreamomni2::inference::{
    Engine, Order, Package, Pipeline, ReferencePicture, Role, Settings, Step, Task, Watch, replay, runtime_embedded,
};
use dreamomni2::media::picture::Picture;

pub(crate) fn package(name: &str) -> Package {
    Package::in_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages").join(name)).unwrap()
}

/// A build without ONNX Runtime proves nothing, so it fails.
fn pipeline(name: &str) -> Box<dyn Pipeline> {
    assert!(
        runtime_embedded(),
        "this build carries no ONNX Runtime: run packaging/fetch-onnxruntime.sh, then build again"
    );
    let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("runtime");
    let engine = Engine::open(Settings { cache: Some(cache), library: None, threads: 2 }).unwrap();
    engine.load(&package(name)).unwrap()
}

fn order(prompt: &str, task: Task) -> Order {
    Order {
        task,
        prompt: prompt.to_owned(),
        negative: None,
        references: Vec::new(),
        size: Size::new(64, 36),
        steps: 4,
        guidance: 2.0,
        seed: 5,
        frames: 3,
        rate: Rate::FILM,
        strength: None,
        scheduler: None,
        init_latents: None,
    }
}

#[derive(Default)]
struct Looker {
    steps: Vec<u32>,
    previews: usize,
    frames: Vec<Picture>,
    stop_at: Option<u32>,
}

impl Watch for Looker {
    fn step(&mut self, step: Step) -> ControlFlow<()> {
        self.steps.push(step.step);
        self.previews += usize::from(step.preview.is_some());
        if self.stop_at == Some(step.step) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn frame(&mut self, _: u32, _: u32, picture: &Picture) -> ControlFlow<()> {
        self.frames.push(picture.clone());
        ControlFlow::Continue(())
    }

    fn preview_every(&self) -> u32 {
        2
    }
}

#[test]
fn every_reference_case_is_replayed_within_its_bounds() {
    let mut wrong = Vec::new();
    for name in ["scene", "sd", "sdxl", "kontext", "dreamomni2", "ltx", "ltx-timestep"] {
        let mut pipeline = pipeline(name);
        let package = package(name);
        let cases = replay::names(&package).unwrap();
        assert!(!cases.is_empty(), "{name} brings no reference case");
        for case in cases {
            let case = replay::run(&package, pipeline.as_mut(), &case);
            eprintln!("{name}: {case:?}");
            // References are resized here by another program than the originals': that costs up to a grey level.
            let most = if case.name == "five" || case.name == "edit" || case.name == "two" { 2e-3 } else { 2e-4 };
            wrong.extend((case.max > most || case.problem.is_some()).then(|| format!("{name}: {case:?}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_edit_by_stable_diffusion_stays_near_its_source_when_it_is_told_to() {
    let mut pipeline = pipeline("sd");
    let size = Size::new(64, 64);
    let picture = Picture::filled(size, [200, 40, 40]).unwrap();
    let mut changed = |strength| {
        let reference = ReferencePicture { picture: picture.clone(), role: Role::Source, scene: None };
        let order = Order {
            references: vec![reference],
            size,
            steps: 8,
            strength: Some(strength),
            ..order("blue", Task::Edit)
        };
        let mut looker = Looker::default();
        let made = pipeline.run(&order, &mut looker).unwrap().picture.unwrap();
        (looker.steps.len(), made)
    };
    let ((few, _), (all, _)) = (changed(0.25), changed(1.0));
    assert_eq!((few, all), (2, 8));
}

#[test]
fn the_same_order_gives_the_same_picture_and_another_seed_another() {
    let mut pipeline = pipeline("scene");
    let mut draw = |seed| {
        let order = Order { seed, ..order("a red circle", Task::Picture) };
        pipeline.run(&order, &mut Looker::default()).unwrap().picture.unwrap()
    };
    let first = draw(5);
    assert!(first == draw(5));
    assert!(first != draw(6));
    assert_eq!(first.size(), Size::new(64, 36));
}

#[test]
fn a_clip_comes_frame_by_frame_with_steps_and_previews() {
    let mut pipeline = pipeline("scene");
    let mut looker = Looker::default();
    let made = pipeline.run(&order("a red circle moves left, dragon", Task::Clip), &mut looker).unwrap();
    assert_eq!((looker.steps.as_slice(), looker.previews, looker.frames.len()), ([1, 2, 3, 4].as_slice(), 1, 3));
    assert!(looker.frames[0] != looker.frames[2]);
    assert!(made.picture.is_none());
    let unknown: Vec<_> = made.unknown.iter().map(|u| (u.word.as_str(), u.start, u.end)).collect();
    assert_eq!(unknown, [("dragon", 25, 31)]);
}

#[test]
fn a_watcher_stops_the_work_between_two_steps() {
    let mut pipeline = pipeline("scene");
    let mut looker = Looker { stop_at: Some(2), ..Looker::default() };
    let error = pipeline.run(&order("red", Task::Picture), &mut looker).unwrap_err();
    assert_eq!((error.code(), looker.steps.len()), ("cancelled", 2));
}

#[test]
fn a_foreign_source_is_refused_and_an_own_render_is_edited() {
    let mut pipeline = pipeline("scene");
    let made = pipeline.run(&order("a red circle", Task::Picture), &mut Looker::default()).unwrap();
    let foreign = Picture::filled(Size::new(50, 50), [255, 255, 255]).unwrap();
    let mut edit = order("blue", Task::Edit);
    edit.references = vec![ReferencePicture { picture: foreign, role: Role::Source, scene: None }];
    assert_eq!(pipeline.run(&edit, &mut Looker::default()).unwrap_err().code(), "source_not_known");
    edit.references[0].scene = made.scene;
    assert!(pipeline.run(&edit, &mut Looker::default()).is_ok());
    edit.references.clear();
    assert_eq!(pipeline.run(&edit, &mut Looker::default()).unwrap_err().code(), "order_refused");
}

#[test]
fn impossible_orders_are_refused_with_what_would_be_right() {
    let mut pipeline = pipeline("scene");
    let good = order("red", Task::Picture);
    let bad = [
        Order { size: Size::new(1, 1), ..good.clone() },
        Order { size: Size::new(99_999, 64), ..good.clone() },
        Order { steps: 0, ..good.clone() },
        Order { guidance: f32::NAN, ..good.clone() },
        Order { task: Task::Clip, frames: 0, ..good },
    ];
    for order in bad {
        let error = pipeline.run(&order, &mut Looker::default()).unwrap_err();
        assert_eq!(error.code(), "order_refused", "{error}");
        assert!(error.to_string().contains("choose"), "{error}");
    }
}
