//! LoRAs become part of a derived model: the same numbers as the original's, in every spelling, and the base untouched.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use dreamomni2::inference::{Engine, Fused, Lora, Package, Packages, Settings, Task, replay};
use tempfile::TempDir;

use crate::pipelines::FULL;

fn data(family: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/lora").join(family)
}

/// A studio's models with the base of a family imported as `base`.
struct Models {
    folder: TempDir,
    packages: Packages,
}

impl Models {
    fn with(family: &str) -> Models {
        let folder = tempfile::tempdir().unwrap();
        let packages = Packages::new(Some(folder.path().to_owned()));
        packages.import(&data(family).join("package"), Some("base"), &mut |_, _| ControlFlow::Continue(())).unwrap();
        Models { folder, packages }
    }

    fn fuse(&self, file: &Path, weight: f32, only: Option<Task>, name: &str) -> dreamomni2::inference::Result<Fused> {
        self.packages.fuse("base", &[Lora { file: file.to_owned(), weight, only }], name)
    }

    /// The largest difference from what the original made in a case of `family`.
    fn differs(&self, name: &str, family: &str, case: &str) -> f32 {
        let package = self.packages.find(name).unwrap();
        let put = self.folder.path().join(name).join("reference").join(case);
        fs::create_dir_all(&put).unwrap();
        for entry in fs::read_dir(data(family).join("expected").join(case)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), put.join(entry.file_name())).unwrap();
        }
        let mut pipeline = engine().load(&package).unwrap();
        let found = replay::run(&package, pipeline.as_mut(), case, FULL);
        assert!(found.problem.is_none(), "{:?}", found.problem);
        found.max
    }
}

fn engine() -> Engine {
    Engine::open(Settings { threads: 1, ..Settings::default() }).unwrap()
}

#[test]
fn a_fused_model_gives_the_originals_pictures_in_every_spelling() {
    for (family, file, weight) in
        [("sd", "plain", 0.8), ("sd", "kohya", 1.0), ("flux", "plain", 1.0), ("flux", "first", 0.7)]
    {
        let models = Models::with(family);
        let before = Package::in_folder(&models.folder.path().join("base")).unwrap().info.hash;
        let lora = data(family).join(format!("{file}.safetensors"));
        let fused = models.fuse(&lora, weight, None, "fused").unwrap();
        assert!(fused.layers >= 4, "{family} {file}: {} layers", fused.layers);
        assert_ne!(fused.info.hash, before);
        let off = models.differs("fused", family, file);
        assert!(off < 1e-3, "{family} {file}: {off}");
        // The base is what it was, in its files and in its pictures.
        models.packages.find("base").unwrap().verify().unwrap();
        let off = models.differs("base", family, "bare");
        assert!(off < 1e-4, "{family}: the base moved by {off}");
    }
}

#[test]
fn a_lora_for_edits_only_leaves_new_pictures_alone() {
    let models = Models::with("flux");
    models.fuse(&data("flux").join("plain.safetensors"), 1.0, Some(Task::Edit), "edits").unwrap();
    assert!(models.differs("edits", "flux", "bare") < 1e-4);
    models.fuse(&data("flux").join("plain.safetensors"), 1.0, Some(Task::Picture), "pictures").unwrap();
    assert!(models.differs("pictures", "flux", "plain") < 1e-3);
    assert!(models.differs("pictures", "flux", "bare") > 1e-2);
}

#[test]
fn unchanged_files_take_no_second_room() {
    use std::os::unix::fs::MetadataExt;
    let models = Models::with("sd");
    models.fuse(&data("sd").join("plain.safetensors"), 1.0, None, "fused").unwrap();
    let links = |file: &str| fs::metadata(models.folder.path().join("fused").join(file)).unwrap().nlink();
    assert_eq!(links("vae_decoder/model.onnx"), 2);
    assert_eq!(links("unet/model.onnx"), 1);
    // A base that is taken away leaves the derived model whole.
    models.packages.remove("base").unwrap();
    models.packages.find("fused").unwrap().verify().unwrap();
}

#[test]
fn a_lora_that_does_not_fit_leaves_nothing_behind() {
    let models = Models::with("sd");
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let file = folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        file
    };
    let pickle = write("old.safetensors", b"\x80\x04\x95 a pickle under another name");
    let empty = write("empty.safetensors", b"");
    let dora = write("dora.safetensors", &one_tensor("unet.mid_block.attentions.0.proj_in.lora_magnitude_vector"));
    let lonely = write("lonely.safetensors", &one_tensor("unet.mid_block.attentions.0.proj_in.lora_A.weight"));
    let foreign = data("flux").join("plain.safetensors");
    for (file, sign) in [
        (pickle, "safetensors"),
        (empty, "safetensors"),
        (dora, "plain LoRA"),
        (lonely, "only one of the two"),
        (foreign, "made for another model"),
    ] {
        let error = models.fuse(&file, 1.0, None, "spoiled").unwrap_err();
        assert_eq!(error.code(), "lora_unusable", "{error}");
        assert!(error.to_string().contains(sign), "{error}");
        let left: Vec<_> = fs::read_dir(models.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["base"], "something half-written remains");
    }
    let refusal = |base: &str, loras: &[Lora], name: &str| models.packages.fuse(base, loras, name).unwrap_err().code();
    let good = Lora { file: data("sd").join("plain.safetensors"), weight: 1.0, only: None };
    assert_eq!(refusal("base", &[], "x"), "order_refused");
    assert_eq!(refusal("starter", std::slice::from_ref(&good), "x"), "order_refused");
    assert_eq!(refusal("base", std::slice::from_ref(&good), "base"), "model_name_taken");
    assert_eq!(refusal("base", &[Lora { only: Some(Task::Edit), ..good }], "x"), "order_refused");
}

/// A safetensors file with one small tensor.
fn one_tensor(name: &str) -> Vec<u8> {
    let header = format!("{{\"{name}\":{{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}}}");
    [(header.len() as u64).to_le_bytes().as_slice(), header.as_bytes(), &[0; 16]].concat()
}
