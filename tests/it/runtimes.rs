//! Other ONNX Runtimes: what is taken out of a wheel and what is refused; chosen, tried and removed.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use dreamomni2::inference::{Provider, Runtimes, Settings};
use dreamomni2::work::{Start, Worker};
use zip::write::SimpleFileOptions;

/// The first bytes of a library of 64 bits for this processor; nobody opens it.
fn library() -> Vec<u8> {
    let machine = if cfg!(target_arch = "aarch64") { 183 } else { 62 };
    let mut head = vec![0x7F, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, machine, 0];
    head.extend([7; 100]);
    head
}

fn wheel(folder: &Path, name: &str, version: &str, platform: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let path = folder.join(format!("{name}-{version}.whl"));
    let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
    let notes = format!("{name}-{version}.dist-info");
    let about = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: not-this\n");
    let machine = format!("Wheel-Version: 1.0\nTag: py3-none-{platform}\n");
    let own = [(format!("{notes}/METADATA"), about.into_bytes()), (format!("{notes}/WHEEL"), machine.into_bytes())];
    for (file, bytes) in own.iter().map(|(f, b)| (f.as_str(), b.as_slice())).chain(files.iter().copied()) {
        zip.start_file(file, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    path
}

fn here() -> String {
    format!("manylinux_2_17_{}", std::env::consts::ARCH)
}

fn gpu(folder: &Path) -> Vec<PathBuf> {
    let so = library();
    let runtime: [(&str, &[u8]); 7] = [
        ("onnxruntime/capi/libonnxruntime.so.1.99.0", &so),
        ("onnxruntime/capi/libonnxruntime_providers_cuda.so", &so),
        ("onnxruntime/capi/onnxruntime_pybind11_state.so", &so),
        ("onnxruntime/capi/run_me.py", b"import os"),
        ("onnxruntime/tools/libhidden.so", &so),
        ("onnxruntime/LICENSE", b"MIT"),
        ("setup.sh", b"#!/bin/sh"),
    ];
    let cublas: [(&str, &[u8]); 2] =
        [("nvidia/cu13/lib/libcublas.so.13", &so), ("nvidia_cublas-13.0.dist-info/licenses/License.txt", b"NVIDIA")];
    vec![
        wheel(folder, "onnxruntime-gpu", "1.99.0", &here(), &runtime),
        wheel(folder, "nvidia-cublas", "13.0", &here(), &cublas),
    ]
}

#[test]
fn only_libraries_and_licences_are_taken_out_of_wheels() {
    let folder = tempfile::tempdir().unwrap();
    let runtimes = Runtimes::new(folder.path().join("runtimes"));
    let mut heard = 0;
    let info = runtimes.import(&gpu(folder.path()), None, &mut |done| heard = done).unwrap();
    assert_eq!((info.name.as_str(), info.version.as_str()), ("onnxruntime-gpu-1.99.0", "1.99.0"));
    assert_eq!((info.library.as_str(), info.bytes), ("libonnxruntime.so.1.99.0", heard));
    assert_eq!(info.providers, ["cuda", "cpu"]);
    assert_eq!(info.parts[1].name, "nvidia-cublas");
    let files: Vec<&String> = info.files.keys().collect();
    assert_eq!(
        files,
        [
            "lib/libcublas.so.13",
            "lib/libonnxruntime.so.1.99.0",
            "lib/libonnxruntime_providers_cuda.so",
            "licences/nvidia-cublas/nvidia_cublas-13.0.dist-info/licenses/License.txt",
            "licences/onnxruntime-gpu/onnxruntime/LICENSE",
        ]
    );
    assert_eq!(runtimes.list(), [info]);
}

#[test]
fn a_wheel_that_does_not_belong_here_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("runtimes");
    let runtimes = Runtimes::new(place.clone());
    let (so, inside) = (library(), "onnxruntime/capi/libonnxruntime.so.1.99.0");
    let refused = |name: &str, version: &str, platform: &str, files: &[(&str, &[u8])]| {
        let path = wheel(folder.path(), name, version, platform, files);
        let error = runtimes.import(&[path], None, &mut |_| ()).unwrap_err();
        let left = fs::read_dir(&place).map_or(0, Iterator::count);
        assert_eq!(left, 0, "after {error}");
        (error.code(), error.to_string())
    };
    let escape = refused("onnxruntime", "1.99.0", &here(), &[(inside, &so), ("../../libx.so", &so)]);
    assert_eq!(escape.0, "package_unsafe");
    let (code, told) = refused("onnxruntime", "1.99.0", "win_amd64", &[(inside, &so)]);
    assert!(code == "runtime_refused" && told.contains("win_amd64"), "{told}");
    let (_, told) =
        refused("onnxruntime", "1.99.0", &format!("manylinux_9_9_{}", std::env::consts::ARCH), &[(inside, &so)]);
    assert!(told.contains("glibc 9.9"), "{told}");
    let (_, told) = refused("onnxruntime", "1.4.0", &here(), &[("onnxruntime/capi/libonnxruntime.so.1.4.0", &so)]);
    assert!(told.contains("1.4.0") && told.contains("or newer"), "{told}");
    let (code, told) = refused("nvidia-cublas", "13", &here(), &[("nvidia/cu13/lib/libcublas.so.13", &so)]);
    assert!(code == "runtime_refused" && told.contains("libonnxruntime.so"), "{told}");
    assert_eq!(
        refused("onnxruntime", "1.99.0", &here(), &[(inside, b"#!/bin/sh\necho not a library")]).0,
        "package_unsafe"
    );
}

#[test]
fn a_runtime_that_was_changed_or_is_in_use_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("runtimes");
    let runtimes = Runtimes::new(place.clone());
    let wheels = gpu(folder.path());
    runtimes.import(&wheels, Some("gpu"), &mut |_| ()).unwrap();
    assert_eq!(runtimes.import(&wheels, Some("gpu"), &mut |_| ()).unwrap_err().code(), "runtime_name_taken");
    assert_eq!(runtimes.library(), None);
    runtimes.choose(Some("gpu")).unwrap();
    assert_eq!(runtimes.library(), Some(place.join("gpu/lib/libonnxruntime.so.1.99.0")));
    assert!(runtimes.remove("gpu").unwrap_err().to_string().contains("use embedded"));
    fs::write(place.join("gpu/lib/libextra.so"), "x").unwrap();
    assert_eq!(runtimes.checked("gpu").unwrap_err().code(), "package_unsafe");
    fs::remove_file(place.join("gpu/lib/libextra.so")).unwrap();
    fs::write(place.join("gpu/lib/libcublas.so.13"), "x").unwrap();
    assert_eq!(runtimes.choose(Some("gpu")).unwrap_err().code(), "package_hash_differs");
    runtimes.choose(None).unwrap();
    runtimes.remove("gpu").unwrap();
    assert_eq!(runtimes.find("gpu").unwrap_err().code(), "runtime_unknown");
    assert_eq!(runtimes.find("../x").unwrap_err().code(), "runtime_unknown");
}

