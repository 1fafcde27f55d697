//! What people bring as pictures: the odd ones are read right, the hostile ones are refused before they cost anything.

use std::path::Path;

use dreamomni2::base::units::Size;
use dreamomni2::media::decode::{Facts, Format, Limits, decode, format};
use dreamomni2::media::encode::{self, Effort};
use dreamomni2::media::notes::{self, Note};
use dreamomni2::media::picture::{Filter, Picture};
use dreamomni2::media::scene::Scene;
use dreamomni2::media::{Error, Kind};

/// All fixtures show the same 48x32: left red, right blue, a white corner top left.
fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pictures").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn read(bytes: &[u8]) -> Result<(Picture, Facts), Error> {
    decode(bytes, &Limits::default())
}

fn code(bytes: &[u8]) -> &'static str {
    let error = read(bytes).unwrap_err();
    assert!(error.to_string().len() > 30, "{error}");
    error.code()
}

fn near(picture: &Picture, x: u32, y: u32, colour: [u8; 3]) {
    let found = picture.pixel(x, y).unwrap();
    let far = found.iter().zip(colour).any(|(a, b)| a.abs_diff(b) > 40);
    assert!(!far, "at {x},{y}: {found:?}, not {colour:?}");
}

const RED: [u8; 3] = [200, 30, 30];
const BLUE: [u8; 3] = [30, 60, 200];

