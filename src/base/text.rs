//! Checked text: a value of one of these types has passed its rules, so nobody checks again.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use unicode_normalization::UnicodeNormalization;

/// Why a text was refused; the sentence is shown to the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    #[error("{0} is empty; please write something")]
    Empty(&'static str),
    #[error("{0} has {1} characters; at most {2} are allowed. Please shorten it")]
    TooLong(&'static str, usize, usize),
    #[error("{0} contains a control character at position {1}; please remove it")]
    Control(&'static str, usize),
    #[error("\"{0}\" is not an e-mail address; write it like name@studio.example")]
    Email(String),
}

impl BadText {
    /// Stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            BadText::Empty(_) => "text_empty",
            BadText::TooLong(..) => "text_too_long",
            BadText::Control(..) => "text_control_character",
            BadText::Email(_) => "email_malformed",
        }
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $what:literal, most $most:literal, lines $lines:literal,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(String);

        impl $name {
            pub const MOST: usize = $most;

            pub fn new(text: &str) -> Result<Self, BadText> {
                checked($what, text, $most, $lines).map($name)
            }

            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                $name::new(&String::deserialize(d)?).map_err(de::Error::custom)
            }
        }
    )*};
}

texts! {
    /// What people call a thing or themselves: one line, 1 to 80 characters.
    Name = "The name", most 80, lines false,
    /// What a picture should show: 1 to 4,000 characters, line breaks allowed.
    Prompt = "The prompt", most 4000, lines true,
    /// What somebody says about a picture: 1 to 2,000 characters.
    Caption = "The caption", most 2000, lines true,
}

/// An e-mail address, lower-cased. Only its shape is checked: nothing is ever looked up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Email(String);

impl Email {
    pub fn new(text: &str) -> Result<Self, BadText> {
        let text = checked("The e-mail address", text, 254, false)?.to_lowercase();
        let good = text.split_once('@').is_some_and(|(user, host)| {
            let host_ok =
                !host.is_empty() && !host.starts_with(['.', '-']) && !host.ends_with('.') && !host.contains("..");
            !user.is_empty() && host_ok && !host.contains('@') && !text.contains(char::is_whitespace)
        });
        if good { Ok(Email(text)) } else { Err(BadText::Email(text)) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Email::new(&String::deserialize(d)?).map_err(de::Error::custom)
    }
}

/// Bytes as people compare them: two small digits each.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Trims, composes (NFC) and checks; emoji and right-to-left text are ordinary text.
fn checked(what: &'static str, text: &str, most: usize, lines: bool) -> Result<String, BadText> {
    // Counted before composing, so that a huge text is refused without being copied.
    let length = text.trim().chars().count();
    if length == 0 {
        return Err(BadText::Empty(what));
    }
    if length > most {
        return Err(BadText::TooLong(what, length, most));
    }
    let text: String = text.trim().replace("\r\n", "\n").nfc().collect();
    let allowed = |c: char| !c.is_control() || (lines && matches!(c, '\n' | '\t'));
    match text.chars().position(|c| !allowed(c)) {
        Some(place) => Err(BadText::Control(what, place + 1)),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_keeps_emoji_and_right_to_left_text() {
        assert_eq!(Prompt::new("  قطة 🐈 \n red ").map(|p| p.to_string()), Ok("قطة 🐈 \n red".to_owned()));
    }

    #[test]
    fn empty_long_and_control_texts_are_refused_with_a_sentence() {
        assert_eq!(Prompt::new(" \n").unwrap_err().code(), "text_empty");
        assert_eq!(Prompt::new(&"x".repeat(20_000)).unwrap_err().code(), "text_too_long");
        assert_eq!(Prompt::new("a\u{0007}b").unwrap_err(), BadText::Control("The prompt", 2));
        assert_eq!(Name::new("two\nlines").unwrap_err().code(), "text_control_character");
    }

    #[test]
    fn an_address_has_a_user_and_a_host() {
        assert!(Email::new("Ana@Studio.example").is_ok_and(|e| e.as_str() == "ana@studio.example"));
        for bad in ["ana", "@x", "ana@", "a@b@c", "a b@c.d"] {
            assert!(Email::new(bad).is_err(), "{bad}");
        }
    }
}
