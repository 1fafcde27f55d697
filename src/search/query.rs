//! What somebody typed into the search box, understood: words, "phrases", beginnings* and filters.

use std::iter::{Enumerate, Peekable};
use std::str::CharIndices;

use super::words::{fold, words};
use crate::base::clock::Moment;

/// The longest question that is read, in characters.
pub const MOST_CHARS: usize = 1000;
/// The most conditions in one question.
pub const MOST_CLAUSES: usize = 32;

/// Conditions that must all hold; an empty question finds everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub clauses: Vec<Clause>,
}

/// One condition, or with a minus before it the opposite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    pub negated: bool,
    pub test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// A word of the prompt or caption, folded; small typing errors are forgiven when too little is found.
    Word(String),
    /// `pre*`
    Prefix(String),
    /// `"two words"` in this order.
    Phrase(Vec<String>),
    /// `by:ana`: words of the maker's name, the last one perhaps only begun.
    By(String),
    /// `model:starter`: a beginning of the model's name.
    Model(String),
    /// `negative:blur`: words of the negative prompt.
    Negative(String),
    Is(Is),
    /// `after:2026-05-01`: that day or later.
    After(Moment),
    /// `before:2026-05-01`: earlier than that day.
    Before(Moment),
}

/// `is:clip`, `is:picture`, `is:upload`, `is:favourite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    Clip,
    Picture,
    Upload,
    Favourite,
}

/// Why a question was not understood; `at` counts characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadQuery {
    #[error("The search has {0} characters; at most {MOST_CHARS} are read. Please shorten it")]
    TooLong(usize),
    #[error("The search has more than {MOST_CLAUSES} conditions. Please leave some out")]
    TooMany,
    #[error("The quotation mark at position {at} is never closed; please add a second one")]
    OpenQuote { at: usize },
    #[error(
        "\"{name}:\" at position {at} is no filter; there are by: model: is: after: before: negative:. To find the text itself, put it in quotation marks"
    )]
    UnknownFilter { name: String, at: usize },
    #[error("\"{name}:\" at position {at} has nothing behind it; please write for example {example}")]
    NoValue { name: &'static str, at: usize, example: &'static str },
    #[error("\"is:{value}\" at position {at} is not known; there are is:picture is:clip is:upload is:favourite")]
    UnknownIs { value: String, at: usize },
    #[error("\"{value}\" at position {at} is not a date; please write it like 2026-05-01")]
    BadDate { value: String, at: usize },
    #[error("The star at position {at} stands alone; put it behind the beginning of a word, like lig*")]
    LoneStar { at: usize },
}

impl BadQuery {
    /// Stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            BadQuery::TooLong(_) => "search_too_long",
            BadQuery::TooMany => "search_too_many_conditions",
            BadQuery::OpenQuote { .. } => "search_open_quote",
            BadQuery::UnknownFilter { .. } => "search_unknown_filter",
            BadQuery::NoValue { .. } => "search_filter_empty",
            BadQuery::UnknownIs { .. } => "search_unknown_is",
            BadQuery::BadDate { .. } => "search_bad_date",
            BadQuery::LoneStar { .. } => "search_lone_star",
        }
    }
}

impl Query {
    /// Never panics, whatever is typed.
    pub fn parse(text: &str) -> Result<Query, BadQuery> {
        let length = text.chars().count();
        if length > MOST_CHARS {
            return Err(BadQuery::TooLong(length));
        }
        let mut clauses = Vec::new();
        let mut typed = Typed { rest: text.char_indices().enumerate().peekable(), text };
        while let Some(piece) = typed.next()? {
            clauses.extend(piece.clauses()?);
            if clauses.len() > MOST_CLAUSES {
                return Err(BadQuery::TooMany);
            }
        }
        Ok(Query { clauses })
    }

    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }
}

