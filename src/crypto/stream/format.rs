//! The shape of a sealed stream: its first bytes, its chunks, the work shared among cores.

use std::num::NonZeroUsize;
use std::sync::LazyLock;
use std::thread;

use crate::base::entropy::Entropy;
use crate::crypto::aead::{Gcm, Mismatch, TAG};
use crate::crypto::error::{Error, Result};
use crate::crypto::keys::FileKey;

pub(super) const HEADER: usize = 48;
const MAGIC: &[u8; 8] = b"DO2SEAL\0";
const VERSION: u8 = 1;
/// AES-256-GCM with counted nonces.
const SUITE: u8 = 1;

/// How much is sealed as one piece: large for pictures, small for many short reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunk {
    Kib16,
    Kib64,
}

impl Chunk {
    fn log2(self) -> u8 {
        match self {
            Chunk::Kib16 => 14,
            Chunk::Kib64 => 16,
        }
    }
}

/// One stream's cipher: what its header says and the key made for it.
pub(super) struct Shape {
    gcm: Gcm,
    /// Authenticated with every chunk: header and what the stream is about.
    about: Vec<u8>,
    pub(super) chunk: usize,
}

impl Shape {
    pub(super) fn new(key: &FileKey, about: &[u8], chunk: Chunk) -> Result<(Shape, [u8; HEADER])> {
        let mut header = [0; HEADER];
        header[..8].copy_from_slice(MAGIC);
        header[8] = VERSION;
        header[9] = SUITE;
        header[10] = chunk.log2();
        Entropy::system().fill(&mut header[16..]);
        Ok((Shape::read(&header, key, about)?, header))
    }

    pub(super) fn read(header: &[u8; HEADER], key: &FileKey, about: &[u8]) -> Result<Shape> {
        const WHAT: &str = "the sealed file";
        if header[..8] != *MAGIC {
            return Err(Error::Damaged(WHAT));
        }
        if header[8] != VERSION {
            return Err(Error::TooNew { what: WHAT, found: header[8], known: VERSION });
        }
        let chunk = match (header[9], header[10]) {
            (SUITE, log2) if log2 == Chunk::Kib16.log2() || log2 == Chunk::Kib64.log2() => 1 << log2,
            _ => return Err(Error::Damaged(WHAT)),
        };
        let gcm = Gcm::new(&key.derive(&header[16..], "dreamomni2 stream v1")?)?;
        Ok(Shape { gcm, about: [header, about].concat(), chunk })
    }

    /// Bytes a full chunk takes on disk.
    pub(super) fn stride(&self) -> usize {
        self.chunk + TAG
    }

    /// Seals one chunk into `out`, which is a tag longer.
    pub(super) fn seal(&self, number: u64, last: bool, plain: &[u8], out: &mut [u8]) -> Result<()> {
        let (body, tag) = out.split_at_mut(plain.len());
        body.copy_from_slice(plain);
        tag.copy_from_slice(&self.gcm.seal(nonce(number, last), &self.about, body)?);
        Ok(())
    }

    /// Opens one chunk into `out`, which is a tag shorter.
    pub(super) fn open(&self, number: u64, last: bool, sealed: &[u8], out: &mut [u8]) -> Result<(), Mismatch> {
        let (body, tag) = sealed.split_last_chunk::<TAG>().ok_or(Mismatch)?;
        self.gcm.open(nonce(number, last), &self.about, body, tag, out)
    }
}

fn nonce(number: u64, last: bool) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[..8].copy_from_slice(&number.to_be_bytes());
    nonce[11] = u8::from(last);
    nonce
}

/// Runs `work` on equal shares of `jobs`, on all cores when there is enough to do.
pub(super) fn share<T: Send, E: Send>(jobs: Vec<T>, work: impl Fn(T) -> Result<(), E> + Sync) -> Result<(), E> {
    /// Fewer chunks than this are done before a thread has begun.
    const WORTH_A_THREAD: usize = 8;
    // Asking the system costs several files of /proc and /sys each time.
    static CORES: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, NonZeroUsize::get));
    let lanes = CORES.min(jobs.len() / WORTH_A_THREAD).max(1);
    let portion = jobs.len().div_ceil(lanes).max(1);
    let mut jobs = jobs.into_iter();
    let work = &work;
    thread::scope(|scope| {
        let mine: Vec<T> = jobs.by_ref().take(portion).collect();
        let mut others = Vec::new();
        for _ in 1..lanes {
            let portion: Vec<T> = jobs.by_ref().take(portion).collect();
            others.push(scope.spawn(move || portion.into_iter().try_for_each(work)));
        }
        let mut done = mine.into_iter().try_for_each(work);
        for other in others {
            done = done.and(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    })
}
