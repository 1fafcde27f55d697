//! Bringing models in: whole or not at all, and never anything that could run or lead outside.

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use dreamomni2::app::shelf;
use dreamomni2::domain::recipes::{self, Draft, Task};
use dreamomni2::inference::{Error, Package, PackageInfo, Packages};
use tempfile::TempDir;

fn good() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages/scene")
}

/// A copy of the good package that a test may spoil.
fn copy() -> TempDir {
    let to = tempfile::tempdir().unwrap();
    copy_into(&good(), to.path());
    to
}

pub(crate) fn copy_into(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_into(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn import(from: &Path, name: &str) -> Result<PackageInfo, Error> {
    let models = tempfile::tempdir().unwrap();
    let packages = Packages::new(Some(models.path().to_owned()));
    let done = packages.import(from, Some(name), &mut |_, _| ControlFlow::Continue(()));
    let left: Vec<_> = fs::read_dir(models.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    match &done {
        Ok(_) => assert_eq!(left, [name]),
        Err(_) => assert!(left.is_empty(), "something half-written remains: {left:?}"),
    }
    done
}

fn refusal(spoil: impl FnOnce(&Path)) -> (&'static str, String) {
    let folder = copy();
    spoil(folder.path());
    let error = import(folder.path(), "spoiled").unwrap_err();
    (error.code(), error.to_string())
}

#[test]
fn a_folder_a_tar_and_a_compressed_tar_give_the_same_model() {
    let from_folder = import(&good(), "a").unwrap();
    let files = tempfile::tempdir().unwrap();
    let mut tar = tar::Builder::new(Vec::new());
    tar.append_dir_all("some-export", good()).unwrap();
    let tar = tar.into_inner().unwrap();
    let (plain, packed) = (files.path().join("m.tar"), files.path().join("m.tar.zst"));
    fs::write(&plain, &tar).unwrap();
    fs::write(&packed, zstd::encode_all(tar.as_slice(), 3).unwrap()).unwrap();
    for archive in [plain, packed] {
        let info = import(&archive, "a").unwrap();
        assert_eq!(info, from_folder);
    }
    assert_eq!((from_folder.family.as_str(), from_folder.defaults.steps), ("scene", 4));
}

#[test]
fn what_lies_beside_the_folder_of_a_package_is_left_out() {
    let from = tempfile::tempdir().unwrap();
    copy_into(&good(), &from.path().join("export"));
    fs::write(from.path().join("README.md"), "Made by us.").unwrap();
    fs::create_dir(from.path().join("__MACOSX")).unwrap();
    fs::write(from.path().join("__MACOSX/._export"), "x").unwrap();
    assert_eq!(import(from.path(), "a").unwrap(), import(&good(), "a").unwrap());
    // Two packages are none, and a network's folder is no upscaler because its package lost its index.
    copy_into(&good(), &from.path().join("second"));
    assert_eq!(import(from.path(), "a").unwrap_err().code(), "package_file_missing");
    let lost = tempfile::tempdir().unwrap();
    fs::create_dir(lost.path().join("tokenizer")).unwrap();
    fs::write(lost.path().join("tokenizer/vocab.json"), "{}").unwrap();
    copy_into(&good().join("text_encoder"), &lost.path().join("unet"));
    assert_eq!(import(lost.path(), "a").unwrap_err().code(), "package_file_missing");
}

#[test]
fn a_name_that_is_taken_or_no_name_is_refused() {
    let models = tempfile::tempdir().unwrap();
    let packages = Packages::new(Some(models.path().to_owned()));
    packages.import(&good(), None, &mut |_, _| ControlFlow::Continue(())).unwrap();
    let code = |name| packages.import(&good(), Some(name), &mut |_, _| ControlFlow::Continue(())).unwrap_err().code();
    assert_eq!(code("scene"), "model_name_taken");
    assert_eq!(code("starter"), "model_name_taken");
    for name in ["", "..", "a/b", ".hidden", "-rf", "ü", &"x".repeat(65)] {
        assert_eq!(code(name), "model_name_malformed", "{name}");
    }
    packages.remove("scene").unwrap();
    assert_eq!(packages.find("scene").unwrap_err().code(), "model_unknown");
}

#[test]
fn what_could_run_is_refused() {
    for (file, bytes, sign) in [
        ("unet/model.ckpt", &b"x"[..], "pickle"),
        ("unet/pytorch_model.bin", b"x", "pickle"),
        ("notes.json.bin", b"\x80\x04\x95more", "pickle"),
        ("weights.bin", b"PK\x03\x04archive", "pickle"),
        ("modeling.py", b"import os", "program"),
        ("tokenizer/vocab.txt", b"\x7fELF\x02", "program"),
        ("README", b"#!/bin/sh", "program"),
    ] {
        let (code, sentence) = refusal(|folder| {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        });
        assert_eq!(code, "package_unsafe", "{file}");
        assert!(sentence.contains(sign) && sentence.contains(file), "{sentence}");
    }
}

#[test]
fn a_file_of_weights_alone_is_told_how_it_becomes_a_package_and_not_to_be_copied_again() {
    let folder = tempfile::tempdir().unwrap();
    // What the three begin with: a zip of pickles, a pickle, a length and JSON.
    for (name, bytes) in
        [("x4plus.pth", &b"PK\x03\x04"[..]), ("old.PT", b"\x80\x02"), ("a.safetensors", b"\x08\0\0\0\0\0\0\0{}")]
    {
        let file = folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        let packages = Packages::new(Some(folder.path().join("models")));
        let looked = packages.look(&file, &mut |_, _| ControlFlow::Continue(())).map(drop);
        let brought = packages.import(&file, Some("m"), &mut |_, _| ControlFlow::Continue(())).map(drop);
        for error in [looked.unwrap_err(), brought.unwrap_err()] {
            assert_eq!(error.code(), "package_unsafe");
            assert!(error.to_string().contains("export-model.py"), "{error}");
        }
    }
}

#[test]
fn links_are_refused() {
    let (code, _) = refusal(|folder| std::os::unix::fs::symlink("/etc/passwd", folder.join("link.json")).unwrap());
    assert_eq!(code, "package_unsafe");
}

#[test]
fn archives_that_lead_outside_or_link_are_refused() {
    let evil = |write: &dyn Fn(&mut tar::Builder<Vec<u8>>)| {
        let mut tar = tar::Builder::new(Vec::new());
        write(&mut tar);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("evil.tar");
        fs::write(&file, tar.into_inner().unwrap()).unwrap();
        import(&file, "evil").unwrap_err().code()
    };
    let header = |name: &[u8], kind| {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_entry_type(kind);
        header.set_size(1);
        header.set_cksum();
        header
    };
    for name in [&b"../model_index.json"[..], b"/tmp/model_index.json", b"a/../../b.json"] {
        assert_eq!(
            evil(&|tar| tar.append(&header(name, tar::EntryType::Regular), &b"x"[..]).unwrap()),
            "package_unsafe"
        );
    }
    for kind in [tar::EntryType::Symlink, tar::EntryType::Link, tar::EntryType::Fifo] {
        assert_eq!(evil(&|tar| tar.append(&header(b"a.json", kind), &b"x"[..]).unwrap()), "package_unsafe");
    }
    let twice = |tar: &mut tar::Builder<Vec<u8>>| {
        for _ in 0..2 {
            tar.append(&header(b"a.json", tar::EntryType::Regular), &b"x"[..]).unwrap();
        }
    };
    assert_eq!(evil(&twice), "package_unsafe");
}

#[test]
fn a_compressed_bomb_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bomb.tar.zst");
    let mut out = zstd::Encoder::new(fs::File::create(&file).unwrap(), 1).unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_path("model_index.json").unwrap();
    header.set_size(1 << 30);
    header.set_cksum();
    out.write_all(header.as_bytes()).unwrap();
    out.write_all(&vec![0; 1 << 20]).unwrap();
    out.finish().unwrap();
    assert_eq!(import(&file, "bomb").unwrap_err().code(), "package_unsafe");
}

#[test]
fn a_package_copied_in_part_is_refused_and_the_file_named() {
    let cut = |file: &'static str| {
        refusal(move |folder| {
            let bytes = fs::read(folder.join(file)).unwrap();
            fs::write(folder.join(file), &bytes[..bytes.len() / 2]).unwrap();
        })
    };
    let (code, sentence) = cut("transformer/model.onnx");
    assert_eq!(code, "package_file_malformed");
    assert!(sentence.contains("transformer/model.onnx") && sentence.contains("in part"), "{sentence}");
    assert_eq!(cut("model_index.json").0, "package_file_malformed");
    for file in ["model_index.json", "vae_decoder/model.onnx", "tokenizer/lexicon.json"] {
        let (code, sentence) = refusal(|folder| fs::remove_file(folder.join(file)).unwrap());
        assert_eq!(code, "package_file_missing");
        assert!(sentence.contains(file), "{sentence}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("m.tar");
    let mut tar = tar::Builder::new(Vec::new());
    tar.append_dir_all(".", good()).unwrap();
    let tar = tar.into_inner().unwrap();
    let packed = zstd::encode_all(tar.as_slice(), 3).unwrap();
    for cut in [&tar[..tar.len() / 2], &packed[..packed.len() / 2]] {
        fs::write(&file, cut).unwrap();
        assert_eq!(import(&file, "cut").unwrap_err().code(), "package_file_malformed");
    }
}

#[test]
fn an_operator_that_no_runtime_knows_is_refused_by_its_name() {
    let (code, sentence) = refusal(|folder| {
        let file = folder.join("transformer/model.onnx");
        let mut bytes = fs::read(&file).unwrap();
        let (known, unknown) = (b"MatMul", b"MatMix");
        let places: Vec<_> = (0..bytes.len() - known.len()).filter(|at| bytes[*at..].starts_with(known)).collect();
        for at in places {
            bytes[at..at + known.len()].copy_from_slice(unknown);
        }
        fs::write(&file, bytes).unwrap();
    });
    assert_eq!(code, "package_unsupported");
    assert!(sentence.contains("the operator \"MatMix\""), "{sentence}");
}

/// Imports a copy of the package of Stable Diffusion that somebody changed.
fn changed(change: impl FnOnce(&Path)) -> Result<PackageInfo, Error> {
    let folder = tempfile::tempdir().unwrap();
    copy_into(&good().with_file_name("sd"), folder.path());
    change(folder.path());
    import(folder.path(), "sd")
}

fn scheduled(told: &str) -> Result<PackageInfo, Error> {
    changed(|folder| fs::write(folder.join("scheduler/scheduler_config.json"), told).unwrap())
}

#[test]
fn a_model_that_no_order_could_use_is_refused_at_its_import() {
    for (gone, named) in [("tokenizer", "tokenizer/tokenizer.json"), ("scheduler", "scheduler/scheduler_config.json")] {
        let error = changed(|folder| fs::remove_dir_all(folder.join(gone)).unwrap()).unwrap_err();
        assert_eq!(error.code(), "package_file_missing");
        assert!(error.to_string().contains(named), "{error}");
    }
    for (told, named) in [
        (r#"{"_class_name": "MagicScheduler"}"#, "the scheduler \"MagicScheduler\""),
        (r#"{"_class_name": "DDIMScheduler", "thresholding": true}"#, "are: DDIMScheduler without it, euler"),
        // So many betas would fill the memory.
        (
            r#"{"_class_name": "DDIMScheduler", "num_train_timesteps": 1000000000000}"#,
            "num_train_timesteps 1000000000000",
        ),
    ] {
        let error = scheduled(told).unwrap_err();
        assert_eq!(error.code(), "package_unsupported");
        assert!(error.to_string().contains(named), "{error}");
    }
}

#[test]
fn a_scheduler_as_diffusers_writes_it_is_read() {
    let told = r#"{"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity}"#;
    assert!(scheduled(told).unwrap().schedulers.contains(&"dpm++".to_owned()));
}

#[test]
fn a_folder_of_weights_that_was_never_exported_is_told_how_it_is() {
    let error = changed(|folder| {
        for part in ["text_encoder", "unet", "vae_encoder", "vae_decoder"] {
            fs::rename(folder.join(part).join("model.onnx"), folder.join(part).join("model.safetensors")).unwrap();
        }
    });
    let error = error.unwrap_err();
    assert!(error.to_string().contains("export-model.py"), "{error}");
}

#[test]
fn a_wrong_hash_is_named_at_the_import_and_at_every_load() {
    let (code, sentence) = refusal(|folder| {
        let mut manifest = fs::OpenOptions::new().append(true).open(folder.join("studio-model.toml")).unwrap();
        writeln!(manifest, "[files]\n\"vae_decoder/model.onnx\" = \"{}\"", "ab".repeat(32)).unwrap();
    });
    assert_eq!(code, "package_hash_differs");
    assert!(sentence.contains("vae_decoder/model.onnx"), "{sentence}");

    let models = tempfile::tempdir().unwrap();
    let packages = Packages::new(Some(models.path().to_owned()));
    packages.import(&good(), Some("m"), &mut |_, _| ControlFlow::Continue(())).unwrap();
    packages.find("m").unwrap().verify().unwrap();
    fs::write(models.path().join("m/transformer/config.json"), "{}").unwrap();
    assert_eq!(packages.find("m").unwrap().verify().unwrap_err().code(), "package_hash_differs");
}

#[test]
fn other_tensor_names_are_refused_with_what_was_expected_and_found() {
    let (code, sentence) = refusal(|folder| {
        fs::copy(folder.join("vae_encoder/model.onnx"), folder.join("transformer/model.onnx")).unwrap();
    });
    assert_eq!(code, "package_graph_differs");
    assert!(sentence.contains("expected input hidden_states") && sentence.contains("found sample"), "{sentence}");
}

#[test]
fn a_family_without_a_pipeline_is_refused_with_the_ones_there_are_however_its_name_begins() {
    for class in ["WuerstchenPipeline", "StableDiffusion3Pipeline", "FluxFillPipeline"] {
        let (code, sentence) = refusal(|folder| {
            fs::write(folder.join("model_index.json"), format!(r#"{{"_class_name":"{class}"}}"#)).unwrap();
            fs::remove_file(folder.join("studio-model.toml")).unwrap();
        });
        let told = (code, sentence.contains(class), sentence.contains("kontext"));
        assert_eq!(told, ("package_unsupported", true, true), "{sentence}");
    }
}

#[test]
fn a_video_package_says_how_many_frames_its_clips_can_have_and_a_recipe_is_held_to_it() {
    let info = Package::in_folder(&good().with_file_name("ltx")).unwrap().info;
    assert_eq!((info.frame_step, info.defaults.frames), (8, 9));
    let card = shelf::card(&info);
    assert_eq!(card.max_frames % 8, 1);
    let draft = |frames| Draft {
        task: Task::Clip,
        prompt: "a red cat".to_owned(),
        negative: None,
        references: Vec::new(),
        width: Some(64),
        height: Some(32),
        steps: Some(4),
        guidance: Some(3.0),
        seed: None,
        variations: 1,
        model: card.name.clone(),
        frames,
        rate: None,
        strength: None,
        scheduler: None,
        rewritten: None,
    };
    let check = |frames| recipes::check(&draft(frames), std::slice::from_ref(&card), 0);
    let refused = check(Some(16)).unwrap_err();
    assert_eq!(refused.code(), "frames_not_possible");
    assert!(refused.to_string().contains("choose 9 or 17"), "{refused}");
    for (asked, frames) in [(None, 9), (Some(1), 1), (Some(17), 17)] {
        assert_eq!(check(asked).unwrap().frames, Some(frames));
    }
}

#[test]
fn a_tokenizer_with_more_words_than_its_text_encoder_knows_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    copy_into(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages/ltx"), folder.path());
    fs::write(folder.path().join("text_encoder/config.json"), r#"{"vocab_size": 40}"#).unwrap();
    let error = import(folder.path(), "ltx").unwrap_err();
    assert_eq!(error.code(), "package_file_malformed");
    assert!(error.to_string().contains("tokenizer") && error.to_string().contains("vocab_size of 40"), "{error}");
}

#[test]
fn a_model_with_a_whole_rewriter_says_so_and_half_a_rewriter_is_refused() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages/dreamomni2");
    assert!(import(&package, "whole").unwrap().rewrites);
    assert!(!import(&good(), "none").unwrap().rewrites);
    let refused = |spoil: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        copy_into(&package, folder.path());
        spoil(&folder.path().join("rewriter"));
        import(folder.path(), "half").unwrap_err().to_string()
    };
    let gone = refused(&|rewriter| fs::remove_file(rewriter.join("decoder/model.onnx")).unwrap());
    assert!(gone.contains("rewriter/decoder/model.onnx"), "{gone}");
    let gone = refused(&|rewriter| fs::remove_file(rewriter.join("preprocessor_config.json")).unwrap());
    assert!(gone.contains("rewriter/preprocessor_config.json"), "{gone}");
    let small = refused(&|rewriter| fs::write(rewriter.join("config.json"), r#"{"vocab_size": 40}"#).unwrap());
    assert!(small.contains("vocab_size of 40"), "{small}");
    let other = refused(&|rewriter| {
        fs::copy(rewriter.join("embed_tokens/model.onnx"), rewriter.join("decoder/model.onnx")).unwrap();
    });
    assert!(other.contains("expected input inputs_embeds"), "{other}");
}
