//! Sizes and rates with their units in the type.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    pub fn new(width: u32, height: u32) -> Self {
        Size { width, height }
    }

    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts =
            text.split_once(['x', 'X', '×']).and_then(|(w, h)| Some((w.trim().parse().ok()?, h.trim().parse().ok()?)));
        parts.map(|(w, h)| Size::new(w, h)).ok_or_else(|| format!("\"{text}\" is not a size; write it like 640x360"))
    }
}

/// Frames per second as an exact fraction: 24 is 24/1, 23.976 is 24000/1001.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rate {
    pub num: u32,
    pub den: u32,
}

impl Rate {
    pub const FILM: Rate = Rate { num: 24, den: 1 };

    /// Refuses zero on either side and more than 120 frames a second.
    pub fn new(num: u32, den: u32) -> Option<Self> {
        (num > 0 && den > 0 && u64::from(num) <= 120 * u64::from(den)).then_some(Rate { num, den })
    }

    /// When frame `index` begins, in seconds.
    pub fn seconds(self, index: u32) -> f64 {
        f64::from(index) * f64::from(self.den) / f64::from(self.num)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.den == 1 { write!(f, "{}", self.num) } else { write!(f, "{}/{}", self.num, self.den) }
    }
}

impl FromStr for Rate {
    type Err = String;

    /// Reads `24`, `24000/1001`, and the customary `23.976`, `29.97`, `59.94`.
    fn from_str(text: &str) -> Result<Self, String> {
        let told = match text {
            "23.976" | "23.98" => Some((24_000, 1001)),
            "29.97" => Some((30_000, 1001)),
            "59.94" => Some((60_000, 1001)),
            _ => match text.split_once('/') {
                Some((n, d)) => n.parse().ok().zip(d.parse().ok()),
                None => text.parse().ok().map(|n| (n, 1)),
            },
        };
        told.and_then(|(n, d)| Rate::new(n, d))
            .ok_or_else(|| format!("\"{text}\" is not a frame rate; write it like 24, 25, 30 or 24000/1001"))
    }
}
