//! A process that may have only so much memory: the decoder draws in tiles where the whole picture does not fit.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use dreamomni2::media::decode::{self, Limits};
use dreamomni2::media::picture::Picture;

use crate::pipelines::folder;

/// `prlimit` holds the process to so many bytes of address space.
fn studio(home: &Path, limit: Option<u64>, words: &[&str]) -> Output {
    let limit = limit.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
    let mut command = Command::new("prlimit");
    command.arg(format!("--as={limit}")).arg(env!("CARGO_BIN_EXE_dreamomni2")).args(words);
    command.current_dir(home).output().unwrap()
}

/// The picture that the process drew, if it drew one.
fn drawn(home: &Path, limit: Option<u64>) -> Option<Picture> {
    let words = ["render", "--model", "m", "--prompt", "red", "--size", "768x768", "--steps", "1", "-o", "drawn.png"];
    let out = studio(home, limit, &[&words[..], &["--data", "studio"]].concat());
    if !out.status.success() {
        return None;
    }
    let bytes = fs::read(home.join("drawn.png")).unwrap();
    fs::remove_file(home.join("drawn.png")).unwrap();
    Some(decode::decode(&bytes, &Limits::default()).unwrap().0)
}

#[test]
fn a_picture_whose_decoder_runs_out_of_memory_is_drawn_in_tiles() {
    let home = tempfile::tempdir().unwrap();
    let package = folder("kontext");
    let words = ["model", "import", package.to_str().unwrap(), "--name", "m", "--accept-licence", "--data", "studio"];
    assert!(studio(home.path(), None, &words).status.success());
    let whole = drawn(home.path(), None).unwrap();

    // How much the rest needs differs from machine to machine: the first limit that it can do with is meant.
    let tiled = (2..30).find_map(|quarters| drawn(home.path(), Some(quarters << 28))).unwrap();
    let apart: Vec<u8> = whole.rgb().iter().zip(tiled.rgb()).map(|(a, b)| a.abs_diff(*b)).collect();
    let mean = apart.iter().map(|d| f64::from(*d)).sum::<f64>() / apart.len() as f64;
    assert_eq!(whole.size(), tiled.size());
    assert!(mean > 0.0, "it was drawn whole, so nothing ran out");
    assert!(mean < 2.0, "{mean} of 255 apart on average");
}
