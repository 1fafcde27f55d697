//! A zip written as it goes, nothing compressed: frames are PNG already, and its length is known beforehand.

use std::io::Write;

use super::error::Error;

const LOCAL: u64 = 30;
const CENTRAL: u64 = 46;
const END: u64 = 22;

/// Streams files into a zip; the target need not seek. The same files give the same bytes.
pub struct Archive<W: Write> {
    to: W,
    written: u64,
    entries: u16,
    /// The list of files that a zip ends with.
    central: Vec<u8>,
}

impl<W: Write> Archive<W> {
    pub fn new(to: W) -> Self {
        Archive { to, written: 0, entries: 0, central: Vec::new() }
    }

    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let offset = u32::try_from(self.written).map_err(|_| Error::ArchiveTooLarge)?;
        let length = u32::try_from(bytes.len()).map_err(|_| Error::ArchiveTooLarge)?;
        let name_length = u16::try_from(name.len()).map_err(|_| Error::ArchiveTooLarge)?;
        self.entries = self.entries.checked_add(1).ok_or(Error::ArchiveTooLarge)?;

        let mut about = Vec::with_capacity(26);
        // Version 2.0, names are UTF-8, stored, 1980-01-01 00:00: a zip cannot say "no time".
        for word in [20_u16, 1 << 11, 0, 0, 1 << 5 | 1] {
            about.extend(word.to_le_bytes());
        }
        for word in [crc32fast::hash(bytes), length, length] {
            about.extend(word.to_le_bytes());
        }
        about.extend(name_length.to_le_bytes());
        about.extend(0_u16.to_le_bytes());

        self.central.extend(b"PK\x01\x02\x14\x00");
        self.central.extend(&about);
        // No comment, first disk, no attributes.
        self.central.extend([0; 10]);
        self.central.extend(offset.to_le_bytes());
        self.central.extend(name.as_bytes());

        for part in [b"PK\x03\x04", about.as_slice(), name.as_bytes(), bytes] {
            self.to.write_all(part)?;
        }
        self.written += LOCAL + u64::from(name_length) + u64::from(length);
        Ok(())
    }

    pub fn finish(mut self) -> Result<W, Error> {
        let offset = u32::try_from(self.written).map_err(|_| Error::ArchiveTooLarge)?;
        let length = u32::try_from(self.central.len()).map_err(|_| Error::ArchiveTooLarge)?;
        self.to.write_all(&self.central)?;
        self.to.write_all(b"PK\x05\x06\0\0\0\0")?;
        for word in [self.entries; 2] {
            self.to.write_all(&word.to_le_bytes())?;
        }
        for word in [length, offset] {
            self.to.write_all(&word.to_le_bytes())?;
        }
        self.to.write_all(&[0; 2])?;
        self.to.flush()?;
        Ok(self.to)
    }
}

/// How long the zip of such files will be, or none when it would grow past what a plain zip can hold.
pub(super) fn length(files: impl Iterator<Item = (usize, u64)>) -> Option<u64> {
    let (mut count, mut total) = (0_u64, END);
    for (name, bytes) in files {
        count += 1;
        total += LOCAL + CENTRAL + 2 * name as u64 + bytes;
    }
    (u16::try_from(count).is_ok() && u32::try_from(total).is_ok()).then_some(total)
}
