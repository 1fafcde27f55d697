//! `spiece.model`, as T5's makers publish it: its pieces and its own rules for cleaning text, without a conversion.

use tokenizers::models::unigram::Unigram;
use tokenizers::normalizers::precompiled::Precompiled;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::metaspace::{Metaspace, PrependScheme};
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::whitespace::WhitespaceSplit;
use tokenizers::{AddedToken, Tokenizer};

/// What the file says, as far as it is needed.
#[derive(Debug, PartialEq)]
struct Model {
    pieces: Vec<Piece>,
    /// 1 is Unigram.
    kind: u64,
    unknown: usize,
    /// How characters are replaced before anything else.
    charsmap: Vec<u8>,
}

#[derive(Debug, PartialEq)]
struct Piece {
    text: String,
    score: f32,
    kind: u64,
}

const UNIGRAM: u64 = 1;
const CONTROL: u64 = 3;
const BY_USER: u64 = 4;

/// The tokenizer as transformers builds it from this file. `special` are taken whole wherever they stand.
pub(super) fn tokenizer(file: &[u8], special: &[String]) -> Result<Tokenizer, String> {
    let model = Model::read(file).ok_or("it is no SentencePiece model, or was copied only in part")?;
    if model.kind != UNIGRAM {
        return Err("it is a SentencePiece model of another kind than Unigram; make a tokenizer.json of it with \
             transformers (AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)) and import again"
            .to_owned());
    }
    let told = |e: &dyn std::fmt::Display| e.to_string();
    let whole = |kind: u64| {
        let pieces = model.pieces.iter().filter(move |p| p.kind == kind);
        pieces.map(move |p| AddedToken::from(p.text.clone(), kind == CONTROL).normalized(false)).collect::<Vec<_>>()
    };
    let (mut control, by_user) = (whole(CONTROL), whole(BY_USER));
    control.extend(special.iter().map(|text| AddedToken::from(text.clone(), true).normalized(false)));
    let pieces = model.pieces.into_iter().map(|p| (p.text, f64::from(p.score))).collect();
    let unigram = Unigram::from(pieces, Some(model.unknown), false).map_err(|e| told(&e))?;
    let mut tokenizer = Tokenizer::new(unigram);
    if !model.charsmap.is_empty() {
        let cleaning = Precompiled::from(&model.charsmap).map_err(|e| told(&e))?;
        tokenizer.with_normalizer(Some(cleaning)).map_err(|e| told(&e))?;
    }
    tokenizer.with_pre_tokenizer(Some(Sequence::new(vec![
        PreTokenizerWrapper::WhitespaceSplit(WhitespaceSplit),
        PreTokenizerWrapper::Metaspace(Metaspace::new('\u{2581}', PrependScheme::Always, true)),
    ])));
    tokenizer.add_special_tokens(control).map_err(|e| told(&e))?;
    tokenizer.add_tokens(by_user).map_err(|e| told(&e))?;
    Ok(tokenizer)
}

impl Model {
    fn read(file: &[u8]) -> Option<Self> {
        let mut model = Model { pieces: Vec::new(), kind: UNIGRAM, unknown: 0, charsmap: Vec::new() };
        each(file, &mut |field, value| {
            match (field, value) {
                (1, Value::Block(piece)) => model.pieces.push(Piece::read(piece)?),
                (2, Value::Block(trainer)) => each(trainer, &mut |field, value| {
                    match (field, value) {
                        (3, Value::Number(kind)) => model.kind = kind,
                        (40, Value::Number(id)) => model.unknown = usize::try_from(id).ok()?,
                        _ => {}
                    }
                    Some(())
                })?,
                (3, Value::Block(normalizer)) => each(normalizer, &mut |field, value| {
                    if let (2, Value::Block(charsmap)) = (field, value) {
                        charsmap.clone_into(&mut model.charsmap);
                    }
                    Some(())
                })?,
                _ => {}
            }
            Some(())
        })?;
        (!model.pieces.is_empty()).then_some(model)
    }
}

impl Piece {
    fn read(message: &[u8]) -> Option<Self> {
        let mut piece = Piece { text: String::new(), score: 0.0, kind: 1 };
        each(message, &mut |field, value| {
            match (field, value) {
                (1, Value::Block(text)) => piece.text = String::from_utf8(text.to_vec()).ok()?,
                (2, Value::Four(score)) => piece.score = f32::from_le_bytes(score),
                (3, Value::Number(kind)) => piece.kind = kind,
                _ => {}
            }
            Some(())
        })?;
        Some(piece)
    }
}

/// One value of a protocol buffer.
enum Value<'a> {
    Number(u64),
    Four([u8; 4]),
    Eight,
    Block(&'a [u8]),
}

/// Every field of a message; none when it is cut or is no protocol buffer.
fn each(mut message: &[u8], visit: &mut dyn FnMut(u64, Value) -> Option<()>) -> Option<()> {
    while !message.is_empty() {
        let key = number(&mut message)?;
        let value = match key & 7 {
            0 => Value::Number(number(&mut message)?),
            1 => {
                message = message.get(8..)?;
                Value::Eight
            }
            2 => {
                let length = usize::try_from(number(&mut message)?).ok()?;
                let (block, rest) = message.split_at_checked(length)?;
                message = rest;
                Value::Block(block)
            }
            5 => {
                let (four, rest) = message.split_first_chunk::<4>()?;
                message = rest;
                Value::Four(*four)
            }
            _ => return None,
        };
        visit(key >> 3, value)?;
    }
    Some(())
}

fn number(message: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One piece "a" of -1.5, of a model of `kind`.
    fn model(kind: u8) -> Vec<u8> {
        let score = (-1.5_f32).to_le_bytes();
        [&[0x0A, 8, 0x0A, 1, b'a', 0x15], score.as_slice(), &[0x12, 2, 0x18, kind]].concat()
    }

    #[test]
    fn pieces_are_read_and_a_cut_file_never_panics() {
        let piece = Piece { text: "a".to_owned(), score: -1.5, kind: 1 };
        assert_eq!(Model::read(&model(1)).unwrap().pieces, [piece]);
        for length in 0..model(1).len() {
            let _ = tokenizer(&model(1)[..length], &[]);
        }
        assert!(tokenizer(b"PK\x03\x04", &[]).is_err() && tokenizer(&[], &[]).is_err());
    }

    #[test]
    fn another_kind_of_model_is_refused_with_the_way_to_convert_it() {
        let told = tokenizer(&model(2), &[]).err().unwrap();
        assert!(told.contains("AutoTokenizer"), "{told}");
    }
}
