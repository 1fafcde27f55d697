//! Frames become a clip: AV1 in MP4, constant rate, every eighth frame a place to seek to.

use rav1e::color::{
    ChromaSampling, ColorDescription, ColorPrimaries, MatrixCoefficients, PixelRange, TransferCharacteristics,
};
use rav1e::config::SpeedSettings;
use rav1e::data::{FrameType, Rational};
use rav1e::{Config, Context, EncoderConfig, EncoderStatus};

use super::error::Error;
use super::mp4::{self, Sample};
use super::picture::{MOST_SIDE, Picture};
use super::yuv;
use crate::base::units::{Rate, Size};

pub use super::mp4::{Facts, facts};

/// The smallest side that the encoder takes.
pub const LEAST_SIDE: u32 = 16;
/// From 0, all that can be kept, to 255; lower looks better and is larger.
const QUANTIZER: usize = 80;
const SPEED: u8 = 10;
const KEY_FRAME_EVERY: u64 = 8;

/// Takes frames one by one; all of them have the size given at the start.
pub struct Encoder {
    size: Size,
    rate: Rate,
    context: Context<u8>,
    samples: Vec<Sample>,
}

impl Encoder {
    /// Sides from 16 pixels on; any exact rate.
    pub fn new(size: Size, rate: Rate) -> Result<Self, Error> {
        let Size { width, height } = size;
        let sides = LEAST_SIDE..=MOST_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) {
            return Err(Error::Size { width, height, least: LEAST_SIDE, most: MOST_SIDE });
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        let config = Config::new().with_encoder_config(settings(size, rate)).with_threads(threads);
        let context = config.new_context().map_err(|e| Error::Encoder(e.to_string()))?;
        Ok(Encoder { size, rate, context, samples: Vec::new() })
    }

    pub fn push(&mut self, frame: &Picture) -> Result<(), Error> {
        if frame.size() != self.size {
            let Size { width, height } = frame.size();
            let (want, got) = (self.size.pixels() * 3, frame.size().pixels() * 3);
            return Err(Error::Pixels { width, height, want, got });
        }
        let planes = yuv::planes(frame);
        let mut raw = self.context.new_frame();
        let widths = [self.size.width as usize, planes.colour_width, planes.colour_width];
        for ((plane, values), width) in raw.planes.iter_mut().zip([&planes.y, &planes.u, &planes.v]).zip(widths) {
            plane.copy_from_raw_u8(values, width, 1);
        }
        self.context.send_frame(raw).map_err(gave_up)?;
        self.drain()
    }

    /// The whole MP4, playable while it still loads.
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        self.context.flush();
        self.drain()?;
        if self.samples.is_empty() {
            return Err(Error::NoFrames);
        }
        mp4::write(self.size, self.rate, &self.context.container_sequence_header(), &self.samples)
    }

    fn drain(&mut self) -> Result<(), Error> {
        loop {
            match self.context.receive_packet() {
                Ok(packet) => {
                    let key = packet.frame_type == FrameType::KEY;
                    self.samples.push(Sample { data: without_delimiter(packet.data), key });
                }
                Err(EncoderStatus::Encoded) => {}
                Err(EncoderStatus::NeedMoreData | EncoderStatus::LimitReached) => return Ok(()),
                Err(status) => return Err(gave_up(status)),
            }
        }
    }
}

fn settings(size: Size, rate: Rate) -> EncoderConfig {
    EncoderConfig {
        width: size.width as usize,
        height: size.height as usize,
        time_base: Rational::new(rate.den.into(), rate.num.into()),
        bit_depth: 8,
        chroma_sampling: ChromaSampling::Cs420,
        pixel_range: PixelRange::Limited,
        color_description: Some(ColorDescription {
            color_primaries: ColorPrimaries::BT709,
            transfer_characteristics: TransferCharacteristics::BT709,
            matrix_coefficients: MatrixCoefficients::BT709,
        }),
        min_key_frame_interval: KEY_FRAME_EVERY,
        max_key_frame_interval: KEY_FRAME_EVERY,
        quantizer: QUANTIZER,
        tiles: 2,
        // Frames stay in the order in which they are shown: one step back decodes at most eight.
        low_latency: true,
        speed_settings: SpeedSettings::from_preset(SPEED),
        ..EncoderConfig::default()
    }
}

/// MP4 forbids the two bytes with which each of the encoder's packets begins.
fn without_delimiter(mut data: Vec<u8>) -> Vec<u8> {
    if data.starts_with(&[0x12, 0x00]) {
        data.drain(..2);
    }
    data
}

fn gave_up(status: EncoderStatus) -> Error {
    Error::Encoder(status.to_string())
}
