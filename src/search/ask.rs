//! A question becomes the engine's query.

use std::ops::Range;

use tantivy::Term;
use tantivy::query::Query as Engine;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, EmptyQuery, FuzzyTermQuery, Occur, PhraseQuery, RegexQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::doc::Search;
use super::error::Error;
use super::query::{Clause, Is, Test};
use super::schema::{self, Fields};
use super::words::words;

/// Shorter words are common by chance: a typing error in them is not forgiven.
const LEAST_FORGIVEN: usize = 4;

/// How a question is put.
pub(super) struct Asked {
    pub(super) query: Box<dyn Engine>,
    /// Only things made in these milliseconds, as `after:` and `before:` say.
    pub(super) made: Range<u64>,
}

/// Whether similar words could find more.
pub(super) fn forgivable(search: &Search) -> bool {
    search.query.clauses.iter().any(|clause| !clause.negated && matches!(&clause.test, Test::Word(word) if long(word)))
}

/// With `similar`, words one typing error away count too, but less.
pub(super) fn ask(fields: &Fields, search: &Search, similar: bool) -> Result<Asked, Error> {
    let mut made = 0..u64::MAX;
    let mut parts: Vec<(Occur, Box<dyn Engine>)> = Vec::new();
    for Clause { negated, test } in &search.query.clauses {
        let limit = |at: i64| u64::try_from(at).unwrap_or(0);
        match (test, negated) {
            (Test::After(at), false) | (Test::Before(at), true) => made.start = made.start.max(limit(at.0)),
            (Test::Before(at), false) | (Test::After(at), true) => made.end = made.end.min(limit(at.0)),
            (test, negated) => {
                let occur = if *negated { Occur::MustNot } else { Occur::Must };
                parts.push((occur, one(fields, test, search, similar && !negated)?));
            }
        }
    }
    let filter = &search.filter;
    let bin = if filter.deleted { Occur::Must } else { Occur::MustNot };
    parts.push((bin, plain(fields.is(schema::DELETED))));
    if let Some(only) = filter.only {
        parts.push((Occur::Must, plain(fields.only(only))));
    }
    if filter.favourite {
        parts.push((Occur::Must, favourite(fields, search)));
    }
    if let Some(by) = filter.by {
        parts.push((Occur::Must, plain(Term::from_field_text(fields.by, &by.to_string()))));
    }
    if parts.iter().all(|(occur, _)| *occur == Occur::MustNot) {
        parts.push((Occur::Must, Box::new(AllQuery)));
    }
    Ok(Asked { query: Box::new(BooleanQuery::new(parts)), made })
}

fn one(fields: &Fields, test: &Test, search: &Search, similar: bool) -> Result<Box<dyn Engine>, Error> {
    Ok(match test {
        Test::Word(word) => {
            let term = Term::from_field_text(fields.text, word);
            if similar && long(word) {
                let near = FuzzyTermQuery::new(term.clone(), 1, true);
                let exact = BoostQuery::new(scored(term), 4.0);
                Box::new(BooleanQuery::union(vec![Box::new(exact), Box::new(near)]))
            } else {
                scored(term)
            }
        }
        Test::Prefix(stem) => beginning(fields.text, stem)?,
        Test::Phrase(words) => {
            Box::new(PhraseQuery::new(words.iter().map(|word| Term::from_field_text(fields.text, word)).collect()))
        }
        Test::By(name) => {
            let mut words = words(name);
            let Some(last) = words.pop() else { return Ok(Box::new(EmptyQuery)) };
            let mut all = vec![beginning(fields.by_name, &last)?];
            all.extend(words.iter().map(|word| plain(Term::from_field_text(fields.by_name, word))));
            Box::new(BooleanQuery::intersection(all))
        }
        Test::Model(name) => beginning(fields.model, name)?,
        Test::Negative(text) => {
            let terms = words(text).into_iter().map(|word| plain(Term::from_field_text(fields.negative, &word)));
            Box::new(BooleanQuery::intersection(terms.collect()))
        }
        Test::Is(Is::Clip) => plain(fields.is(schema::CLIP)),
        Test::Is(Is::Picture) => plain(fields.is(schema::PICTURE)),
        Test::Is(Is::Upload) => plain(fields.is(schema::UPLOAD)),
        Test::Is(Is::Favourite) => favourite(fields, search),
        // Both became the span of time above.
        Test::After(_) | Test::Before(_) => Box::new(AllQuery),
    })
}

fn favourite(fields: &Fields, search: &Search) -> Box<dyn Engine> {
    plain(Term::from_field_text(fields.favourite_of, &search.me.to_string()))
}

fn plain(term: Term) -> Box<dyn Engine> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn scored(term: Term) -> Box<dyn Engine> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

/// Everything that begins with `stem`.
fn beginning(field: Field, stem: &str) -> Result<Box<dyn Engine>, Error> {
    let mut pattern = String::with_capacity(stem.len() + 8);
    for c in stem.chars() {
        if c.is_ascii_punctuation() {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    // A value may hold line breaks, which the dot leaves out.
    pattern.push_str("(.|\\n)*");
    Ok(Box::new(RegexQuery::from_pattern(&pattern, field)?))
}

fn long(word: &str) -> bool {
    word.chars().count() >= LEAST_FORGIVEN
}
