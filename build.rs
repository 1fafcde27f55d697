//! Puts ONNX Runtime, compressed, into the binary, notes the hashes of the starter model, and watches the built pages.
//! Without the library the build succeeds and the binary says what to do.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-env-changed=STUDIO_ONNXRUNTIME");
    println!("cargo:rerun-if-changed=build.rs");
    let folder = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    // Made where it is missing and watched: building the pages is then enough to have them in the program.
    let pages = folder.join("web/dist");
    let _ = fs::create_dir_all(&pages);
    println!("cargo:rerun-if-changed={}", pages.display());
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    let starter = folder.join("models/starter/package");
    println!("cargo:rerun-if-changed={}", starter.display());
    let mut hashes = Vec::new();
    note_hashes(&starter, "", &mut hashes)?;
    fs::write(out.join("starter.hashes"), hashes)?;
    let usual = folder.join(".build/onnxruntime/libonnxruntime.so");
    // Watched even while it is not there, so that fetching it is enough to have it built in.
    println!("cargo:rerun-if-changed={}", usual.display());
    let library = env::var_os("STUDIO_ONNXRUNTIME").map_or(usual, PathBuf::from);
    let packed = out.join("onnxruntime.zst");
    println!("cargo:rustc-env=STUDIO_ONNXRUNTIME_VERSION={}", version(&library));
    if library.is_file() {
        println!("cargo:rerun-if-changed={}", library.display());
        pack(&library, &packed, &out.join("onnxruntime.from"))
    } else {
        println!("cargo:rustc-env=STUDIO_ONNXRUNTIME_HASH=");
        println!("cargo:rustc-env=STUDIO_ONNXRUNTIME_BYTES=0");
        fs::write(&packed, [])
    }
}

/// A line for each file: its hash, how many bytes it has, and its name, with `/` between folders.
fn note_hashes(folder: &Path, inside: &str, lines: &mut Vec<u8>) -> io::Result<()> {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry?;
        let name = format!("{inside}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            note_hashes(&entry.path(), &format!("{name}/"), lines)?;
        } else {
            let bytes = fs::read(entry.path())?;
            writeln!(lines, "{} {} {name}", blake3::hash(&bytes).to_hex(), bytes.len())?;
        }
    }
    Ok(())
}

/// What `packaging/fetch-onnxruntime.sh` wrote beside the library, if it was that.
fn version(library: &Path) -> String {
    let note = library.with_file_name("VERSION");
    println!("cargo:rerun-if-changed={}", note.display());
    let text = fs::read_to_string(note).unwrap_or_default();
    text.split_whitespace().next().unwrap_or_default().to_owned()
}

/// Compresses the library unless `packed` already holds it, as `note` tells.
fn pack(library: &Path, packed: &Path, note: &Path) -> io::Result<()> {
    let bytes = fs::read(library)?;
    let hash = blake3::hash(&bytes).to_hex();
    let level = if env::var("PROFILE").is_ok_and(|p| p == "release") { 15 } else { 3 };
    let wanted = format!("{hash} {level}");
    if fs::read_to_string(note).ok().as_deref() != Some(&wanted) || !packed.is_file() {
        let mut encoder = zstd::Encoder::new(fs::File::create(packed)?, level)?;
        encoder.include_checksum(true)?;
        io::copy(&mut bytes.as_slice(), &mut encoder)?;
        encoder.finish()?;
        fs::write(note, wanted)?;
    }
    println!("cargo:rustc-env=STUDIO_ONNXRUNTIME_HASH={hash}");
    println!("cargo:rustc-env=STUDIO_ONNXRUNTIME_BYTES={}", bytes.len());
    Ok(())
}
