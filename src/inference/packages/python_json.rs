//! JSON as Python writes it: numbers that are not finite stand there as words, which JSON does not know.

use std::borrow::Cow;

const WORDS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// The same with `null` in place of such words, where they are values and not part of a text.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !WORDS.iter().any(|word| text.contains(word)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped, mut rest) = (false, false, text);
    while let Some(letter) = rest.chars().next() {
        let word = WORDS.iter().find(|word| !quoted && rest.starts_with(**word));
        let (taken, after) = rest.split_at(word.map_or(letter.len_utf8(), |word| word.len()));
        out.push_str(if word.is_some() { "null" } else { taken });
        quoted ^= letter == '"' && !escaped;
        escaped = quoted && letter == '\\' && !escaped;
        rest = after;
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_not_finite_counts_as_not_told() {
        let told =
            r#"{"lambda_min_clipped": -Infinity, "most": [Infinity, NaN], "word": "-Infinity \"NaN", "end": "\\"}"#;
        let value: serde_json::Value = serde_json::from_str(&plain(told)).unwrap();
        let wanted = serde_json::json!({
            "lambda_min_clipped": null, "most": [null, null], "word": "-Infinity \"NaN", "end": "\\"
        });
        assert_eq!(value, wanted);
        assert!(matches!(plain(r#"{"a": 1}"#), Cow::Borrowed(_)));
    }
}
