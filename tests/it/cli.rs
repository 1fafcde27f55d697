//! The real binary, as an operator types it: texts, refusals, exit codes, the same bytes twice.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const VERBS: [&str; 13] = [
    "serve",
    "try",
    "init",
    "unlock",
    "setup-url",
    "render",
    "model",
    "audit",
    "verify",
    "doctor",
    "version",
    "openapi",
    "completions",
];

/// Runs the program in a folder of its own, with nothing of this machine's settings.
fn studio(home: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dreamomni2"));
    command.args(words).current_dir(home).env_clear().env("HOME", home).stdin(Stdio::null());
    command.output().unwrap()
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The names of all files below a folder, hidden ones too.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn every_verb_explains_itself_with_its_place_and_examples() {
    let home = home();
    let all = text(&studio(home.path(), &["--help"]).stdout);
    for verb in VERBS {
        assert!(all.contains(&format!("\n  {verb}")), "{verb} is not listed");
        let out = studio(home.path(), &[verb, "--help"]);
        let help = text(&out.stdout);
        assert!(out.status.success(), "{verb}");
        assert!(
            help.contains("--data <DIR>") && help.contains("--config <FILE>"),
            "{verb} hides where the studio lives"
        );
        assert!(help.lines().all(|line| line.chars().count() <= 120), "{verb} writes too wide");
    }
    for verb in ["serve", "try", "init", "render", "doctor", "completions"] {
        assert!(text(&studio(home.path(), &[verb, "--help"]).stdout).contains("Examples:"), "{verb} shows no example");
    }
    assert!(!all.contains("\n  worker"), "the worker is not for people");
    assert!(all.contains("Exit codes:"));
}

#[test]
fn a_word_that_is_no_command_is_a_usage_error() {
    let home = home();
    for words in [&["rendr"][..], &["render"], &["render", "--prompt", "a", "-o", "a.png", "--steps", "many"]] {
        let out = studio(home.path(), words);
        assert_eq!(out.status.code(), Some(2), "{words:?}");
        assert!(text(&out.stderr).starts_with("error: "), "{words:?}: {}", text(&out.stderr));
        assert!(text(&out.stderr).contains("code: usage"), "{words:?}");
    }
}

#[test]
fn version_and_openapi_and_completions_need_no_studio() {
    let home = home();
    assert!(text(&studio(home.path(), &["version"]).stdout).starts_with("dreamomni2 "));
    let json: serde_json::Value = serde_json::from_slice(&studio(home.path(), &["version", "--json"]).stdout).unwrap();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    let api: serde_json::Value = serde_json::from_slice(&studio(home.path(), &["openapi"]).stdout).unwrap();
    assert!(api["openapi"].as_str().is_some_and(|v| v.starts_with("3.1")));
    for shell in ["bash", "zsh", "fish"] {
        let out = studio(home.path(), &["completions", shell]);
        assert!(out.status.success() && text(&out.stdout).contains("setup-url"), "{shell}");
    }
    assert_eq!(files(home.path()), Vec::<String>::new(), "something was written");
}

/// Everything here is refused with exit code 3, this code, and no trace on the disk.
#[test]
fn bad_input_is_refused_with_a_sentence_and_nothing_is_left() {
    let home = home();
    let place = home.path();
    fs::write(place.join("words.png"), "these are words").unwrap();
    fs::write(place.join("cut.png"), &sample_png()[..60]).unwrap();
    fs::write(place.join("bomb.png"), bomb_png()).unwrap();
    fs::write(place.join("noise.npy"), "no numbers").unwrap();
    fs::create_dir(place.join("folder")).unwrap();
    let before = files(place);
    let long = "word ".repeat(4000);
    let ok = ["--prompt", "a red circle"];
    let table: &[(&[&str], &str)] = &[
        (&["--prompt", ""], "prompt_empty"),
        (&["--prompt", "  \n "], "prompt_empty"),
        (&["--prompt", &long], "prompt_too_long"),
        (&["--prompt", "a\u{7}b"], "prompt_control_character"),
        (&["--steps", "0"], "steps_out_of_range"),
        (&["--steps", "100000"], "steps_out_of_range"),
        (&["--size", "1x1"], "size_out_of_range"),
        (&["--size", "99999x99999"], "size_out_of_range"),
        (&["--size", "wide"], "size_malformed"),
        (&["--seed", "-1"], "seed_out_of_range"),
        (&["--seed", "9007199254740992"], "seed_out_of_range"),
        (&["--guidance", "NaN"], "guidance_out_of_range"),
        (&["--guidance", "-3"], "guidance_out_of_range"),
        (&["--variations", "0"], "variations_out_of_range"),
        (&["--variations", "9"], "variations_out_of_range"),
        (&["--model", "nobody"], "model_unknown"),
        (&["--model", "../../etc"], "model_name_malformed"),
        (&["--task", "clip"], "output_form"),
        (&["--frames", "3"], "output_form"),
        (&["--task", "edit"], "source_missing"),
        (&["--reference", "nothing.png"], "file_missing"),
        (&["--reference", "folder"], "file_unreadable"),
        (&["--reference", "words.png"], "picture_unknown_format"),
        (&["--reference", "cut.png:palette"], "picture_truncated"),
        (&["--reference", "bomb.png"], "picture_too_large"),
        (&["--init-latents", "noise.npy"], "latents_malformed"),
        (&["--init-latents", "nothing.npy"], "file_missing"),
        (&["-o", "out.gif"], "output_form"),
        (&["-o", "nowhere/out.png"], "output_folder_missing"),
        (&["-o", "out.mp4", "--frames", "0"], "frames_out_of_range"),
        (&["-o", "out.mp4", "--frames", "999999"], "frames_out_of_range"),
        (&["-o", "out.mp4", "--rate", "fast"], "rate_malformed"),
    ];
    for (words, code) in table {
        let mut all = vec!["render"];
        if !words.contains(&"--prompt") {
            all.extend(ok);
        }
        if !words.contains(&"-o") {
            all.extend(["-o", "out.png"]);
        }
        all.extend(*words);
        let out = studio(place, &all);
        let told = text(&out.stderr);
        assert_eq!(out.status.code(), Some(3), "{words:?}: {told}");
        assert!(told.contains(&format!("code: {code}\n")), "{words:?} should be {code}: {told}");
        assert!(told.starts_with("error: "), "{words:?}: {told}");
        assert_eq!(files(place), before, "{words:?} left something");
    }
}

#[test]
fn too_many_references_are_refused_before_any_is_read() {
    let home = home();
    let mut words = vec!["render", "--prompt", "a red circle", "-o", "out.png"];
    for _ in 0..9 {
        words.extend(["--reference", "nothing.png:palette"]);
    }
    let out = studio(home.path(), &words);
    assert!(text(&out.stderr).contains("code: too_many_references"), "{}", text(&out.stderr));
}

#[test]
fn the_same_command_gives_the_same_bytes_and_another_seed_does_not() {
    let home = home();
    let render = |seed: &str, name: &str| {
        let words = ["render", "--prompt", "a red circle on the left", "--size", "160x96", "--steps", "4"];
        let out = studio(home.path(), &[&words[..], &["--seed", seed, "-o", name]].concat());
        assert!(out.status.success(), "{}", text(&out.stderr));
        fs::read(home.path().join(name)).unwrap()
    };
    let first = render("7", "a.png");
    assert_eq!(first, render("7", "b.png"));
    assert_ne!(first, render("8", "c.png"));
    // ONNX Runtime would leave a device id under ~/.cache if its usage data were on.
    assert_eq!(files(home.path()), ["a.png", "b.png", "c.png"], "more than the pictures was written");
}

#[test]
fn a_picture_says_what_was_not_understood_and_carries_its_recipe_and_scene() {
    let home = home();
    let words = ["render", "--prompt", "a red dragon", "--size", "160x96", "--steps", "2", "-o", "a.png"];
    let out = studio(home.path(), &words);
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert!(text(&out.stderr).contains("does not know: dragon"), "{}", text(&out.stderr));
    let png = fs::read(home.path().join("a.png")).unwrap();
    let recipe = dreamomni2::media::notes::read(&png, "studio-recipe").unwrap();
    let recipe: serde_json::Value = serde_json::from_str(&recipe).unwrap();
    assert_eq!((&recipe["prompt"], &recipe["seed"]), (&"a red dragon".into(), &0.into()));
    assert!(dreamomni2::media::scene::Scene::read(&png).is_some(), "an edit of it could not be exact");
}

#[test]
fn json_names_every_variation_with_its_seed_and_file() {
    let home = home();
    let words = ["--prompt", "a blue zebra", "--size", "160x96", "--steps", "2", "--variations", "2", "--seed", "5"];
    let end = ["--json", "-o", "a.png", "--dump-latents", "z.npy"];
    let out = studio(home.path(), &[&["render"], &words[..], &end[..]].concat());
    assert!(out.status.success(), "{}", text(&out.stderr));
    let told: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let outputs = told["outputs"].as_array().unwrap();
    assert_eq!(outputs.iter().map(|o| o["seed"].as_u64().unwrap()).collect::<Vec<_>>(), [5, 6]);
    assert_eq!(outputs[1]["files"][0]["file"], "a-2.png");
    assert_eq!(told["unknown_words"][0]["word"], "zebra");
    assert_eq!(files(home.path()), ["a-1.png", "a-2.png", "z-1.npy", "z-2.npy"]);
}

#[test]
fn a_clip_is_a_file_or_a_folder_of_frames() {
    let home = home();
    let words = ["render", "--prompt", "a car moves right", "--size", "160x96", "--steps", "2", "--frames", "3"];
    for target in ["a.mp4", "frames/"] {
        let out = studio(home.path(), &[&words[..], &["-o", target]].concat());
        assert!(out.status.success(), "{}", text(&out.stderr));
    }
    let mp4 = fs::read(home.path().join("a.mp4")).unwrap();
    let facts = dreamomni2::media::clip::facts(&mp4).unwrap();
    assert_eq!(
        (facts.frames, facts.rate.to_string(), facts.size.to_string()),
        (3, "24".to_owned(), "160x96".to_owned())
    );
    assert_eq!(files(&home.path().join("frames")), ["frame-00000.png", "frame-00001.png", "frame-00002.png"]);
}

#[test]
fn a_rewritten_prompt_is_printed_used_and_kept_and_one_of_no_use_leaves_the_words_as_they_are() {
    let home = home();
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/packages/dreamomni2");
    crate::packages::copy_into(&package, &home.path().join("studio/models/dreamomni2"));
    fs::write(home.path().join("a.png"), sample_png()).unwrap();
    let edit = |model: &str, prompt: &str, end: &[&str]| {
        let words = ["render", "--data", "studio", "--model", model, "--prompt", prompt, "--task", "edit"];
        studio(home.path(), &[&words[..], &["--reference", "a.png:source"], end].concat())
    };
    let rewritten = "The same street at night, its lamps are lit; nothing else changes.";
    let only = edit("dreamomni2", "make it night", &["--rewrite-only"]);
    assert_eq!(text(&only.stdout), format!("{rewritten}\n"), "{}", text(&only.stderr));
    let end = ["--size", "64x48", "--steps", "2", "--rewrite", "-o", "b.png"];
    let used = edit("dreamomni2", "make it night", &end);
    assert!(text(&used.stdout).starts_with(&format!("rewritten: {rewritten}\n")), "{}", text(&used.stderr));
    let kept = dreamomni2::media::notes::read(&fs::read(home.path().join("b.png")).unwrap(), "studio-recipe").unwrap();
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    assert_eq!((&kept["prompt"], &kept["rewritten"]), (&"make it night".into(), &rewritten.into()));
    let useless = edit("dreamomni2", "leave it", &end);
    assert!(useless.status.success() && text(&useless.stderr).contains("the prompt stays as it is"));
    let none = edit("starter", "a red circle", &["--rewrite-only"]);
    assert_eq!(none.status.code(), Some(3));
    assert!(text(&none.stderr).contains("has no rewriter"), "{}", text(&none.stderr));
}

#[test]
fn secrets_are_not_asked_for_where_nobody_is() {
    let home = home();
    let out = studio(home.path(), &["init", "--studio-name", "Orchid"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("code: not_given"), "{}", text(&out.stderr));
    let out = studio(home.path(), &["unlock", "--passphrase-file", "nothing"]);
    assert_eq!(out.status.code(), Some(3));
    assert!(text(&out.stderr).contains("code: secret_unreadable"), "{}", text(&out.stderr));
}

#[test]
fn a_misspelt_configuration_is_refused_with_its_name() {
    let home = home();
    fs::write(home.path().join("studio.toml"), "lisen = \"0.0.0.0:1\"").unwrap();
    let out = studio(home.path(), &["doctor", "--config", "studio.toml"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("lisen") && text(&out.stderr).contains("code: configuration"));
}

#[test]
fn doctor_speaks_of_a_folder_that_is_no_studio_yet() {
    let home = home();
    let out = studio(home.path(), &["doctor", "--json", "--data", "studio"]);
    let checks: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!(checks.as_array().is_some_and(|c| !c.is_empty()), "{}", text(&out.stderr));
    assert!(!home.path().join("studio").exists(), "doctor only looks");
}

#[test]
fn models_are_listed_and_a_package_that_could_run_code_is_refused() {
    let home = home();
    let list = studio(home.path(), &["model", "list", "--json", "--data", "studio"]);
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    assert_eq!(list[0]["name"], "starter");
    let import = |words: &[&str]| {
        let out = studio(home.path(), &[&["model", "import", "--data", "studio"], words].concat());
        (out.status.code(), text(&out.stderr))
    };
    assert!(import(&["nothing"]).1.contains("code: file_missing"));
    fs::create_dir_all(home.path().join("bad/unet")).unwrap();
    fs::write(home.path().join("bad/unet/weights.ckpt"), "x").unwrap();
    assert!(import(&["bad"]).1.contains("code: licence_not_accepted"));
    let (code, told) = import(&["bad", "--accept-licence"]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("code: package_"), "{told}");
    let models = home.path().join("studio/models");
    assert!(!models.exists() || files(&models).is_empty(), "half a package was left");
}

fn sample_png() -> Vec<u8> {
    use dreamomni2::base::units::Size;
    use dreamomni2::media::encode::{Effort, png};
    use dreamomni2::media::picture::Picture;
    png(&Picture::filled(Size::new(64, 64), [200, 30, 30]).unwrap(), Effort::Small).unwrap()
}

/// A PNG whose header claims 30,000 x 30,000 pixels.
fn bomb_png() -> Vec<u8> {
    let mut png = sample_png();
    png[16..20].copy_from_slice(&30_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&30_000_u32.to_be_bytes());
    let sum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |mut sum, byte| {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 };
        }
        sum
    })
}
