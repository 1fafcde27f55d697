//! What somebody typed into the search box, understood: words, "phrases", beginnings* and filters.

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
    /// `by:ana`: a beginning of one of the maker's names.
    By(String),
    /// `model:starter`: a beginning of the model's name.
    Model(String),
    /// `negative:blur`: a word of the negative prompt.
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
        let _ = text;
        todo!()
    }
}
