//! Why a picture or clip was refused, in words for the person who brought it.

use std::io;

/// Every refusal of this floor; the text says what happened and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("This file is not a picture that the studio reads. Please bring a PNG, JPEG or WebP file")]
    UnknownFormat,
    #[error("The file has {bytes} bytes; at most {most} are read. Please save it smaller")]
    FileTooLarge { bytes: u64, most: u64 },
    #[error(
        "The picture measures {width}x{height}; at most {side} a side and {pixels} pixels are read. Please scale it down"
    )]
    TooLarge { width: u32, height: u32, side: u32, pixels: u64 },
    #[error("The picture moves: it has more than one frame. Please save one frame of it as PNG or JPEG")]
    Animated,
    #[error("The file ends before the picture does; it was cut off on the way. Please copy or export it again")]
    Truncated,
    #[error("The picture is damaged and cannot be read ({0}). Please export it again")]
    Damaged(String),
    #[error("A picture of {width}x{height} cannot be made: both sides must lie between {least} and {most}")]
    Size { width: u32, height: u32, least: u32, most: u32 },
    #[error("A picture of {width}x{height} has {want} bytes of pixels, not {got}")]
    Pixels { width: u32, height: u32, want: u64, got: u64 },
    #[error("Frame {frame} is not in this clip, which has {frames}")]
    NoFrame { frame: u32, frames: u32 },
    #[error("The clip has no frames, so there is nothing to write")]
    NoFrames,
    #[error("The video encoder gave up: {0}")]
    Encoder(String),
    #[error("The stored clip or its frames are damaged ({0})")]
    Store(&'static str),
    #[error("The archive would grow past 4 GiB or 65,535 files; please take fewer frames")]
    ArchiveTooLarge,
    #[error("Writing or reading failed: {0}")]
    Io(#[from] io::Error),
}

/// Whose turn it is after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was brought or asked for cannot be taken; the person can change it.
    Refused,
    /// It is too much, in bytes or pixels.
    TooLarge,
    /// The thing asked for is not there.
    Missing,
    /// Nothing the person did; the log says more.
    Internal,
}

impl Error {
    pub fn kind(&self) -> Kind {
        match self {
            Error::FileTooLarge { .. } | Error::TooLarge { .. } | Error::ArchiveTooLarge => Kind::TooLarge,
            Error::NoFrame { .. } => Kind::Missing,
            Error::Pixels { .. } | Error::Encoder(_) | Error::Store(_) | Error::Io(_) => Kind::Internal,
            Error::UnknownFormat
            | Error::Animated
            | Error::Truncated
            | Error::Damaged(_)
            | Error::Size { .. }
            | Error::NoFrames => Kind::Refused,
        }
    }

    /// Stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::UnknownFormat => "picture_unknown_format",
            Error::FileTooLarge { .. } => "picture_file_too_large",
            Error::TooLarge { .. } => "picture_too_large",
            Error::Animated => "picture_animated",
            Error::Truncated => "picture_truncated",
            Error::Damaged(_) => "picture_damaged",
            Error::Size { .. } => "picture_size",
            Error::Pixels { .. } => "picture_pixels",
            Error::NoFrame { .. } => "clip_no_such_frame",
            Error::NoFrames => "clip_empty",
            Error::Encoder(_) => "clip_encoder_failed",
            Error::Store(_) => "clip_damaged",
            Error::ArchiveTooLarge => "archive_too_large",
            Error::Io(_) => "media_io",
        }
    }
}
