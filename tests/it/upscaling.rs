//! Making pictures larger: tiles that leave no trace, packages that are one graph, and orders that follow from a source.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use dreamomni2::app::shelf;
use dreamomni2::base::units::{Rate, Size};
use dreamomni2::domain::recipes::{self, Draft, Task as Wanted, upscale};
use dreamomni2::inference::{Error, Order, Packages, ReferencePicture, Role, Step, Task, Watch, replay};
use dreamomni2::media::decode::{Limits, decode};
use dreamomni2::media::encode;
use dreamomni2::media::picture::Picture;
use dreamomni2::work::hands::News;
use dreamomni2::work::protocol::{Bytes, OrderFrame, ReferenceFrame, Run};
use serde_json::{Value, json};

use crate::hands::{run, worker};
use crate::packages::copy_into;
use crate::pipelines::{engine, folder, package, wrong_cases};
use crate::support::server::{Person, Server, png};

const ALL: [&str; 3] = ["upscale2", "upscale4", "upscale-window"];

/// Soft colours that differ everywhere.
fn picture(width: u32, height: u32) -> Picture {
    let pixel = |n: u32| [n % width * 5, n / width * 7, n * 13 % 97].map(|v| (v % 256) as u8);
    Picture::new(Size::new(width, height), (0..width * height).flat_map(pixel).collect()).unwrap()
}

fn order(source: Picture, scale: u32) -> Order {
    let size = Size::new(source.size().width * scale, source.size().height * scale);
    Order {
        task: Task::Upscale,
        prompt: String::new(),
        negative: None,
        references: vec![ReferencePicture { picture: source, role: Role::Source, scene: None }],
        size,
        steps: 1,
        guidance: 0.0,
        seed: 0,
        frames: 1,
        rate: Rate::FILM,
        strength: None,
        scheduler: None,
        init_latents: None,
    }
}

#[derive(Default)]
struct Looker {
    steps: Vec<(u32, u32)>,
    stop_at: u32,
}

