//! The starter's own words: whole words and phrases from a list, with mercy for one wrong letter.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::inference::order::UnknownWord;

/// No phrase is longer.
const MOST_WORDS: usize = 5;

#[derive(Debug, Deserialize)]
pub(crate) struct Lexicon {
    version: u32,
    max_tokens: usize,
    #[serde(default)]
    pub(crate) pad: i64,
    start: i64,
    #[serde(default)]
    ignore: HashSet<String>,
    #[serde(default)]
    phrases: BTreeMap<String, i64>,
    words: BTreeMap<String, i64>,
    #[serde(default = "four")]
    fuzzy_min_length: usize,
}

/// A prompt as the model gets it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) ids: Vec<i64>,
    pub(crate) unknown: Vec<UnknownWord>,
}

/// One word of the prompt and where it stood, in characters.
#[derive(Debug, PartialEq, Eq)]
struct Word {
    text: String,
    start: usize,
    end: usize,
}

impl Word {
    /// As the prompt spells it.
    fn named(&self, prompt: &str) -> UnknownWord {
        let word = prompt.chars().skip(self.start).take(self.end - self.start).collect();
        UnknownWord { word, start: self.start, end: self.end }
    }
}

impl Lexicon {
    /// Refuses a list this program would misread.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.version != 1 {
            return Err(format!("its version is {}; this program reads version 1", self.version));
        }
        if self.max_tokens < 2 || self.words.is_empty() {
            return Err("it has no words".to_owned());
        }
        Ok(())
    }

    pub(crate) fn read(&self, prompt: &str) -> Reading {
        let words = split(prompt);
        let mut ids = vec![self.start];
        let mut unknown = Vec::new();
        let mut rest = words.as_slice();
        while let Some((word, after)) = rest.split_first() {
            let phrase = self.phrase(rest);
            rest = phrase.map_or(after, |(_, length)| rest.get(length..).unwrap_or_default());
            let ignored = || word.text == "," || self.ignore.contains(&word.text);
            match phrase.map(|(id, _)| id).or_else(|| self.words.get(&word.text).copied()) {
                Some(id) if ids.len() < self.max_tokens => ids.push(id),
                None if ignored() => {}
                // What the model has no room for is named too: nothing is dropped in silence.
                other => match self.nearly(&word.text) {
                    Some(id) if other.is_none() && ids.len() < self.max_tokens => ids.push(id),
                    _ => unknown.push(word.named(prompt)),
                },
            }
        }
        Reading { ids, unknown }
    }

    /// The longest phrase that begins here, and its number of words.
    fn phrase(&self, words: &[Word]) -> Option<(i64, usize)> {
        (2..=MOST_WORDS.min(words.len())).rev().find_map(|length| {
            let phrase = words.iter().take(length).map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
            self.phrases.get(&phrase).map(|id| (*id, length))
        })
    }

    /// The first word by alphabet that is one wrong, missing, extra or swapped letter away.
    fn nearly(&self, word: &str) -> Option<i64> {
        let letters: Vec<char> = word.chars().collect();
        if letters.len() < self.fuzzy_min_length {
            return None;
        }
        let close = |known: &&String| one_off(&letters, &known.chars().collect::<Vec<_>>());
        self.words.keys().find(close).and_then(|known| self.words.get(known)).copied()
    }
}

fn four() -> usize {
    4
}

/// Words in lower case with their places; commas, semicolons and full stops are the word ",".
fn split(prompt: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut word: Option<Word> = None;
    let letters: Vec<char> = prompt.chars().collect();
    let mut at = 0;
    while let Some(&c) = letters.get(at) {
        if c.is_alphanumeric() || is_combining_mark(c) {
            let open = word.get_or_insert_with(|| Word { text: String::new(), start: at, end: at });
            open.text.push(c);
            open.end = at + 1;
            at += 1;
            continue;
        }
        words.extend(word.take());
        if matches!(c, ',' | ';' | '.') {
            words.push(Word { text: ",".to_owned(), start: at, end: at + 1 });
        }
        at += if possessive(&letters, at) { 2 } else { 1 };
    }
    words.extend(word);
    for word in &mut words {
        word.text = word.text.nfkc().collect::<String>().to_lowercase();
    }
    words
}

/// Whether an apostrophe and an s that ends its word stand here.
fn possessive(letters: &[char], at: usize) -> bool {
    let after_word = at.checked_sub(1).and_then(|i| letters.get(i)).is_some_and(|c| c.is_alphanumeric());
    let mark = matches!(letters.get(at), Some('\'' | '\u{2019}'));
    let s = matches!(letters.get(at + 1), Some('s' | 'S'));
    after_word && mark && s && !letters.get(at + 2).is_some_and(|c| c.is_alphanumeric())
}

/// Damerau-Levenshtein distance of exactly one.
fn one_off(a: &[char], b: &[char]) -> bool {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let same = long.iter().zip(short).take_while(|(x, y)| x == y).count();
    let (Some(long), Some(short)) = (long.get(same..), short.get(same..)) else { return false };
    let same_length = long.len() == short.len();
    let after = |letters: &[char], from: usize| letters.get(from..).unwrap_or_default().to_vec();
    let swapped = same_length && long.first() == short.get(1) && long.get(1) == short.first() && long.len() > 1;
    match long.len() - short.len() {
        0 if swapped && after(long, 2) == after(short, 2) => true,
        0 => !long.is_empty() && after(long, 1) == after(short, 1),
        1 => after(long, 1) == short,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        let text = r#"{"version":1,"max_tokens":8,"pad":0,"start":1,"ignore":["a","the"],
            "phrases":{"close up":17,"over the shoulder":18},"words":{"red":12,"circle":31,"circles":31,",":3},
            "fuzzy_min_length":4}"#;
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn words_phrases_and_one_wrong_letter_are_known() {
        let read = |text: &str| lexicon().read(text).ids;
        assert_eq!(read("A RED circle, close-up"), [1, 12, 31, 3, 17]);
        assert_eq!(read("over the shoulder: crcle cirlce circl circlle"), [1, 18, 31, 31, 31, 31]);
        assert_eq!(read("the circle's red"), [1, 31, 12]);
        assert_eq!(read("ｒｅｄ"), [1, 12]);
        assert_eq!(read(""), [1]);
    }

    #[test]
    fn what_there_is_no_room_for_is_named() {
        let reading = lexicon().read(&"red ".repeat(9));
        assert_eq!((reading.ids.len(), reading.unknown.len()), (8, 2));
    }

    #[test]
    fn unknown_words_are_named_with_their_places_in_characters() {
        let unknown = lexicon().read("« grün » the Red Dragon rad").unknown;
        let named: Vec<_> = unknown.iter().map(|u| (u.word.as_str(), u.start, u.end)).collect();
        // "rad" is too short for mercy.
        assert_eq!(named, [("grün", 2, 6), ("Dragon", 17, 23), ("rad", 24, 27)]);
    }
}
