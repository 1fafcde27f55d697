//! Pictures: whatever the bytes, the answer is a picture within its limits or a refusal with a code.

use anyhow::ensure;
use dreamomni2::media::decode::{Limits, decode};
use dreamomni2::media::scene::Scene;
use dreamomni2::media::{clip, notes};

use super::mutate::Chance;

const LIMITS: Limits = Limits { bytes: 1 << 20, side: 4096, pixels: 1_000_000, memory: 16 << 20 };

pub(crate) fn seeds() -> anyhow::Result<Vec<Vec<u8>>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pictures");
    std::fs::read_dir(folder)?.map(|entry| Ok(std::fs::read(entry?.path())?)).collect()
}

pub(crate) fn read(input: &[u8], chance: &mut Chance) -> anyhow::Result<()> {
    let mut input = input.to_vec();
    // A wrong checksum ends a PNG early; half of them are put right, so that what lies behind is reached.
    if chance.below(2) == 0 {
        put_right(&mut input);
    }
    match decode(&input, &LIMITS) {
        Ok((picture, _)) => {
            let size = picture.size();
            ensure!(size.pixels() <= LIMITS.pixels, "{size} went through");
            ensure!(picture.rgb().len() as u64 == size.pixels() * 3, "{size} has wrong pixels");
        }
        Err(error) => ensure!(!error.code().is_empty(), "no code"),
    }
    let _ = (notes::read(&input, notes::RECIPE), notes::strip(&input), Scene::read(&input), clip::facts(&input));
    Ok(())
}

fn put_right(png: &mut [u8]) {
    let mut at = 8;
    while let Some(head) = png.get(at..at + 8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let end = at.saturating_add(8).saturating_add(length);
        let Some(body) = png.get(at + 4..end) else { return };
        let sum = crc32fast::hash(body).to_be_bytes();
        let Some(place) = png.get_mut(end..end + 4) else { return };
        place.copy_from_slice(&sum);
        at = end + 4;
    }
}
