//! Words on pictures: a fixed set of letters (ASCII and Latin-1), drawn once by `letters.mjs` beside this file.

use std::sync::OnceLock;

use super::decode::{Limits, decode};
use super::picture::Picture;
use crate::base::units::Size;

/// One letter's box, in pixels.
pub(super) const WIDE: u32 = 12;
pub(super) const HIGH: u32 = 26;
const PER_ROW: u32 = 16;
const OTHER: u32 = 0x7F - 0x20;

fn letters() -> Option<&'static Picture> {
    static LETTERS: OnceLock<Option<Picture>> = OnceLock::new();
    let read = || decode(include_bytes!("letters.png"), &Limits::default()).ok().map(|(picture, _)| picture);
    LETTERS.get_or_init(read).as_ref()
}

/// Where a letter stands among the others; what is not there is a box.
fn place(letter: char) -> (u32, u32) {
    let at = match u32::from(letter) {
        code @ 0x20..0x7F => code - 0x20,
        code @ 0xA0..=0xFF => code - 0xA0 + 96,
        0x2013 | 0x2014 => u32::from('-') - 0x20,
        _ => OTHER,
    };
    ((at % PER_ROW) * WIDE, (at / PER_ROW) * HIGH)
}

/// How strongly each pixel of a letter is covered, row by row.
pub(super) fn coverage(letter: char) -> impl Iterator<Item = (u32, u32, u8)> {
    let (left, top) = place(letter);
    let cells = (0..HIGH).flat_map(|y| (0..WIDE).map(move |x| (x, y)));
    cells.filter_map(move |(x, y)| letters()?.pixel(left + x, top + y).map(|[value, ..]| (x, y, value)))
}

/// Breaks words into at most `lines` lines of `wide` letters; what is left over ends in three dots.
pub(super) fn wrapped(text: &str, wide: usize, lines: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let wide = wide.max(4);
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        while !word.is_empty() {
            let part: String = word.drain(..word.len().min(wide)).collect();
            match out.last_mut() {
                Some(line) if line.chars().count() + 1 + part.chars().count() <= wide => {
                    line.push(' ');
                    line.push_str(&part);
                }
                _ => out.push(part),
            }
        }
    }
    if out.len() > lines {
        out.truncate(lines);
        if let Some(last) = out.last_mut() {
            *last = last.chars().take(wide - 3).collect::<String>() + "...";
        }
    }
    out
}

/// The size of the longest of some lines.
pub(super) fn room(lines: &[String]) -> Size {
    let wide = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    Size::new(wide as u32 * WIDE, lines.len() as u32 * HIGH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_our_languages_is_drawn_and_no_two_look_alike() {
        let drawn = |letter| coverage(letter).map(|(.., value)| value).collect::<Vec<u8>>();
        let mut seen = std::collections::BTreeSet::new();
        for letter in ('!'..='~').chain("äöüÄÖÜßéñ".chars()) {
            let pixels = drawn(letter);
            assert!(pixels.iter().any(|v| *v > 200), "{letter} is blank");
            assert!(seen.insert(pixels), "{letter} looks like another");
        }
        assert!(drawn(' ').iter().all(|v| *v == 0));
        assert_eq!(drawn('猫'), drawn('\u{7F}'));
    }

    #[test]
    fn long_words_are_broken_and_long_texts_are_cut() {
        assert_eq!(wrapped("a red boat", 5, 3), ["a red", "boat"]);
        assert_eq!(wrapped("dampfschifffahrt", 8, 3), ["dampfsch", "ifffahrt"]);
        assert_eq!(wrapped("one two three four", 6, 2), ["one", "two..."]);
    }
}
