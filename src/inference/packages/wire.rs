//! Protocol buffers, read from where they lie on disk: what nobody asks for is skipped, not loaded.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::files::Content;

/// No text in a graph is longer.
const MOST_TEXT: u64 = 1 << 20;

pub(super) struct Wire {
    file: BufReader<Box<dyn Content>>,
    at: u64,
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Number(u64),
    /// Bytes from where the reader stands to this place of the file: a text, a message, packed numbers.
    Bytes(u64),
}

/// Called with each field's number and value; bytes that it leaves unread are skipped.
pub(super) type Visit<'a> = dyn FnMut(&mut Wire, u64, Value) -> io::Result<()> + 'a;

impl Wire {
    /// The reader, and where the file ends.
    pub(super) fn open(mut file: Box<dyn Content>) -> io::Result<(Wire, u64)> {
        let end = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        Ok((Wire { file: BufReader::new(file), at: 0 }, end))
    }

    /// How many bytes of the file are behind.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Visits every number and every run of bytes of a message that ends at `end`.
    pub(super) fn message(&mut self, end: u64, visit: &mut Visit) -> io::Result<()> {
        while self.at < end {
            let key = self.number()?;
            let skip = match key & 7 {
                0 => {
                    let number = self.number()?;
                    visit(self, key >> 3, Value::Number(number))?;
                    0
                }
                1 => 8,
                2 => {
                    let length = self.number()?;
                    let inner = self.at.checked_add(length).filter(|e| *e <= end).ok_or_else(cut)?;
                    visit(self, key >> 3, Value::Bytes(inner))?;
                    inner.checked_sub(self.at).ok_or_else(cut)?
                }
                5 => 4,
                _ => return Err(bad("it is not an ONNX file")),
            };
            self.skip(skip)?;
        }
        if self.at == end { Ok(()) } else { Err(cut()) }
    }

    pub(super) fn text(&mut self, end: u64) -> io::Result<String> {
        let length = end.saturating_sub(self.at);
        if length > MOST_TEXT {
            return Err(bad("a name in it is longer than a mebibyte"));
        }
        let mut bytes = vec![0; length as usize];
        self.file.read_exact(&mut bytes)?;
        self.at = end;
        String::from_utf8(bytes).map_err(|_| bad("a name in it is not text"))
    }

    /// A pair of texts, as metadata and outside weights are written.
    pub(super) fn pair(&mut self, end: u64) -> io::Result<(String, String)> {
        let (mut key, mut value) = (String::new(), String::new());
        self.message(end, &mut |wire, field, found| {
            match (field, found) {
                (1, Value::Bytes(end)) => key = wire.text(end)?,
                (2, Value::Bytes(end)) => value = wire.text(end)?,
                _ => {}
            }
            Ok(())
        })?;
        Ok((key, value))
    }

    pub(super) fn number(&mut self) -> io::Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let mut byte = [0];
            self.file.read_exact(&mut byte)?;
            self.at += 1;
            let [byte] = byte;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(bad("it is not an ONNX file"))
    }

    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        self.at = self.at.checked_add(bytes).ok_or_else(cut)?;
        self.file.seek_relative(i64::try_from(bytes).map_err(|_| cut())?)
    }
}

pub(super) fn bad(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn cut() -> io::Error {
    bad("it ends too early; it was copied only in part")
}
