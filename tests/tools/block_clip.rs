//! Writes the clip by which a player is tested: every frame carries its own number as ten black and white blocks.
//!
//! `cargo run --example block_clip -- RATE FRAMES FILE`; bit 9 stands left; block k covers x from 8 + 24 k, 24 wide, of 256x64.

use anyhow::Context;
use dreamomni2::base::units::{Rate, Size};
use dreamomni2::media::clip::Encoder;
use dreamomni2::media::picture::Picture;

const SIZE: Size = Size { width: 256, height: 64 };
const BLOCKS: u32 = 10;

fn main() -> anyhow::Result<()> {
    let mut words = std::env::args().skip(1);
    let mut next = |what: &str| words.next().with_context(|| format!("{what} is missing: block_clip RATE FRAMES FILE"));
    let rate: Rate = next("RATE")?.parse().map_err(anyhow::Error::msg)?;
    let frames: u32 = next("FRAMES")?.parse().context("FRAMES is a number up to 1024")?;
    let file = next("FILE")?;
    let mut clip = Encoder::new(SIZE, rate)?;
    for number in 0..frames {
        clip.push(&frame(number)?)?;
    }
    std::fs::write(&file, clip.finish()?).with_context(|| format!("{file} cannot be written"))
}

fn frame(number: u32) -> anyhow::Result<Picture> {
    let row: Vec<u8> = (0..SIZE.width).flat_map(|x| [shade(number, x); 3]).collect();
    Ok(Picture::new(SIZE, row.repeat(SIZE.height as usize))?)
}

fn shade(number: u32, x: u32) -> u8 {
    match x.checked_sub(8).map(|x| x / 24) {
        Some(block) if block < BLOCKS => u8::from(number >> (BLOCKS - 1 - block) & 1 == 1) * 255,
        _ => 128,
    }
}
