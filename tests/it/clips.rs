//! Clips: exact rates, places to seek to, and frames that come back without loss.

use std::io::{Cursor, Read as _};

use dreamomni2::base::units::{Rate, Size};
use dreamomni2::media::clip::{self, Encoder};
use dreamomni2::media::decode::{Limits, decode};
use dreamomni2::media::frames::{Reader, Writer};
use dreamomni2::media::picture::Picture;

const SIZE: Size = Size { width: 34, height: 18 };

fn frame(number: u8) -> Picture {
    let rgb = (0..SIZE.pixels()).flat_map(|pixel| [number * 9, pixel as u8, 200 - number]).collect();
    Picture::new(SIZE, rgb).unwrap()
}

fn clip(rate: Rate, frames: u8) -> Vec<u8> {
    let mut encoder = Encoder::new(SIZE, rate).unwrap();
    (0..frames).for_each(|number| encoder.push(&frame(number)).unwrap());
    encoder.finish().unwrap()
}

#[test]
fn a_clip_keeps_its_rate_as_an_exact_fraction() {
    for (num, den) in [(24, 1), (24_000, 1001), (25, 1), (30_000, 1001), (1, 2)] {
        let rate = Rate::new(num, den).unwrap();
        let mp4 = clip(rate, 3);
        assert_eq!(clip::facts(&mp4).unwrap(), clip::Facts { size: SIZE, rate, frames: 3 });
    }
}

#[test]
fn every_eighth_frame_is_a_place_to_seek_to_and_colours_are_named() {
    let mp4 = clip(Rate::FILM, 19);
    let after = |kind: &[u8]| {
        let at = mp4.windows(kind.len()).position(|window| window == kind).unwrap() + kind.len();
        &mp4[at..]
    };
    let keys: Vec<u32> = after(b"stss")[4..20].as_chunks().0.iter().map(|n| u32::from_be_bytes(*n)).collect();
    assert_eq!(keys, [3, 1, 9, 17]);
    assert!(after(b"colr").starts_with(b"nclx\0\x01\0\x01\0\x01\0"));
    // The index stands before the frames, and no frame begins with a temporal delimiter.
    let (index, data) = (after(b"moov").len(), after(b"mdat"));
    assert!(index > data.len() && !data.starts_with(&[0x12, 0]));
}

#[test]
fn the_same_frames_give_the_same_bytes() {
    assert!(clip(Rate::FILM, 5) == clip(Rate::FILM, 5));
}

#[test]
fn what_cannot_be_a_clip_is_refused() {
    let code = |size| Encoder::new(size, Rate::FILM).err().map(|e| e.code());
    assert_eq!(code(Size::new(8, 64)), Some("picture_size"));
    assert_eq!(code(Size::new(64, 99_999)), Some("picture_size"));
    assert_eq!(Encoder::new(SIZE, Rate::FILM).unwrap().finish().unwrap_err().code(), "clip_empty");
    let mut encoder = Encoder::new(SIZE, Rate::FILM).unwrap();
    let other = Picture::filled(Size::new(64, 64), [0; 3]).unwrap();
    assert_eq!(encoder.push(&other).unwrap_err().code(), "picture_pixels");
    assert!(clip::facts(b"not a clip").is_err());
}

#[test]
fn a_cut_clip_is_no_clip_and_never_panics() {
    let mp4 = clip(Rate::FILM, 2);
    for length in 0..mp4.len().min(900) {
        let _ = clip::facts(&mp4[..length]);
        let mut bent = mp4.clone();
        bent[length] ^= 0xFF;
        let _ = clip::facts(&bent);
    }
    assert_eq!(clip::facts(&mp4[..100]).unwrap_err().code(), "clip_damaged");
}

/// Frames 0, 1, 1, 2.
fn stored() -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), SIZE, Rate { num: 24_000, den: 1001 }).unwrap();
    for number in [0, 1, 1, 2] {
        writer.push(&frame(number)).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn any_frame_comes_back_without_loss() {
    let mut reader = Reader::open(Cursor::new(stored())).unwrap();
    assert_eq!((reader.size(), reader.rate().den, reader.count()), (SIZE, 1001, 4));
    for (place, number) in [(3, 2), (0, 0), (2, 1), (1, 1)] {
        let png = reader.png(place).unwrap();
        assert!(decode(&png, &Limits::default()).unwrap().0 == frame(number), "frame {place}");
    }
    assert_eq!(reader.png(4).unwrap_err().code(), "clip_no_such_frame");
}

#[test]
fn all_frames_stream_into_a_zip_whose_length_was_told_before() {
    let mut reader = Reader::open(Cursor::new(stored())).unwrap();
    let told = reader.zip_bytes("löwe").unwrap();
    let bytes = reader.zip("löwe", Vec::new()).unwrap();
    assert_eq!(bytes.len() as u64, told);

    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    assert_eq!(zip.len(), 4);
    let mut png = Vec::new();
    zip.by_name("löwe_000003.png").unwrap().read_to_end(&mut png).unwrap();
    assert_eq!(png, reader.png(3).unwrap());
}

#[test]
fn a_damaged_frame_store_is_refused_and_never_panics() {
    let whole = stored();
    for length in 0..whole.len() {
        assert!(Reader::open(Cursor::new(&whole[..length])).is_err(), "cut to {length}");
    }
    for place in 0..whole.len() {
        let mut bent = whole.clone();
        bent[place] ^= 0x80;
        if let Ok(mut reader) = Reader::open(Cursor::new(bent)) {
            (0..reader.count()).for_each(|number| drop(reader.png(number)));
        }
    }
}
