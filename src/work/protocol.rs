//! What the studio and a worker process say to each other: length-prefixed `MessagePack` frames.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::base::units::{Rate, Size};
use crate::inference::replay::Case;
use crate::inference::{Brief, Device, Order, ReferencePicture, Role, Settings, Task, Trial, UnknownWord};
use crate::media;
use crate::media::decode::{Limits, decode};
use crate::media::scene::Scene;

/// No frame is longer.
const MOST: u32 = 512 << 20;

#[derive(Debug, Serialize, Deserialize)]
pub enum ToWorker {
    /// The first frame, once.
    Hello {
        engine: Settings,
        models: Option<PathBuf>,
        /// What opens sealed models; the only key that a worker ever sees.
        key: Option<Bytes>,
    },
    /// In place of `Hello`: has every provider compute something small, answers, and ends.
    Try {
        engine: Settings,
        card: u32,
    },
    Run(Box<Run>),
    /// Says a prompt as the package's model was trained to read it.
    Rewrite(Box<Rewrite>),
    /// Replays a package's reference cases.
    Test {
        ticket: u64,
        package: String,
    },
    /// Has an upscaler that is being brought in enlarge something small.
    Measure {
        ticket: u64,
        folder: PathBuf,
    },
    Cancel {
        ticket: u64,
    },
}

/// One order to carry out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    pub ticket: u64,
    pub package: String,
    pub order: OrderFrame,
    /// Steps between two previews; 0 for none.
    pub preview_every: u32,
    /// Milliseconds that pass before the first preview and between two: a quick model spends nothing on them.
    pub preview_pause: u32,
}

/// One prompt to rewrite.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rewrite {
    pub ticket: u64,
    pub package: String,
    pub task: Task,
    pub prompt: String,
    pub references: Vec<ReferenceFrame>,
}

impl Rewrite {
    /// Fails when a reference is not a picture that may be opened.
    pub fn brief(self) -> Result<Brief, media::Error> {
        Ok(Brief { task: self.task, prompt: self.prompt, references: opened(self.references)? })
    }
}

/// Every answer to a ticket ends with `Made`, `Rewritten`, `Tested`, `Measured` or `Failed`.
#[derive(Debug, Serialize, Deserialize)]
pub enum FromWorker {
    Ready {
        device: Device,
    },
    Tried {
        trials: Vec<Trial>,
    },
    /// A denoising step is made; the preview is a JPEG.
    Step {
        ticket: u64,
        step: u32,
        of: u32,
        preview: Option<Bytes>,
    },
    /// So many frames of a clip are drawn and encoded.
    Frame {
        ticket: u64,
        done: u32,
        of: u32,
    },
    Made(Box<Finished>),
    /// So many pieces of words of a rewritten prompt are there.
    Said {
        ticket: u64,
        tokens: u32,
    },
    Rewritten {
        ticket: u64,
        text: String,
    },
    Tested {
        ticket: u64,
        cases: Vec<Case>,
    },
    Measured {
        ticket: u64,
        scale: u32,
    },
    Failed {
        ticket: u64,
        code: String,
        sentence: String,
    },
}

impl FromWorker {
    pub(super) fn failed(ticket: u64, code: &str, sentence: &dyn std::fmt::Display) -> Self {
        FromWorker::Failed { ticket, code: code.to_owned(), sentence: sentence.to_string() }
    }
}

/// A finished picture or clip.
#[derive(Debug, Serialize, Deserialize)]
pub struct Finished {
    pub ticket: u64,
    pub size: Size,
    /// 0 for a picture.
    pub frames: u32,
    /// A PNG or MP4 file, whole.
    pub file: Bytes,
    /// A clip's first frame as PNG.
    pub poster: Option<Bytes>,
    /// A clip's frames without loss, as `media::frames` keeps them.
    pub lossless: Option<Bytes>,
    pub scene: Option<SceneFrame>,
    pub unknown_words: Vec<UnknownWord>,
    /// The package that made it: version and hash.
    pub version: String,
    pub hash: String,
    pub seconds: f64,
}

