//! Looks into an ONNX file without opening it in a runtime: names, kinds of operators, and where its weights lie.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// No text in a graph is longer.
const MOST_TEXT: u64 = 1 << 20;
/// Graphs inside graphs inside graphs.
const MOST_DEPTH: u32 = 32;

/// What a graph says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) inputs: Vec<String>,
    pub(crate) outputs: Vec<String>,
    /// The operator sets it uses; the empty name is ONNX's own.
    pub(crate) domains: BTreeSet<String>,
    pub(crate) weights: Vec<Outside>,
    /// Inputs that are given by the file itself are none.
    given: BTreeSet<String>,
}

/// Weights in a file of their own.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outside {
    pub(crate) location: String,
    pub(crate) offset: u64,
    pub(crate) length: Option<u64>,
}

/// Fails when the file is not whole or not ONNX.
pub(crate) fn look(path: &Path) -> io::Result<Facts> {
    let file = File::open(path)?;
    let end = file.metadata()?.len();
    let mut facts = Facts::default();
    let mut wire = Wire { file: BufReader::new(file), at: 0 };
    let mut graphs = 0;
    wire.message(end, &mut |wire, field, end| match field {
        7 => {
            graphs += 1;
            graph(wire, end, &mut facts, 0)
        }
        25 => wire.message(end, &mut |wire, field, end| match field {
            7 => node(wire, end, &mut facts, 0),
            _ => Ok(()),
        }),
        _ => Ok(()),
    })?;
    if graphs != 1 {
        return Err(bad("it holds no graph"));
    }
    let given = std::mem::take(&mut facts.given);
    facts.inputs.retain(|i| !given.contains(i));
    Ok(facts)
}

fn graph(wire: &mut Wire, end: u64, facts: &mut Facts, depth: u32) -> io::Result<()> {
    if depth > MOST_DEPTH {
        return Err(bad("its graphs are nested too deeply"));
    }
    wire.message(end, &mut |wire, field, end| match field {
        1 => node(wire, end, facts, depth),
        5 => {
            let name = tensor(wire, end, facts)?;
            facts.given.insert(name);
            Ok(())
        }
        11 | 12 if depth == 0 => {
            let name = first_text(wire, end)?;
            if field == 11 {
                facts.inputs.push(name);
            } else {
                facts.outputs.push(name);
            }
            Ok(())
        }
        _ => Ok(()),
    })
}

fn node(wire: &mut Wire, end: u64, facts: &mut Facts, depth: u32) -> io::Result<()> {
    let mut domain = String::new();
    wire.message(end, &mut |wire, field, end| match field {
        7 => {
            domain = wire.text(end)?;
            Ok(())
        }
        5 => wire.message(end, &mut |wire, field, end| match field {
            5 | 10 => tensor(wire, end, facts).map(|_| ()),
            6 | 11 => graph(wire, end, facts, depth + 1),
            _ => Ok(()),
        }),
        _ => Ok(()),
    })?;
    facts.domains.insert(domain);
    Ok(())
}

/// A tensor's name; notes weights that lie outside.
fn tensor(wire: &mut Wire, end: u64, facts: &mut Facts) -> io::Result<String> {
    let (mut name, mut outside) = (String::new(), None::<Outside>);
    wire.message(end, &mut |wire, field, end| match field {
        8 => {
            name = wire.text(end)?;
            Ok(())
        }
        13 => {
            let (mut key, mut value) = (String::new(), String::new());
            wire.message(end, &mut |wire, field, end| {
                match field {
                    1 => key = wire.text(end)?,
                    2 => value = wire.text(end)?,
                    _ => {}
                }
                Ok(())
            })?;
            let outside = outside.get_or_insert_default();
            let number = |text: &str| text.parse().map_err(|_| bad("it places weights at no number"));
            match key.as_str() {
                "location" => outside.location = value,
                "offset" => outside.offset = number(&value)?,
                "length" => outside.length = Some(number(&value)?),
                _ => {}
            }
            Ok(())
        }
        _ => Ok(()),
    })?;
    facts.weights.extend(outside);
    Ok(name)
}

fn first_text(wire: &mut Wire, end: u64) -> io::Result<String> {
    let mut name = String::new();
    wire.message(end, &mut |wire, field, end| {
        if field == 1 {
            name = wire.text(end)?;
        }
        Ok(())
    })?;
    Ok(name)
}

/// Protocol buffers, read from where they lie: what nobody asks for is skipped, not loaded.
struct Wire {
    file: BufReader<File>,
    at: u64,
}

type Visit<'a> = dyn FnMut(&mut Wire, u64, u64) -> io::Result<()> + 'a;

impl Wire {
    /// Visits every length-delimited field of a message that ends at `end`; numbers are passed over.
    fn message(&mut self, end: u64, visit: &mut Visit) -> io::Result<()> {
        while self.at < end {
            let key = self.number()?;
            let skip = match key & 7 {
                0 => {
                    self.number()?;
                    0
                }
                1 => 8,
                2 => {
                    let length = self.number()?;
                    let inner = self.at.checked_add(length).filter(|e| *e <= end).ok_or_else(cut)?;
                    visit(self, key >> 3, inner)?;
                    inner.checked_sub(self.at).ok_or_else(cut)?
                }
                5 => 4,
                _ => return Err(bad("it is not an ONNX file")),
            };
            self.skip(skip)?;
        }
        if self.at == end { Ok(()) } else { Err(cut()) }
    }

    fn text(&mut self, end: u64) -> io::Result<String> {
        let length = end.saturating_sub(self.at);
        if length > MOST_TEXT {
            return Err(bad("a name in it is longer than a mebibyte"));
        }
        let mut bytes = vec![0; length as usize];
        self.file.read_exact(&mut bytes)?;
        self.at = end;
        String::from_utf8(bytes).map_err(|_| bad("a name in it is not text"))
    }

    fn number(&mut self) -> io::Result<u64> {
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

fn bad(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn cut() -> io::Error {
    bad("it ends too early; it was copied only in part")
}