#[test]
fn every_kind_of_file_shows_the_same_picture() {
    for name in ["plain.jpg", "progressive.jpg", "cmyk.jpg", "palette.png", "lossless.webp", "lossy.webp"] {
        let (picture, facts) = read(&file(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!((picture.size(), facts.turned), (Size::new(48, 32), false), "{name}");
        near(&picture, 18, 24, RED);
        near(&picture, 40, 16, BLUE);
    }
}

#[test]
fn grey_and_sixteen_bits_become_eight_bits_of_each_colour() {
    for name in ["grey.jpg", "grey16.png", "grey_alpha.png", "one_bit.png"] {
        let (picture, _) = read(&file(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        near(&picture, 3, 2, [255; 3]);
        let [r, g, b] = picture.pixel(20, 24).unwrap();
        assert!(r == g && g == b, "{name}");
    }
}

#[test]
fn a_photo_is_turned_as_its_camera_was() {
    let (picture, facts) = read(&file("turned.jpg")).unwrap();
    assert!(facts.turned && facts.format == Format::Jpeg);
    assert_eq!((picture.size(), facts.stored), (Size::new(32, 48), Size::new(48, 32)));
    // The white corner came to the top right, red above blue.
    near(&picture, 28, 4, [255; 3]);
    near(&picture, 8, 12, RED);
    near(&picture, 16, 40, BLUE);
}

#[test]
fn what_is_transparent_lies_on_white() {
    let (picture, facts) = read(&file("alpha.webp")).unwrap();
    assert!(facts.alpha);
    near(&picture, 40, 0, [255; 3]);
    near(&picture, 40, 31, BLUE);
}

#[test]
fn moving_pictures_are_refused() {
    assert_eq!(code(&file("moving.webp")), "picture_animated");
    assert_eq!(code(&file("moving.png")), "picture_animated");
}

#[test]
fn what_is_no_picture_is_refused() {
    for bytes in [b"".as_slice(), b"GIF89a", b"<svg/>", b"MZ\x90", b"\x89PNG", b"RIFF\0\0\0\0WAVE"] {
        assert_eq!(code(bytes), "picture_unknown_format");
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused_and_never_half_shown() {
    for name in ["plain.jpg", "progressive.jpg", "cmyk.jpg", "palette.png", "lossless.webp", "lossy.webp"] {
        let whole = file(name);
        for length in 0..whole.len() {
            let error = read(&whole[..length]).unwrap_err();
            assert_eq!(error.kind(), Kind::Refused, "{name} cut to {length}: {error}");
            if length == whole.len() - 1 {
                assert_eq!(error.code(), "picture_truncated", "{name}");
            }
        }
    }
}

#[test]
fn a_flipped_byte_never_panics() {
    for name in ["plain.jpg", "progressive.jpg", "cmyk.jpg", "palette.png", "lossless.webp", "lossy.webp", "alpha.webp"]
    {
        let whole = file(name);
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x55;
            let _ = read(&bytes);
        }
    }
}

/// A PNG that says how large it is and has nearly nothing inside.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut png = encode::png(&Picture::filled(Size::new(8, 8), [0; 3]).unwrap(), Effort::Small).unwrap();
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    png
}

#[test]
fn a_bomb_is_told_by_its_header() {
    assert_eq!(code(&bomb(30_000, 30_000)), "picture_too_large");
    assert_eq!(code(&bomb(u32::MAX, u32::MAX)), "picture_too_large");
    assert_eq!(code(&bomb(16_000, 16_000)), "picture_too_large");
    assert_eq!(code(&bomb(0, 5)), "picture_damaged");
    assert_eq!(read(&bomb(30_000, 30_000)).unwrap_err().kind(), Kind::TooLarge);
}

#[test]
fn a_huge_file_is_refused_unread() {
    let limits = Limits { bytes: 100, ..Limits::default() };
    assert_eq!(decode(&file("plain.jpg"), &limits).unwrap_err().code(), "picture_file_too_large");
}

#[test]
fn a_png_comes_back_as_it_went_and_always_the_same() {
    let (picture, _) = read(&file("plain.jpg")).unwrap();
    for effort in [Effort::Quick, Effort::Small] {
        let png = encode::png(&picture, effort).unwrap();
        assert_eq!(png, encode::png(&picture, effort).unwrap());
        assert!(read(&png).unwrap().0 == picture);
    }
    let jpeg = encode::jpeg(&picture, 82).unwrap();
    near(&read(&jpeg).unwrap().0, 40, 16, BLUE);
}

#[test]
fn a_recipe_travels_in_a_png_and_can_be_left_at_home() {
    let picture = Picture::filled(Size::new(9, 9), [1, 2, 3]).unwrap();
    let plain = encode::png(&picture, Effort::Small).unwrap();
    let scene = Scene { package: [7; 32], latents: vec![0.5, -1.25, f32::MIN_POSITIVE] };
    let recipe = Note::new(notes::RECIPE, "{\"prompt\":\"ein Löwe 🦁\"}".to_owned());
    let full = notes::write(&plain, &[recipe.clone(), scene.note()]).unwrap();

    assert!(read(&full).unwrap().0 == picture);
    assert_eq!(notes::read(&full, notes::RECIPE), Some(recipe.text));
    assert_eq!(Scene::read(&full), Some(scene));
    assert_eq!(notes::strip(&full).unwrap(), plain);
    assert_eq!(notes::read(&plain, notes::RECIPE), None);

    let newer = notes::write(&full, &[Note::new(notes::RECIPE, "{}".to_owned())]).unwrap();
    assert_eq!(notes::read(&newer, notes::RECIPE).as_deref(), Some("{}"));
    assert!(Scene::read(&newer).is_some());
}

#[test]
fn a_scene_from_outside_is_whole_and_finite_or_none() {
    let plain = encode::png(&Picture::filled(Size::new(2, 2), [0; 3]).unwrap(), Effort::Quick).unwrap();
    let with = |note: Note| notes::write(&plain, &[note]).unwrap();
    assert_eq!(Scene::read(&with(Scene { package: [0; 32], latents: vec![f32::NAN] }.note())), None);
    assert_eq!(Scene::read(&with(Note::new(notes::SCENE, "AAAA".to_owned()))), None);
    assert_eq!(Scene::read(&with(Note::new(notes::SCENE, "not base64".to_owned()))), None);
    assert_eq!(Scene::read(b"no png"), None);
}

#[test]
fn sizes_are_checked_and_proportions_kept() {
    let picture = read(&file("plain.jpg")).unwrap().0;
    assert_eq!(picture.fit(24).unwrap().size(), Size::new(24, 16));
    assert_eq!(picture.fit(1000).unwrap().size(), Size::new(48, 32));
    let long = Picture::filled(Size::new(16_000, 2), [9; 3]).unwrap();
    assert_eq!(long.fit(64).unwrap().size(), Size::new(64, 1));
    let bent = picture.resize(Size::new(30, 70), Filter::Triangle).unwrap();
    near(&bent, 26, 40, BLUE);
    let corner = picture.crop(0, 0, Size::new(6, 4)).unwrap();
    near(&corner, 5, 3, [255; 3]);
    assert!(picture.crop(40, 0, Size::new(9, 1)).is_err());
    assert!(picture.crop(u32::MAX, 0, Size::new(1, 1)).is_err());
    for (width, height) in [(0, 1), (1, 0), (99_999, 1)] {
        assert_eq!(picture.resize(Size::new(width, height), Filter::Lanczos).unwrap_err().code(), "picture_size");
        assert!(Picture::filled(Size::new(width, height), [0; 3]).is_err());
    }
    assert!(Picture::new(Size::new(2, 2), vec![0; 11]).is_err());
}

#[test]
fn a_format_is_told_by_its_bytes() {
    assert_eq!(format(&file("lossy.webp")), Some(Format::Webp));
    assert_eq!(format(&file("plain.jpg")), Some(Format::Jpeg));
    assert_eq!(format(&file("palette.png")), Some(Format::Png));
}
