//! What the studio and a worker process say to each other: length-prefixed MessagePack frames.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::base::units::{Rate, Size};
use crate::inference::{Latents, Order, ReferencePicture, Role, Settings, Task, UnknownWord};
use crate::media;
use crate::media::picture::Picture;
use crate::media::scene::Scene;

/// No frame is longer: a 64 megapixel picture and some room.
const MOST: u32 = 512 << 20;

#[derive(Debug, Serialize, Deserialize)]
pub enum ToWorker {
    /// The first frame, once.
    Hello {
        engine: Settings,
        models: Option<PathBuf>,
    },
    Run(Box<Run>),
    Cancel {
        ticket: u64,
    },
    Quit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Output {
    Png,
    Mp4,
}

/// One order, rendered once per seed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    pub ticket: u64,
    pub package: String,
    pub order: OrderFrame,
    pub seeds: Vec<u64>,
    pub output: Output,
    /// Steps between two previews; 0 for none.
    pub preview_every: u32,
}

#[derive(Debug, Serialize, Deserialize)]
pub enum FromWorker {
    Ready {
        device: String,
    },
    /// A step of one variation (from 0); the preview is a JPEG.
    Step {
        ticket: u64,
        variation: u32,
        step: u32,
        of: u32,
        preview: Option<Bytes>,
    },
    /// Frames of a clip that are drawn and encoded.
    Frames {
        ticket: u64,
        variation: u32,
        done: u32,
        of: u32,
    },
    Made(Box<Finished>),
    /// All variations are made.
    Done {
        ticket: u64,
    },
    Failed {
        ticket: u64,
        code: String,
        sentence: String,
        refused: bool,
    },
}

/// One finished variation.
#[derive(Debug, Serialize, Deserialize)]
pub struct Finished {
    pub ticket: u64,
    pub variation: u32,
    pub seed: u64,
    pub size: Size,
    /// 0 for a picture.
    pub frames: u32,
    /// A PNG or MP4 file, whole.
    pub file: Bytes,
    /// A clip's frames without loss, as `media::frames` keeps them.
    pub lossless: Option<Bytes>,
    /// The picture, or a clip's first frame, as JPEG of at most 512 pixels.
    pub thumb: Bytes,
    /// The same at most 1600 pixels, for looking at.
    pub view: Bytes,
    /// Text that paints a blurred stand-in; see `media::blur`.
    pub blur: String,
    pub scene: Option<SceneFrame>,
    pub unknown_words: Vec<UnknownWord>,
    pub seconds: f64,
}

/// [`Order`] as it travels; pictures as raw RGB bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderFrame {
    pub task: Task,
    pub prompt: String,
    pub negative: Option<String>,
    pub references: Vec<ReferenceFrame>,
    pub size: Size,
    pub steps: u32,
    pub guidance: f32,
    pub frames: u32,
    pub rate: Rate,
    pub strength: Option<f32>,
    pub scheduler: Option<String>,
    pub init_latents: Option<Latents>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReferenceFrame {
    pub size: Size,
    pub rgb: Bytes,
    pub role: Role,
    pub scene: Option<SceneFrame>,
}

impl From<Order> for OrderFrame {
    fn from(order: Order) -> Self {
        let references = order.references.into_iter().map(|r| ReferenceFrame {
            size: r.picture.size(),
            rgb: Bytes(r.picture.into_rgb()),
            role: r.role,
            scene: r.scene.map(SceneFrame::from),
        });
        OrderFrame {
            task: order.task,
            prompt: order.prompt,
            negative: order.negative,
            references: references.collect(),
            size: order.size,
            steps: order.steps,
            guidance: order.guidance,
            frames: order.frames,
            rate: order.rate,
            strength: order.strength,
            scheduler: order.scheduler,
            init_latents: order.init_latents,
        }
    }
}

impl OrderFrame {
    /// The order for one seed; fails when a picture's bytes do not fit its size.
    pub fn with_seed(self, seed: u64) -> Result<Order, media::Error> {
        let references = self.references.into_iter().map(|r| {
            let picture = Picture::new(r.size, r.rgb.0)?;
            Ok(ReferencePicture { picture, role: r.role, scene: r.scene.map(Scene::from) })
        });
        Ok(Order {
            task: self.task,
            prompt: self.prompt,
            negative: self.negative,
            references: references.collect::<Result<_, media::Error>>()?,
            size: self.size,
            steps: self.steps,
            guidance: self.guidance,
            seed,
            frames: self.frames,
            rate: self.rate,
            strength: self.strength,
            scheduler: self.scheduler,
            init_latents: self.init_latents,
        })
    }
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
        say(&mut wire, &FromWorker::Step { ticket: 7, variation: 1, step: 2, of: 3, preview }).unwrap();
        let heard = hear::<FromWorker>(&mut wire.as_slice()).unwrap().unwrap();
        assert!(matches!(heard, FromWorker::Step { ticket: 7, preview: Some(Bytes(b)), .. } if b == [1, 2, 255]));
        assert!(hear::<FromWorker>(&mut [].as_slice()).unwrap().is_none());
        assert!(hear::<FromWorker>(&mut &wire[..wire.len() - 1]).is_err());
        assert!(hear::<FromWorker>(&mut [255; 8].as_slice()).is_err());
    }
}