#[test]
fn a_folder_of_libraries_is_a_runtime_and_its_links_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("build");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("libonnxruntime.so.1.99.1"), library()).unwrap();
    std::os::unix::fs::symlink("libonnxruntime.so.1.99.1", own.join("libonnxruntime.so")).unwrap();
    let info = Runtimes::new(folder.path().join("runtimes")).import(&[own], None, &mut |_| ()).unwrap();
    assert_eq!((info.name.as_str(), info.providers), ("onnxruntime-1.99.1", vec!["cpu".to_owned()]));
}

#[test]
fn the_built_in_runtime_computes_and_says_why_it_uses_no_graphics_card() {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_dreamomni2"));
    let how = Start { program, engine: Settings { threads: 1, ..Settings::default() }, models: None };
    let trials = Worker::trials(&how, 0).unwrap();
    assert!(trials.iter().any(|t| t.provider == Provider::Cpu && t.works), "{trials:?}");
    let cuda = trials.iter().find(|t| t.provider == Provider::Cuda).unwrap();
    assert!(!cuda.works && cuda.reason.contains("runtime import"), "{trials:?}");
    // A library that is none ends the attempt with a sentence, not the caller.
    let engine = Settings { library: Some(PathBuf::from("/nowhere/libonnxruntime.so")), ..how.engine };
    let error = Worker::trials(&Start { engine, ..how }, 0).unwrap_err();
    assert_eq!(error.code(), "runtime_broken");
}
