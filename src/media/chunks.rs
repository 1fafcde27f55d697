//! The chunks of a PNG, one after the other, without decoding any.

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

/// One chunk; `whole` is it with length and checksum.
pub(super) struct Chunk<'a> {
    pub(super) kind: [u8; 4],
    pub(super) data: &'a [u8],
    pub(super) whole: &'a [u8],
}

/// Ends after `IEND`, or early where the file is cut off.
pub(super) struct Chunks<'a>(&'a [u8]);

/// Nothing when the file is no PNG.
pub(super) fn chunks(png: &[u8]) -> Chunks<'_> {
    Chunks(png.strip_prefix(SIGNATURE).unwrap_or_default())
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let (length, tail) = self.0.split_first_chunk::<4>()?;
        let (kind, tail) = tail.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        let data = tail.get(..length)?;
        let (whole, rest) = self.0.split_at_checked(length.checked_add(12)?)?;
        self.0 = if kind == b"IEND" { &[] } else { rest };
        Some(Chunk { kind: *kind, data, whole })
    }
}

/// Begins a PNG.
pub(super) fn begin(room: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(room);
    out.extend_from_slice(SIGNATURE);
    out
}

/// Appends a chunk with its length and checksum.
pub(super) fn append(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&kind);
    sum.update(data);
    out.extend_from_slice(&(data.len() as u32).to_be_bytes());
    out.extend_from_slice(&kind);
    out.extend_from_slice(data);
    out.extend_from_slice(&sum.finalize().to_be_bytes());
}
