//! Writes pictures: PNG without loss and always the same bytes, JPEG for thumbnails and previews.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use super::error::Error;
use super::picture::Picture;

/// How long the PNG writer looks for a smaller file; the pixels are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// For frames: little time, larger files.
    Quick,
    /// For what people keep.
    Small,
}

/// The same picture gives the same bytes. Text chunks are added by [`super::notes::write`].
pub fn png(picture: &Picture, effort: Effort) -> Result<Vec<u8>, Error> {
    let compression = match effort {
        Effort::Quick => CompressionType::Fast,
        Effort::Small => CompressionType::Default,
    };
    let mut out = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut out, compression, FilterType::Adaptive);
    write(encoder, picture)?;
    Ok(out)
}

/// `quality` from 1 to 100; 82 is good for thumbnails, 70 for previews.
pub fn jpeg(picture: &Picture, quality: u8) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    write(JpegEncoder::new_with_quality(&mut out, quality.clamp(1, 100)), picture)?;
    Ok(out)
}

fn write(encoder: impl ImageEncoder, picture: &Picture) -> Result<(), Error> {
    let size = picture.size();
    encoder.write_image(picture.rgb(), size.width, size.height, ExtendedColorType::Rgb8)?;
    Ok(())
}
