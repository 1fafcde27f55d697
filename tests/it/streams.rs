//! Sealed streams: every length, every place, every kind of damage.

use std::io::Write;

use dreamomni2::crypto::FileKey;
use dreamomni2::crypto::stream::{Chunk, StreamOpener, StreamSealer};

use super::support::chance::Chance;

const CHUNK: usize = 16 << 10;

fn key() -> FileKey {
    FileKey::from_bytes([4; 32])
}

fn seal(plain: &[u8]) -> Vec<u8> {
    let mut sealer = StreamSealer::new(Vec::new(), &key(), b"place", Chunk::Kib16).unwrap();
    sealer.write_all(plain).unwrap();
    let (sealed, size) = sealer.finish().unwrap();
    assert_eq!(size, plain.len() as u64);
    sealed
}

fn open(sealed: Vec<u8>) -> std::io::Result<Vec<u8>> {
    let opener = StreamOpener::new(sealed, &key(), b"place")?;
    let mut plain = vec![0; usize::try_from(opener.len()).unwrap()];
    opener.read_exact_at(&mut plain, 0)?;
    Ok(plain)
}

fn text(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7 % 251) as u8).collect()
}

#[test]
fn every_length_around_a_chunk_comes_back_and_any_part_can_be_read() {
    let mut chance = Chance::new(1);
    for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 32 * CHUNK, 32 * CHUNK + 1, 70 * CHUNK + 9] {
        let plain = text(len);
        let sealed = seal(&plain);
        assert_eq!(open(sealed.clone()).unwrap(), plain, "{len}");
        let opener = StreamOpener::new(sealed, &key(), b"place").unwrap();
        for _ in 0..20 {
            let start = chance.below(len + 1);
            let mut part = vec![0; chance.below(len - start + 1)];
            opener.read_exact_at(&mut part, start as u64).unwrap();
            assert_eq!(part, plain[start..start + part.len()]);
        }
        assert!(opener.read_exact_at(&mut [0], len as u64).is_err());
    }
}

#[test]
fn a_truncated_stream_is_refused_when_it_is_opened() {
    let sealed = seal(&text(3 * CHUNK + 100));
    for len in (0..sealed.len()).step_by(97).chain([
        48,
        48 + 16,
        48 + CHUNK + 16,
        48 + 2 * (CHUNK + 16),
        48 + 3 * (CHUNK + 16),
    ]) {
        assert!(StreamOpener::new(sealed[..len].to_vec(), &key(), b"place").is_err(), "cut at {len}");
    }
}

#[test]
fn a_changed_byte_swapped_chunks_or_more_bytes_are_refused() {
    let plain = text(3 * CHUNK + 100);
    let sealed = seal(&plain);
    for place in (0..sealed.len()).step_by(501) {
        let mut changed = sealed.clone();
        changed[place] ^= 4;
        assert!(open(changed).is_err(), "changed at {place}");
    }
    let mut swapped = sealed.clone();
    let (first, second) = (48..48 + CHUNK + 16, 48 + CHUNK + 16..48 + 2 * (CHUNK + 16));
    let kept = swapped[first.clone()].to_vec();
    swapped.copy_within(second.clone(), first.start);
    swapped[second].copy_from_slice(&kept);
    assert!(open(swapped).is_err());
    assert!(open([sealed.clone(), vec![0; 40]].concat()).is_err());
    assert!(open([sealed.clone(), vec![0; CHUNK + 16]].concat()).is_err());
}

#[test]
fn a_stream_opens_only_under_its_own_key_and_name() {
    let sealed = seal(b"content");
    assert!(StreamOpener::new(sealed.clone(), &FileKey::from_bytes([5; 32]), b"place").is_err());
    assert!(StreamOpener::new(sealed.clone(), &key(), b"elsewhere").is_err());
    assert_ne!(seal(b"content"), sealed, "the same salt twice");
}

#[test]
fn a_header_of_any_kind_is_refused_without_a_panic() {
    let mut chance = Chance::new(2);
    let sealed = seal(b"content");
    for _ in 0..2000 {
        let mut bytes = sealed.clone();
        for _ in 0..=chance.below(4) {
            let place = chance.below(bytes.len());
            bytes[place] = chance.below(256) as u8;
        }
        bytes.truncate(chance.below(bytes.len() + 1));
        if bytes != sealed {
            assert!(open(bytes).is_err());
        }
    }
}
