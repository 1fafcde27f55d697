//! Sealed files: whatever was done to one, it opens as it was or is refused with a sentence.

use std::io::{ErrorKind, Result as IoResult, Write};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use anyhow::ensure;
use dreamomni2::base::entropy::Entropy;
use dreamomni2::base::secret::Secret;
use dreamomni2::crypto::stream::{Chunk, StreamOpener, StreamSealer};
use dreamomni2::crypto::{FileKey, RootKey, aead, unlock};
use dreamomni2::store::disk::Disk;
use dreamomni2::store::{Direction, File, Home, Reads, Record, Span, Table, schema};
use serde::{Deserialize, Serialize};

use super::mutate::Chance;

const TEXT: &[u8] = b"what the studio keeps ";
const ROWS: u32 = 30;

fn key() -> FileKey {
    FileKey::from_bytes([9; 32])
}

#[derive(Serialize, Deserialize)]
struct Row {
    number: u32,
    text: Vec<u8>,
}

impl Record for Row {
    const TABLE: Table = schema::SETTINGS;
    type Key = u32;
    fn key(&self) -> u32 {
        self.number
    }
}

/// A stream, a file of rows, a small sealed thing, and two unlock files.
pub(crate) fn seeds() -> anyhow::Result<Vec<Vec<u8>>> {
    let mut stream = StreamSealer::new(Vec::new(), &key(), b"here", Chunk::Kib16)?;
    stream.write_all(&TEXT.repeat(2000))?;
    let disk = Arc::new(Memory::default());
    let (read, write) = File::on(disk.clone(), &key(), Home::Studio)?;
    let tx = write.begin()?;
    for number in 0..ROWS {
        tx.put(&Row { number, text: TEXT.repeat(10) })?;
    }
    tx.commit()?;
    drop((read, write));
    let small = aead::seal(&key(), b"here", TEXT, &Entropy::system())?;
    let root = RootKey::from_bytes([1; 32]);
    let by_passphrase = unlock::wrap_by_passphrase(&root, &Secret::new("twelve letters"), 1)?;
    let by_identity = unlock::wrap_by_identity(&root, &identity())?;
    Ok(vec![stream.finish()?.0, disk.bytes(), small, by_passphrase, by_identity])
}

pub(crate) fn read(input: &[u8], _: &mut Chance) -> anyhow::Result<()> {
    if let Ok(stream) = StreamOpener::new(input.to_vec(), &key(), b"here") {
        for number in 0..stream.len().div_ceil(stream.chunk_size() as u64) {
            // Pieces of one whole stream, so each chunk that opens is the one that was sealed.
            let start = number as usize * stream.chunk_size();
            if let Ok(chunk) = stream.chunk(number) {
                ensure!(chunk == TEXT.repeat(2000)[start..start + chunk.len()], "another content was opened");
            }
        }
    }
    if let Ok(plain) = aead::open(&key(), b"here", input, "it") {
        ensure!(*plain == TEXT, "another text was opened");
    }
    let _ = unlock::unwrap_by_identity(input, &identity());
    let _ = unlock::unwrap_by_passphrase(input, &Secret::new("twelve letters"));
    let _ = unlock::unwrap_by_identity(input, &Secret::new(String::from_utf8_lossy(input)));
    rows(input)
}

/// Any rows that are read must be the rows that were written.
fn rows(input: &[u8]) -> anyhow::Result<()> {
    let disk = Arc::new(Memory(Mutex::new(input.to_vec())));
    let Ok((read, _write)) = File::on(disk, &key(), Home::Studio) else { return Ok(()) };
    let tx = read.begin()?;
    let mut whole = 0;
    for row in tx.scan::<Row>(Span::all(), Direction::Forward) {
        let Ok(row) = row else { return Ok(()) };
        ensure!(row.text == TEXT.repeat(10), "row {} has another content", row.number);
        whole += 1;
    }
    ensure!(whole == ROWS || input.is_empty(), "{whole} of {ROWS} rows, and no error");
    Ok(())
}

/// One for the whole run: making one anew for each input would be most of the work.
fn identity() -> Secret {
    static IDENTITY: LazyLock<Secret> = LazyLock::new(unlock::new_identity);
    IDENTITY.clone()
}

#[derive(Debug, Default)]
struct Memory(Mutex<Vec<u8>>);

impl Memory {
    fn with<T>(&self, act: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn bytes(&self) -> Vec<u8> {
        self.with(|bytes| bytes.clone())
    }
}

impl Disk for Memory {
    fn size(&self) -> IoResult<u64> {
        Ok(self.with(|bytes| bytes.len() as u64))
    }
    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> IoResult<()> {
        self.with(|bytes| {
            let part = bytes.get(offset as usize..offset as usize + out.len());
            out.copy_from_slice(part.ok_or(ErrorKind::UnexpectedEof)?);
            Ok(())
        })
    }
    fn write_all_at(&self, new: &[u8], offset: u64) -> IoResult<()> {
        self.with(|bytes| {
            let end = offset as usize + new.len();
            bytes.resize(bytes.len().max(end), 0);
            bytes[offset as usize..end].copy_from_slice(new);
        });
        Ok(())
    }
    fn set_len(&self, len: u64) -> IoResult<()> {
        self.with(|bytes| bytes.resize(len as usize, 0));
        Ok(())
    }
    fn sync(&self) -> IoResult<()> {
        Ok(())
    }
}
