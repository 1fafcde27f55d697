//! Text to words, the same way for what is indexed and for what is asked: lower case, without accents.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer runs of letters are cut: nobody types them, and they cost memory.
const MOST_CHARS: usize = 64;

/// Splits at everything that is neither letter nor digit. Chinese and Japanese characters and emoji are words of their
/// own, as no spaces part them; a query of several becomes a phrase.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut length) = (String::new(), 0);
    for c in fold(text).nfc() {
        let alone = stands_alone(c);
        let joins = !alone && (c.is_alphanumeric() || is_combining_mark(c));
        if joins {
            if length < MOST_CHARS {
                word.push(c);
                length += 1;
            }
            continue;
        }
        if length > 0 {
            words.push(std::mem::take(&mut word));
            length = 0;
        }
        if alone {
            words.push(c.to_string());
        }
    }
    if length > 0 {
        words.push(word);
    }
    words
}

/// Lower case without accents; only marks of the Latin, Greek and Cyrillic kind are dropped, as elsewhere they are letters.
pub(super) fn fold(text: &str) -> String {
    let plain = text.nfkd().filter(|c| !matches!(c, '\u{300}'..='\u{36F}')).flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    for c in plain {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            // Lower-casing may bring a mark back (the Turkish dotted I).
            '\u{300}'..='\u{36F}' => {}
            other => folded.push(other),
        }
    }
    folded
}

fn stands_alone(c: char) -> bool {
    matches!(c,
        '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}' | '\u{2600}'..='\u{27BF}' | '\u{1F300}'..='\u{1FAFF}')
}

/// [`words`] as tantivy wants it.
#[derive(Clone)]
pub(super) struct Words;

pub(super) struct Stream {
    words: std::vec::IntoIter<String>,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = Stream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream {
        Stream { words: words(text).into_iter(), token: Token::default() }
    }
}

impl TokenStream for Stream {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else { return false };
        self.token.text = word;
        // The first position is 0: a fresh token stands at usize::MAX.
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn case_and_accents_do_not_matter() {
        assert_eq!(words("Café-Löwe, STRAẞE & Ørsted's №5"), ["cafe", "lowe", "strasse", "orsted", "s", "no5"]);
        assert_eq!(words("ΟΔΟΣ οδός"), ["οδοσ", "οδοσ"]);
    }

    #[test]
    fn scripts_without_spaces_and_emoji_are_found() {
        assert_eq!(words("東京タワー 🐈red"), ["東", "京", "タ", "ワ", "ー", "🐈", "red"]);
        assert_eq!(words("हिन्दी قطة"), ["हिन्दी", "قطة"]);
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert_eq!(words(" \u{0}\u{202E}—! "), Vec::<String>::new());
        assert_eq!(words(&"x".repeat(500))[0].len(), 64);
    }
}
