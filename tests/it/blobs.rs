//! Blobs: whole or not there, sealed from the first byte, refused when changed.

use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use dreamomni2::base::clock::Moment;
use dreamomni2::base::entropy::Entropy;
use dreamomni2::base::id::{BlobId, Id};
use dreamomni2::crypto::FileKey;
use dreamomni2::store::Kind;
use dreamomni2::store::blobs::Blobs;

fn key() -> FileKey {
    FileKey::from_bytes([6; 32])
}

fn id(number: u64) -> BlobId {
    BlobId::new(Moment(1), &Entropy::seeded(number))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn a_blob_is_read_back_whole_and_from_any_place() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path(), key()).unwrap();
    let content: Vec<u8> = (0..300_000u32).map(|i| (i % 253) as u8).collect();
    let made = blobs.put(id(1), &content).unwrap();
    assert_eq!((made.id, made.size), (id(1), 300_000));
    assert_eq!(blobs.get(id(1)).unwrap(), content);
    let mut reader = blobs.reader(id(1)).unwrap();
    reader.seek(SeekFrom::End(-10)).unwrap();
    let mut tail = Vec::new();
    reader.read_to_end(&mut tail).unwrap();
    assert_eq!(tail, content[299_990..]);
    reader.seek(SeekFrom::Start(65_530)).unwrap();
    let mut across = [0; 20];
    reader.read_exact(&mut across).unwrap();
    assert_eq!(across, content[65_530..65_550]);
    reader.seek(SeekFrom::Start(400_000)).unwrap();
    assert_eq!(reader.read(&mut across).unwrap(), 0);
    assert!(blobs.remove(id(1)).unwrap());
    assert!(!blobs.remove(id(1)).unwrap());
    assert_eq!(blobs.get(id(1)).unwrap_err().kind(), Kind::Missing);
}

#[test]
fn an_unfinished_blob_leaves_nothing_and_a_crash_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path(), key()).unwrap();
    let mut draft = blobs.draft(id(1)).unwrap();
    draft.write_all(&vec![1; 5_000_000]).unwrap();
    assert_eq!(files(folder.path()).len(), 1);
    drop(draft);
    assert!(files(folder.path()).is_empty());
    // A crash drops nothing.
    let mut draft = blobs.draft(id(2)).unwrap();
    draft.write_all(&vec![1; 5_000_000]).unwrap();
    std::mem::forget(draft);
    let blobs = Blobs::open(folder.path(), key()).unwrap();
    assert!(files(folder.path()).is_empty());
    assert_eq!(blobs.reader(id(2)).err().unwrap().kind(), Kind::Missing);
}

#[test]
fn not_even_a_part_of_an_upload_is_plain_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path(), key()).unwrap();
    let marker = b"a lighthouse in the marker fog ";
    let mut draft = blobs.draft(id(1)).unwrap();
    for _ in 0..200_000 {
        draft.write_all(marker).unwrap();
    }
    draft.flush().unwrap();
    let plain = |folder: &Path| {
        files(folder).iter().any(|file| {
            let bytes = fs::read(file).unwrap();
            assert!(!bytes.is_empty());
            bytes.windows(10).any(|window| window == b"lighthouse")
        })
    };
    assert!(!plain(folder.path()));
    draft.finish().unwrap();
    assert!(!plain(folder.path()));
}

#[test]
fn a_changed_cut_or_exchanged_blob_is_refused_as_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path(), key()).unwrap();
    blobs.put(id(1), &vec![1; 200_000]).unwrap();
    let first = files(folder.path()).remove(0);
    let whole = fs::read(&first).unwrap();
    for (what, bytes) in [
        ("changed", {
            let mut b = whole.clone();
            b[100_000] ^= 1;
            b
        }),
        ("cut", whole[..48 + 2 * 65_552].to_vec()),
        ("empty", Vec::new()),
    ] {
        fs::write(&first, bytes).unwrap();
        let refused = blobs.get(id(1)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Damaged, "{what}: {refused}");
    }
    fs::write(&first, &whole).unwrap();
    blobs.put(id(2), &[2; 10]).unwrap();
    let second = files(folder.path()).into_iter().find(|f| *f != first).unwrap();
    fs::copy(&first, &second).unwrap();
    assert_eq!(blobs.get(id(2)).unwrap_err().kind(), Kind::Damaged);
}

#[test]
fn a_blob_is_never_written_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path(), key()).unwrap();
    blobs.put(id(1), b"first").unwrap();
    assert_eq!(blobs.put(id(1), b"second").unwrap_err().code(), "file_exists");
    assert_eq!(blobs.get(id(1)).unwrap(), b"first");
}