/// One piece between spaces: `-key:"value"` with all but the value left out at will.
struct Piece<'a> {
    negated: bool,
    /// The filter's name, folded, and its position.
    key: Option<(String, usize)>,
    value: &'a str,
    /// Position of the value.
    at: usize,
    quoted: bool,
}

struct Typed<'a> {
    rest: Peekable<Enumerate<CharIndices<'a>>>,
    text: &'a str,
}

impl<'a> Typed<'a> {
    fn next(&mut self) -> Result<Option<Piece<'a>>, BadQuery> {
        while self.rest.next_if(|(_, (_, c))| c.is_whitespace()).is_some() {}
        let negated = self.rest.next_if(|(_, (_, c))| matches!(c, '-' | '−')).is_some();
        let Some(&(place, (start, first))) = self.rest.peek() else { return Ok(None) };
        if is_quote(first) {
            let (value, at) = self.quoted()?;
            return Ok(Some(Piece { negated, key: None, value, at, quoted: true }));
        }
        let mut end = start;
        while let Some((_, (at, c))) = self.rest.next_if(|(_, (_, c))| !c.is_whitespace() && !is_quote(*c)) {
            end = at + c.len_utf8();
            let name = self.between(start, at);
            if c != ':' || name.is_empty() || !name.chars().all(char::is_alphabetic) {
                continue;
            }
            let key = Some((fold(name), place + 1));
            if self.rest.peek().is_some_and(|(_, (_, c))| is_quote(*c)) {
                let (value, at) = self.quoted()?;
                return Ok(Some(Piece { negated, key, value, at, quoted: true }));
            }
            let (value, at) = self.bare(end);
            return Ok(Some(Piece { negated, key, value, at, quoted: false }));
        }
        Ok(Some(Piece { negated, key: None, value: self.between(start, end), at: place + 1, quoted: false }))
    }

    /// Up to the next space; position of the value counted from 1.
    fn bare(&mut self, start: usize) -> (&'a str, usize) {
        let at = self.rest.peek().map_or(self.text.chars().count(), |(place, _)| *place) + 1;
        let mut end = start;
        while let Some((_, (index, c))) = self.rest.next_if(|(_, (_, c))| !c.is_whitespace()) {
            end = index + c.len_utf8();
        }
        (self.between(start, end), at)
    }

    /// From one quotation mark to the next, of whatever kind: keyboards and word processors differ.
    fn quoted(&mut self) -> Result<(&'a str, usize), BadQuery> {
        let Some((place, (open, mark))) = self.rest.next() else { return Ok(("", 1)) };
        let start = open + mark.len_utf8();
        for (_, (end, c)) in self.rest.by_ref() {
            if is_quote(c) {
                return Ok((self.text.get(start..end).unwrap_or_default(), place + 2));
            }
        }
        Err(BadQuery::OpenQuote { at: place + 1 })
    }

    fn between(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }
}

