//! Pipelines over ONNX Runtime, with the tiny packages of tests/data/packages.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use dreamomni2::base::units::{Rate, Size};
use dreamomni2::inference::replay::Bounds;
use dreamomni2::inference::{
    Engine, Order, Package, Packages, Pipeline, ReferencePicture, Role, Settings, Step, Task, Watch, replay,
    runtime_embedded,
};
use dreamomni2::media::picture::Picture;

pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages").join(name)
}

pub(crate) fn package(name: &str) -> Package {
    Package::in_folder(&folder(name)).unwrap()
}

/// A build without ONNX Runtime proves nothing, so it fails.
fn pipeline(name: &str) -> Box<dyn Pipeline> {
    engine().load(&package(name)).unwrap()
}

pub(crate) fn engine() -> Engine {
    assert!(
        runtime_embedded(),
        "this build carries no ONNX Runtime: run packaging/fetch-onnxruntime.sh, then build again"
    );
    let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("runtime");
    Engine::open(Settings { cache: Some(cache), threads: 2, ..Settings::default() }).unwrap()
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

/// What full precision is held to.
pub(crate) const FULL: Bounds = Bounds { max: 2e-2, mean: 1e-3 };

/// Replays every reference case of a package and names those that are not `right`.
pub(crate) fn wrong_cases(package: &Package, right: impl Fn(&replay::Case) -> bool) -> Vec<String> {
    let mut pipeline = engine().load(package).unwrap();
    let cases = replay::names(package).unwrap();
    let name = &package.info.name;
    assert!(!cases.is_empty(), "{name} brings no reference case");
    let replayed = cases.iter().map(|case| replay::run(package, pipeline.as_mut(), case, FULL));
    let told = replayed.inspect(|case| eprintln!("{name}: {case:?}"));
    told.filter(|case| !right(case)).map(|case| format!("{name}: {case:?}")).collect()
}

#[test]
fn every_reference_case_is_replayed_within_its_bounds() {
    let all =
        ["scene", "sd", "sdxl", "inpaint", "refiner", "lcm", "flux", "kontext", "dreamomni2", "ltx", "ltx-timestep"];
    let right = |case: &replay::Case| case.max <= 2e-4 && case.problem.is_none();
    let wrong: Vec<_> = all.iter().flat_map(|name| wrong_cases(&package(name), right)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_model_distilled_to_a_few_steps_says_so() {
    let advice = |name: &str| (package(name).info.defaults.steps, package(name).info.defaults.guidance);
    assert_eq!([advice("lcm"), advice("flux"), advice("sd")], [(4, 8.5), (4, 1.0), (25, 7.5)]);
}

#[test]
fn half_precision_stays_within_the_bounds_of_a_test_of_pytorchs_full_precision() {
    let mut wrong = Vec::new();
    for name in ["sd-half", "kontext-half", "ltx-half", "upscale2-half"] {
        let models = tempfile::tempdir().unwrap();
        let packages = Packages::new(Some(models.path().to_owned()));
        packages.import(&folder(name), Some(name), &mut |_, _| ControlFlow::Continue(())).unwrap();
        // What differs by nothing was not computed in half precision.
        wrong.extend(wrong_cases(&packages.find(name).unwrap(), |case| case.passed && case.max >= 1e-6));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn stable_diffusion_passes_over_a_shift_in_the_config_of_its_vae_as_its_original_does() {
    let shifted = tempfile::tempdir().unwrap();
    super::packages::copy_into(&folder("sd"), shifted.path());
    for file in ["vae_decoder/config.json", "vae_encoder/config.json", "vae/config.json"] {
        let path = shifted.path().join(file);
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        std::fs::write(&path, text.replace(r#""shift_factor": null"#, r#""shift_factor": 0.7"#)).unwrap();
    }
    assert!(std::fs::read_to_string(shifted.path().join("vae_decoder/config.json")).unwrap().contains("0.7"));
    let wrong = wrong_cases(&Package::in_folder(shifted.path()).unwrap(), |case| case.max <= 2e-4);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_model_is_held_to_bounds_of_its_own_precision_and_full_precision_to_the_narrowest() {
    let bounds = |name: &str| Bounds::of(&package(name)).unwrap();
    for name in ["scene", "sd", "kontext", "ltx", "upscale2"] {
        assert_eq!(bounds(name), FULL, "{name}");
    }
    for name in ["sd-half", "kontext-half", "ltx-half", "upscale2-half"] {
        assert_eq!(bounds(name), Bounds { max: 1e-1, mean: 5e-3 }, "{name}");
    }
    assert_eq!(bounds("upscale2-bfloat16"), Bounds { max: 2e-1, mean: 2e-2 });
}

#[test]
fn a_bfloat16_graph_is_refused_on_the_cpu_with_the_operator_named() {
    let Err(error) = engine().load(&package("upscale2-bfloat16")) else { panic!("it was loaded") };
    assert_eq!(error.code(), "graph_failed");
    assert!(error.to_string().contains("Conv") && error.to_string().contains("graph upscaler"), "{error}");
    assert!(error.to_string().contains("export the model in fp16"), "{error}");
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
fn a_mask_is_refused_where_it_cannot_be_meant() {
    let white = |width, height, role| {
        let picture = Picture::filled(Size::new(width, height), [255, 255, 255]).unwrap();
        ReferencePicture { picture, role, scene: None }
    };
    let sentence = |name: &str, references: &[ReferencePicture]| {
        let references = references.to_vec();
        let order = Order { size: Size::new(64, 64), references, ..order("a cat", Task::Edit) };
        let error = pipeline(name).run(&order, &mut Looker::default()).unwrap_err();
        assert_eq!(error.code(), "order_refused");
        error.to_string()
    };
    let source = white(64, 64, Role::Source);
    assert!(sentence("sd", &[source.clone(), white(64, 63, Role::Mask)]).contains("mask is of another size"));
    assert!(sentence("sd", &[white(64, 64, Role::Mask)]).contains("exactly one reference with the role source"));
    assert!(sentence("inpaint", std::slice::from_ref(&source)).contains("add a reference with the role mask"));
    assert!(sentence("kontext", &[source, white(64, 64, Role::Mask)]).contains("takes no reference for mask"));
    for name in ["scene", "kontext", "dreamomni2", "refiner"] {
        assert_eq!(package(name).info.roles.contains(&Role::Mask), name == "refiner", "{name}");
    }
}

/// A copy of a package with no numbers in the middle of one graph's weights.
fn spoiled(name: &str, graph: &str) -> Box<dyn Pipeline> {
    let to = tempfile::tempdir().unwrap();
    super::packages::copy_into(&folder(name), to.path());
    let file = to.path().join(graph).join("model.onnx");
    let mut bytes = std::fs::read(&file).unwrap();
    let weights = largest_block(&bytes);
    bytes[weights..weights + 8].fill(0xFF);
    std::fs::write(&file, bytes).unwrap();
    engine().load(&Package::in_folder(to.path()).unwrap()).unwrap()
}

/// Where the longest thing begins that looks like a tensor's raw data: its tag, a length, and as many bytes.
fn largest_block(graph: &[u8]) -> usize {
    let length = |at: usize| {
        let digits = graph[at + 1..].iter().take(4).position(|b| *b < 0x80)? + 1;
        let value = graph[at + 1..][..digits].iter().rev().fold(0, |sum, b| sum << 7 | usize::from(b & 0x7F));
        (at + 1 + digits + value <= graph.len()).then_some((value, at + 1 + digits))
    };
    let tags = (0..graph.len()).filter(|at| graph[*at] == 0x4A);
    let blocks = tags.filter_map(length).filter(|(value, _)| value % 4 == 0 && *value < graph.len() / 3);
    blocks.max().unwrap().1
}

#[test]
fn a_model_that_gives_no_numbers_fails_with_the_step_named_and_gives_no_picture() {
    let graphs = [
        ("scene", "transformer", "vae_decoder"),
        ("sd", "unet", "vae_decoder"),
        ("sdxl", "unet", "vae_decoder"),
        ("kontext", "transformer", "vae_decoder"),
        ("dreamomni2", "transformer", "vae_decoder"),
        ("ltx", "transformer", "vae_decoder"),
    ];
    for (name, denoiser, decoder) in graphs {
        let task = if name == "ltx" { Task::Clip } else { Task::Picture };
        let order = Order { size: Size::new(64, 64), frames: 9, ..order("a cat", task) };
        for (graph, stage) in [(denoiser, "in step 1 of 4"), (decoder, "in the decoder")] {
            let error = spoiled(name, graph).run(&order, &mut Looker::default()).unwrap_err();
            assert_eq!(error.code(), "model_gave_no_number", "{name} {graph}");
            assert!(error.to_string().contains(stage), "{name} {graph}: {error}");
        }
    }
}

#[test]
fn previews_come_from_every_family_and_change_nothing() {
    struct Blind;
    impl Watch for Blind {
        fn step(&mut self, step: Step) -> ControlFlow<()> {
            assert!(step.preview.is_none());
            ControlFlow::Continue(())
        }
        fn frame(&mut self, _: u32, _: u32, _: &Picture) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
    }
    for name in ["scene", "sd", "sdxl", "kontext"] {
        let order = Order { size: Size::new(64, 64), ..order("a cat", Task::Picture) };
        let (mut pipeline, mut looker) = (pipeline(name), Looker::default());
        let seen = pipeline.run(&order, &mut looker).unwrap().picture;
        assert_eq!(looker.previews, 1, "{name}");
        assert!(seen == pipeline.run(&order, &mut Blind).unwrap().picture, "{name}");
    }
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