impl Watch for Looker {
    fn step(&mut self, step: Step) -> ControlFlow<()> {
        self.steps.push((step.step, step.of));
        if self.stop_at == step.step { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn frame(&mut self, _: u32, _: u32, _: &Picture) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

fn exact(case: &replay::Case) -> bool {
    case.max <= 1e-5 && case.problem.is_none()
}

#[test]
fn tiles_give_the_numbers_that_pytorch_gives_for_the_whole_picture() {
    let wrong: Vec<_> = ALL.iter().flat_map(|name| wrong_cases(&package(name), exact)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn weights_of_esrgan_in_every_layout_that_people_share_become_models_with_the_networks_own_numbers() {
    let mut wrong = Vec::new();
    for (name, scale) in [("x4plus", 4), ("x2plus", 2), ("first", 2), ("second", 4), ("compact", 4)] {
        let models = tempfile::tempdir().unwrap();
        let packages = Packages::new(Some(models.path().to_owned()));
        let from = folder(&format!("esrgan-{name}"));
        let info = packages.import(&from, Some(name), &mut |_, _| ControlFlow::Continue(())).unwrap();
        assert_eq!((info.scale, info.licence.as_str()), (Some(scale), "Apache-2.0"));
        wrong.extend(wrong_cases(&packages.find(name).unwrap(), exact));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_tile_is_told_and_the_work_can_be_stopped_between_two() {
    let mut pipeline = engine().load(&package("upscale2")).unwrap();
    let mut looker = Looker::default();
    // Tiles of 32 that share 16: three across, two down.
    let made = pipeline.run(&order(picture(60, 40), 2), &mut looker).unwrap();
    assert_eq!(looker.steps, [(1, 6), (2, 6), (3, 6), (4, 6), (5, 6), (6, 6)]);
    assert_eq!(made.picture.unwrap().size(), Size::new(120, 80));
    let mut looker = Looker { stop_at: 2, ..Looker::default() };
    let error = pipeline.run(&order(picture(60, 40), 2), &mut looker).unwrap_err();
    assert_eq!((error.code(), looker.steps.len()), ("cancelled", 2));
}

#[test]
fn a_picture_of_one_pixel_and_one_of_one_row_are_enlarged() {
    for name in ALL {
        let package = package(name);
        let scale = package.info.scale.unwrap();
        let mut pipeline = engine().load(&package).unwrap();
        for (width, height) in [(1, 1), (70, 1), (2, 33)] {
            let made = pipeline.run(&order(picture(width, height), scale), &mut Looker::default()).unwrap();
            assert_eq!(made.picture.unwrap().size(), Size::new(width * scale, height * scale), "{name}");
        }
    }
}

#[test]
fn an_order_that_is_no_upscale_is_refused_with_what_would_be_right() {
    let mut pipeline = engine().load(&package("upscale4")).unwrap();
    let good = order(picture(8, 8), 4);
    let none = Order { references: Vec::new(), ..good.clone() };
    let other = Order { size: Size::new(36, 32), ..good.clone() };
    let edit = Order { task: Task::Edit, ..good };
    let huge = order(Picture::filled(Size::new(2048, 2048), [0; 3]).unwrap(), 4);
    for (order, words) in [
        (none, "exactly one reference with the role source"),
        (other, "becomes 32x32 with this model, not 36x32"),
        (edit, "cannot do this task"),
        (huge, "would become 8192x8192, and 64 million pixels are possible"),
    ] {
        let error = pipeline.run(&order, &mut Looker::default()).unwrap_err();
        assert!(error.code() == "order_refused" && error.to_string().contains(words), "{error}");
    }
}

/// Imports a copy that was changed.
fn import(name: &str, spoil: impl FnOnce(&Path)) -> Result<u32, Error> {
    let (from, models) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    copy_into(&folder(name), from.path());
    spoil(from.path());
    let packages = Packages::new(Some(models.path().to_owned()));
    let info = packages.import(from.path(), Some("larger"), &mut |_, _| ControlFlow::Continue(()))?;
    assert_eq!(
        (info.family.as_str(), info.max_references, info.tasks.as_slice()),
        ("upscaler", 1, [Task::Upscale].as_slice())
    );
    packages.find("larger").unwrap().verify().unwrap();
    Ok(info.scale.unwrap())
}

#[test]
fn an_import_is_held_to_one_picture_in_and_a_larger_one_out() {
    for name in ALL {
        let scale = import(name, |_| {}).unwrap();
        assert_eq!(scale, package(name).info.scale.unwrap());
    }
    let config = |name, text: &'static str| {
        import(name, move |folder| fs::write(folder.join("upscaler/config.json"), text).unwrap()).unwrap_err()
    };
    let error = config("upscale-window", r#"{"scale": 4, "overlap": 8}"#);
    assert_eq!(error.code(), "package_graph_differs");
    assert!(error.to_string().contains("sides 4 times as long") && error.to_string().contains("24 to 48"), "{error}");
    for (text, words) in [
        (r#"{"scale": 0}"#, "scale"),
        (r#"{"scale": 2, "tile": 30, "multiple": 8}"#, "multiple"),
        (r#"{"scale": 2, "tile": 32, "overlap": 17}"#, "overlap"),
        (r#"{"scale": 2, "range": [1, 1]}"#, "range"),
        (r#"{"tile": 32}"#, "scale"),
    ] {
        let error = config("upscale2", text);
        assert!(error.code() == "package_file_malformed" && error.to_string().contains(words), "{text}: {error}");
    }
    // A network that wants more than a picture.
    let other = import("upscale2", |to| {
        fs::copy(folder("sd").join("unet/model.onnx"), to.join("upscaler/model.onnx")).unwrap();
    });
    assert!(other.unwrap_err().to_string().contains("expected one input and one output"));
    let missing = import("upscale2", |folder| fs::remove_file(folder.join("upscaler/model.onnx")).unwrap());
    assert_eq!(missing.unwrap_err().code(), "package_file_missing");
}

#[test]
fn a_lone_graph_becomes_a_package_when_its_scale_is_told_by_its_shapes_a_config_or_one_run() {
    let graph = |name: &str| folder(name).join("upscaler/model.onnx");
    let (files, models) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let packages = Packages::new(Some(models.path().to_owned()));
    let (fixed, free) = (files.path().join("swin.onnx"), files.path().join("esrgan.ONNX"));
    fs::copy(graph("upscale-window"), &fixed).unwrap();
    fs::copy(graph("upscale4"), &free).unwrap();
    assert_eq!(packages.look(&fixed, &mut |_, _| ControlFlow::Continue(())).unwrap().family, "upscaler");
    let info = packages.import(&fixed, None, &mut |_, _| ControlFlow::Continue(())).unwrap();
    assert_eq!((info.name.as_str(), info.scale), ("swin", Some(2)));

    let refused = packages.import(&free, Some("free"), &mut |_, _| ControlFlow::Continue(())).unwrap_err();
    assert!(refused.to_string().contains("config.json"), "{refused}");
    let engine = engine();
    let info = packages
        .import_as(&free, Some("free"), false, &mut |_, _| ControlFlow::Continue(()), &|at| {
            engine.measure(&packages, at)
        })
        .unwrap();
    assert_eq!(info.scale, Some(4));

    let beside = tempfile::tempdir().unwrap();
    fs::copy(graph("upscale2"), beside.path().join("2x-sharp.onnx")).unwrap();
    fs::write(beside.path().join("config.json"), r#"{"scale": 2, "tile": 64}"#).unwrap();
    assert_eq!(
        packages.import(beside.path(), Some("beside"), &mut |_, _| ControlFlow::Continue(())).unwrap().scale,
        Some(2)
    );
}

#[test]
fn the_recipe_of_an_upscale_follows_from_its_source() {
    let card = shelf::card(&package("upscale4").info);
    let cards = std::slice::from_ref(&card);
    let source = recipes::Reference {
        picture: recipes::Picture::Asset("ast_00000000000000000000000000".parse().unwrap()),
        role: recipes::Role::Source,
    };
    let told = Draft {
        task: Wanted::Upscale,
        prompt: String::new(),
        negative: None,
        references: vec![source],
        width: None,
        height: None,
        steps: None,
        guidance: None,
        seed: None,
        variations: 4,
        model: card.name.clone(),
        frames: None,
        rate: None,
        strength: None,
        scheduler: None,
        rewritten: None,
    };
    let of = |width, height| {
        let called = "{a|b}.png".to_owned();
        recipes::check(
            &upscale::settled(&told, cards, &upscale::Source { size: Size::new(width, height), called }),
            cards,
            9,
        )
    };
    let recipe = of(300, 200).unwrap().variation(0);
    assert_eq!((recipe.size, recipe.prompt.as_str(), recipe.seed), (Size::new(1200, 800), "{a|b}.png", 0));
    let large = of(5000, 100).unwrap_err();
    assert_eq!(large.code(), "upscale_too_large");
    assert!(large.to_string().contains("5000x100 would become 20000x400"), "{large}");
    let without = Draft { references: Vec::new(), ..told };
    assert_eq!(recipes::check(&without, cards, 9).unwrap_err().to_string(), recipes::Fault::NoSource.to_string());
}

#[test]
fn a_job_takes_size_and_words_from_its_source_and_what_is_no_upscale_is_refused() {
    let (server, mut owner) = Server::ready();
    copy_into(&folder("upscale2"), &server.folder.path().join("data/models/larger"));
    let asset = owner.post_raw(&owner.at("/assets?name=wall.png"), "image/png", png(90, 50)).created();
    let mut asked =
        json!({ "task": "upscale", "model": "larger", "references": [{ "asset": asset["id"], "role": "source" }] });
    let estimate = owner.post(&owner.at("/estimate"), &asked).ok();
    assert_eq!(estimate["count"], 1);
    let recipe = &owner.post(&owner.at("/jobs"), &asked).created()["recipe"];
    let told = ["prompt", "width", "height", "seed", "variations"].map(|field| recipe[field].clone());
    assert_eq!(told, [json!("wall.png"), json!(180), json!(100), json!(0), json!(1)]);
    let models = owner.get("/api/v1/models").ok();
    let larger = models["items"].as_array().unwrap().iter().find(|m| m["name"] == "larger").unwrap();
    assert_eq!((&larger["scale"], &larger["tasks"]), (&json!(2), &json!(["upscale"])));

    let code = |owner: &mut Person, asked: &Value| owner.post(&owner.at("/jobs"), asked).refused(422)["code"].clone();
    asked["grid"] = json!({ "x": { "field": "seed", "values": ["1", "2"] } });
    assert_eq!(code(&mut owner, &asked), "grid_of_upscale");
    asked["grid"] = Value::Null;
    asked["model"] = json!("starter");
    assert_eq!(code(&mut owner, &asked), "task_not_possible");
    asked["references"] = json!([]);
    assert_eq!(code(&mut owner, &asked), "source_missing");
    // No upscaler makes an ordinary picture.
    let picture = json!({ "task": "picture", "prompt": "a boat", "width": 64, "height": 64, "steps": 4, "guidance": 2, "model": "larger" });
    assert_eq!(code(&mut owner, &picture), "task_not_possible");
}

#[test]
fn a_worker_enlarges_a_picture_and_measures_a_graph_that_is_brought_in() {
    let mut worker = worker();
    let file = Bytes(encode::png(&picture(40, 30), encode::Effort::Quick).unwrap());
    let order = OrderFrame {
        references: vec![ReferenceFrame { file, role: Role::Source, scene: None }],
        size: Size::new(160, 120),
        steps: 1,
        guidance: 0.0,
        ..run(Task::Upscale).order
    };
    let mut steps = Vec::new();
    let mut told = |news| {
        if let News::Step { step, of, .. } = news {
            steps.push((step, of));
        }
        ControlFlow::Continue(())
    };
    let made = worker.run(Run { package: "upscale4".to_owned(), order, ..run(Task::Upscale) }, &mut told).unwrap();
    let (larger, _) = decode(&made.file.0, &Limits::default()).unwrap();
    assert_eq!((larger.size(), made.size, steps), (Size::new(160, 120), Size::new(160, 120), vec![(1, 2), (2, 2)]));
    assert_eq!(worker.measure(&folder("upscale4")).unwrap(), 4);
}