impl Piece<'_> {
    fn clauses(self) -> Result<Vec<Clause>, BadQuery> {
        let tests = match &self.key {
            None if self.quoted => phrase(words(self.value)),
            None => self.bare()?,
            Some((name, at)) => vec![self.filter(name, *at)?],
        };
        // "-foo-bar*" excludes what has both; it cannot be said as two conditions, so the beginning alone is taken.
        let keep = if self.negated { 1 } else { usize::MAX };
        Ok(tests.into_iter().rev().take(keep).rev().map(|test| Clause { negated: self.negated, test }).collect())
    }

    fn bare(&self) -> Result<Vec<Test>, BadQuery> {
        let Some(stem) = self.value.strip_suffix('*') else { return Ok(phrase(words(self.value))) };
        let mut words = words(stem);
        match words.pop() {
            None => Err(BadQuery::LoneStar { at: self.at + stem.chars().count() }),
            Some(last) => {
                let mut tests = phrase(words);
                tests.push(Test::Prefix(last));
                Ok(tests)
            }
        }
    }

    fn filter(&self, name: &str, at: usize) -> Result<Test, BadQuery> {
        let (name, example) = match name {
            "by" => ("by", "by:ana"),
            "model" => ("model", "model:starter"),
            "negative" => ("negative", "negative:blur"),
            "is" => ("is", "is:clip"),
            "after" => ("after", "after:2026-05-01"),
            "before" => ("before", "before:2026-05-01"),
            _ => return Err(BadQuery::UnknownFilter { name: name.to_owned(), at }),
        };
        let value = self.value.trim();
        if words(value).is_empty() {
            return Err(BadQuery::NoValue { name, at, example });
        }
        let date = || Moment::parse(value).ok_or_else(|| BadQuery::BadDate { value: value.to_owned(), at: self.at });
        Ok(match name {
            "by" => Test::By(fold(value)),
            "model" => Test::Model(fold(value)),
            "negative" => Test::Negative(fold(value)),
            "after" => Test::After(date()?),
            "before" => Test::Before(date()?),
            _ => Test::Is(match fold(value).as_str() {
                "clip" => Is::Clip,
                "picture" => Is::Picture,
                "upload" => Is::Upload,
                "favourite" | "favorite" => Is::Favourite,
                _ => return Err(BadQuery::UnknownIs { value: value.to_owned(), at: self.at }),
            }),
        })
    }
}

fn phrase(mut words: Vec<String>) -> Vec<Test> {
    match words.len() {
        0 => Vec::new(),
        1 => words.pop().map(Test::Word).into_iter().collect(),
        _ => vec![Test::Phrase(words)],
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tests(text: &str) -> Vec<Test> {
        Query::parse(text).unwrap().clauses.into_iter().map(|clause| clause.test).collect()
    }

    #[test]
    fn words_phrases_beginnings_and_filters_are_told_apart() {
        let word = |text: &str| Test::Word(text.to_owned());
        assert_eq!(tests("Red  café"), [word("red"), word("cafe")]);
        assert_eq!(
            tests("„two Words“ lig*"),
            [Test::Phrase(vec!["two".into(), "words".into()]), Test::Prefix("lig".into())]
        );
        assert_eq!(
            tests("by:Ana model:\"Flux K\" is:clip"),
            [Test::By("ana".into()), Test::Model("flux k".into()), Test::Is(Is::Clip)]
        );
        assert_eq!(tests("after:2026-05-01"), [Test::After(Moment::parse("2026-05-01").unwrap())]);
        assert_eq!(
            tests("wi-fi 16:9"),
            [Test::Phrase(vec!["wi".into(), "fi".into()]), Test::Phrase(vec!["16".into(), "9".into()])]
        );
        assert_eq!(tests("… - !"), []);
    }

    #[test]
    fn a_minus_turns_a_condition_round() {
        let query = Query::parse("-blue -is:clip -\"a b\"").unwrap();
        assert!(query.clauses.iter().all(|clause| clause.negated) && query.clauses.len() == 3);
    }

    #[test]
    fn what_is_not_understood_is_said_with_its_place() {
        let bad = |text: &str| Query::parse(text).unwrap_err();
        assert_eq!(bad("red \"blue"), BadQuery::OpenQuote { at: 5 });
        assert_eq!(bad("é colour:red"), BadQuery::UnknownFilter { name: "colour".into(), at: 3 });
        assert_eq!(bad("is:big"), BadQuery::UnknownIs { value: "big".into(), at: 4 });
        assert_eq!(bad("after:soon"), BadQuery::BadDate { value: "soon".into(), at: 7 });
        assert_eq!(bad("a *"), BadQuery::LoneStar { at: 3 });
        assert_eq!(bad("by:").code(), "search_filter_empty");
        assert_eq!(bad(&"x".repeat(1001)).code(), "search_too_long");
        assert_eq!(bad(&"x ".repeat(33)).code(), "search_too_many_conditions");
    }
}
