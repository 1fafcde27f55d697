//! What of an answer is the new prompt: the text between its one pair of tags.
//!
//! The original cuts off six characters in front and seven behind, whatever they are; here they must be a pair.

/// None where there is no pair, more than one, or nothing inside.
pub(super) fn inside(answer: &str) -> Option<&str> {
    let (begin, name, rest) = opening(answer)?;
    let end = format!("</{name}>");
    let (text, behind) = rest.split_once(end.as_str())?;
    let alone = |text: &str| opening(text).is_none() && !text.contains("</");
    let text = text.trim();
    (alone(text) && alone(behind) && !answer.get(..begin)?.contains("</") && !text.is_empty()).then_some(text)
}

/// The first opening tag: where it begins, its name, and what follows.
fn opening(text: &str) -> Option<(usize, &str, &str)> {
    text.match_indices('<').find_map(|(at, _)| {
        let (name, rest) = text.get(at + 1..)?.split_once('>')?;
        let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        (name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(letter)).then_some((at, name, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_between_one_pair_of_tags_is_the_prompt() {
        assert_eq!(inside("<edit>A red fox.</edit>"), Some("A red fox."));
        assert_eq!(inside("<gen>\nTwo lines,\nkept: 3 < 4 > 2.\n</gen>"), Some("Two lines,\nkept: 3 < 4 > 2."));
        assert_eq!(inside("Sure: <gen_prompt>a</gen_prompt> Bye."), Some("a"));
        assert_eq!(inside("1 < 2 <g>ü</g>"), Some("ü"));
    }

    #[test]
    fn everything_else_is_of_no_use() {
        for bad in [
            "",
            "A red fox.",
            "<edit>cut off",
            "no beginning</edit>",
            "<a>one</a><b>two</b>",
            "<a>one</a> two</a>",
            "</a><a>one</a>",
            "<a>one <b>two</b></a>",
            "<a>one</b>",
            "<a>  </a>",
            "< a>one</ a>",
            "<>one</>",
        ] {
            assert_eq!(inside(bad), None, "{bad}");
        }
    }
}
