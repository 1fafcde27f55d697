//! Questions: whatever is typed, it is understood or refused with a sentence that points into the text.

use anyhow::ensure;
use dreamomni2::search::Cursor;
use dreamomni2::search::query::{BadQuery, MOST_CLAUSES, Query};

use super::mutate::Chance;

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let typed = [
        "red circles \"over a\" light* -blue by:ana model:flux is:clip after:2026-05-01 before:2027-01-01",
        "„zwei Wörter“ «trois» 東京タワー 🐈 16:9 -\"a b\" negative:\"blur fog\"",
        "by:\"Ana Lima\" is:favourite -is:upload a-b-c foo*bar * : \" - −",
        "ﬁ ǅ İ ß ς \u{301}\u{301} \u{202e}abc \u{0} \u{feff}",
    ];
    typed.iter().map(|text| text.as_bytes().to_vec()).collect()
}

pub(crate) fn read(input: &[u8], _: &mut Chance) -> anyhow::Result<()> {
    let text = String::from_utf8_lossy(input);
    match Query::parse(&text) {
        Ok(query) => ensure!(query.clauses.len() <= MOST_CLAUSES, "too many conditions"),
        Err(
            BadQuery::OpenQuote { at }
            | BadQuery::UnknownFilter { at, .. }
            | BadQuery::NoValue { at, .. }
            | BadQuery::UnknownIs { at, .. }
            | BadQuery::BadDate { at, .. }
            | BadQuery::LoneStar { at },
        ) => ensure!((1..=text.chars().count() + 1).contains(&at), "position {at} lies outside"),
        Err(BadQuery::TooLong(_) | BadQuery::TooMany) => {}
    }
    let _ = text.parse::<Cursor>();
    Ok(())
}
