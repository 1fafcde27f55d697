//! The workers' side of the queue: claim, beat, step, hand in, give back.

use std::time::Duration;

use super::super::act::Act;
use super::super::error::Result;
use super::super::recipes::{Recipe, Role};
use super::super::renders::MadeWith;
use super::job::Trouble;
use crate::base::id::{JobId, RenderId, WorkspaceId};
use crate::base::units::Rate;

/// The right to work on one job, until it is not renewed for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub job: JobId,
    pub workspace: WorkspaceId,
    /// Tells one attempt from the next.
    pub ticket: u64,
}

/// A reference picture with its bytes.
pub struct Material {
    pub role: Role,
    /// PNG, JPEG or WebP.
    pub bytes: Vec<u8>,
    /// The scene of a render, where it was kept, and the package hash that made it.
    pub latents: Option<(Vec<u8>, String)>,
}

/// A job to do now.
pub struct Claimed {
    pub lease: Lease,
    /// One recipe per variation that is still missing, with its index.
    pub variations: Vec<(u32, Recipe)>,
    pub materials: Vec<Material>,
}

/// What a worker made of one variation.
pub struct Handed {
    /// PNG for a picture, MP4 for a clip.
    pub file: Vec<u8>,
    /// A clip's first frame as PNG or JPEG; pictures need none.
    pub poster: Option<Vec<u8>>,
    /// A clip's frames without loss, as `media::frames` writes them.
    pub all_frames: Option<Vec<u8>>,
    /// 32-bit floats, little end first.
    pub latents: Option<Vec<u8>>,
    pub width: u32,
    pub height: u32,
    pub frames: Option<u32>,
    pub rate: Option<Rate>,
    pub model: MadeWith,
    pub unknown_words: Vec<String>,
    /// How long it took; the next estimate is made of it.
    pub took: Duration,
}

/// What the studio answers to a beat or a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    GoOn,
    /// Cancelled, or the lease was lost: stop and drop everything.
    Stop,
}

/// The next job for a worker that has `model` loaded; none when nothing waits.
pub fn claim(_system: &Act, _worker: &str, _model: Option<&str>) -> Result<Option<Claimed>> {
    todo!()
}

/// Waits until there may be something to claim.
pub fn wait_for_work(_system: &Act, _most: Duration) {
    todo!()
}

/// Still alive. Without one for 60 seconds the job is given to another.
pub fn beat(_system: &Act, _lease: &Lease) -> Word {
    todo!()
}

/// A denoising step was made; in memory only.
pub fn step(_system: &Act, _lease: &Lease, _variation: u32, _step: u32, _of: u32, _preview: Option<Vec<u8>>) -> Word {
    todo!()
}

/// Hands in one variation. Handing the same one in twice keeps the first.
pub fn finish_variation(_system: &Act, _lease: &Lease, _variation: u32, _handed: Handed) -> Result<RenderId> {
    todo!()
}

/// All variations are in.
pub fn finish(_system: &Act, _lease: &Lease) -> Result<()> {
    todo!()
}

/// It cannot be done, and trying again will not help.
pub fn fail(_system: &Act, _lease: &Lease, _trouble: Trouble) -> Result<()> {
    todo!()
}

/// The worker died or was stopped: back into the queue, or failed after the third attempt.
pub fn give_back(_system: &Act, _lease: &Lease, _why: &str) -> Result<()> {
    todo!()
}