/// [`Order`] as it travels: pictures as the files they are, opened only inside the worker.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderFrame {
    pub task: Task,
    pub prompt: String,
    pub negative: Option<String>,
    pub references: Vec<ReferenceFrame>,
    pub size: Size,
    pub steps: u32,
    pub guidance: f32,
    pub seed: u64,
    pub frames: u32,
    pub rate: Rate,
    pub strength: Option<f64>,
    pub scheduler: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReferenceFrame {
    /// PNG, JPEG or WebP.
    pub file: Bytes,
    pub role: Role,
    pub scene: Option<SceneFrame>,
}

impl OrderFrame {
    /// The order itself; fails when a reference, which lay in the studio, is not a picture that may be opened.
    pub fn order(self) -> Result<Order, media::Error> {
        Ok(Order {
            task: self.task,
            prompt: self.prompt,
            negative: self.negative,
            references: opened(self.references)?,
            size: self.size,
            steps: self.steps,
            guidance: self.guidance,
            seed: self.seed,
            frames: self.frames,
            rate: self.rate,
            strength: self.strength,
            scheduler: self.scheduler,
            init_latents: None,
        })
    }
}

fn opened(references: Vec<ReferenceFrame>) -> Result<Vec<ReferencePicture>, media::Error> {
    let open = |r: ReferenceFrame| {
        let (picture, _) = decode(&r.file.0, &Limits::own())?;
        Ok(ReferencePicture { picture, role: r.role, scene: r.scene.map(Scene::from) })
    };
    references.into_iter().map(open).collect()
}

/// A scene as it travels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SceneFrame {
    pub package: [u8; 32],
    pub latents: Vec<f32>,
}

impl From<Scene> for SceneFrame {
    fn from(scene: Scene) -> Self {
        SceneFrame { package: scene.package, latents: scene.latents }
    }
}

impl From<SceneFrame> for Scene {
    fn from(scene: SceneFrame) -> Self {
        Scene { package: scene.package, latents: scene.latents }
    }
}

/// Bytes that travel as one block and never show up in a debug print.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Block;
        impl serde::de::Visitor<'_> for Block {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a block of bytes")
            }
            fn visit_bytes<E: serde::de::Error>(self, v: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(v.to_vec()))
            }
            fn visit_byte_buf<E: serde::de::Error>(self, v: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(v))
            }
        }
        d.deserialize_byte_buf(Block)
    }
}

/// Writes one frame.
pub fn say(out: &mut impl Write, what: &impl Serialize) -> io::Result<()> {
    let body = rmp_serde::to_vec_named(what).map_err(io::Error::other)?;
    let length = u32::try_from(body.len()).ok().filter(|n| *n <= MOST).ok_or_else(too_long)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(&body)?;
    out.flush()
}

/// Reads one frame; none when the other side has hung up between two frames.
pub fn hear<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u32::from_le_bytes(length);
    if length > MOST {
        return Err(too_long());
    }
    // Grown as the bytes arrive: a garbled length cannot make us set aside half a gigabyte.
    let mut body = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut body)?;
    if body.len() != length as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    rmp_serde::from_slice(&body).map(Some).map_err(io::Error::other)
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a frame is longer than 512 MiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_survives_the_socket_and_a_cut_one_is_an_error() {
        let mut wire = Vec::new();
        let preview = Some(Bytes(vec![1, 2, 255]));
        say(&mut wire, &FromWorker::Step { ticket: 7, step: 2, of: 3, preview }).unwrap();
        let heard = hear::<FromWorker>(&mut wire.as_slice()).unwrap().unwrap();
        assert!(matches!(heard, FromWorker::Step { ticket: 7, preview: Some(Bytes(b)), .. } if b == [1, 2, 255]));
        assert!(hear::<FromWorker>(&mut [].as_slice()).unwrap().is_none());
        assert!(hear::<FromWorker>(&mut &wire[..wire.len() - 1]).is_err());
        assert!(hear::<FromWorker>(&mut [255; 8].as_slice()).is_err());
    }
}
