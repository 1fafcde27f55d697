//! Frames become a clip: AV1 in MP4, constant rate, every eighth frame a place to seek to.

use super::error::Error;
use super::picture::Picture;
use crate::base::units::{Rate, Size};

/// Takes frames one by one; all of them have the size given at the start.
pub struct Encoder {
    _size: Size,
}

impl Encoder {
    /// Sides from 16 pixels on; any exact rate.
    pub fn new(size: Size, rate: Rate) -> Result<Self, Error> {
        let _ = rate;
        Ok(Encoder { _size: size })
    }

    pub fn push(&mut self, frame: &Picture) -> Result<(), Error> {
        let _ = frame;
        todo!()
    }

    /// The whole MP4, playable while it still loads.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        todo!()
    }
}

/// What an MP4 of ours says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub size: Size,
    pub rate: Rate,
    pub frames: u32,
}

/// Reads the boxes of an MP4 written by [`Encoder`]; nothing is decoded.
pub fn facts(mp4: &[u8]) -> Result<Facts, Error> {
    let _ = mp4;
    todo!()
}
