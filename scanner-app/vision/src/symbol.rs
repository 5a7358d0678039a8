//! What a decoder says of one QR symbol.

use serde::{Deserialize, Serialize};

/// Corners in pixels of the picture, x to the right and y down: top-left, top-right, bottom-right, bottom-left
/// *of the symbol*, whichever way it is turned.
pub type Corners = [[f32; 2]; 4];

/// Error-correction level of a symbol, by its share of damage that can be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EcLevel {
    /// About 7 %.
    L,
    /// About 15 %.
    M,
    /// About 25 %.
    Q,
    /// About 30 %.
    H,
}

/// How the payload is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Digits only, 10 bits for three.
    Numeric,
    /// Digits, upper-case letters and nine signs, 11 bits for two.
    Alphanumeric,
    /// Bytes.
    Byte,
    /// Shift JIS double bytes in 13 bits.
    Kanji,
    /// Several segments of different modes.
    Mixed,
}

/// The step of the pipeline that read a symbol first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// One pass over the picture as it is.
    Fast,
    /// The picture also turned, scaled down and inverted.
    Full,
    /// The modules, sampled where the symbol was located and put right by this crate.
    Modules,
    /// A crop around a symbol that was located but not read.
    Crop,
    /// The whole picture scaled or sharpened.
    Scaled,
    /// The pure-Rust decoder over the picture.
    Rqrr,
}

/// One QR symbol that was read. What the decoder did not say is `None`, never guessed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Symbol {
    /// The payload as text; bytes that are no text in any announced character set are replaced.
    pub text: String,
    /// The payload bytes, where they are not simply the UTF-8 of `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Vec<u8>>,
    /// Where it is.
    pub corners: Corners,
    /// QR version, 1 to 40; `None` also for Micro QR, which counts its own way.
    pub version: Option<u8>,
    /// Error-correction level.
    pub ec_level: Option<EcLevel>,
    /// How the payload is encoded.
    pub mode: Option<Mode>,
    /// Seen in a mirror, or printed so.
    pub mirrored: bool,
    /// The step that read it first.
    pub stage: Stage,
    /// Whether the text may be taken as read right: two reads agree, or the caller found a check digit to hold.
    pub accepted: bool,
    /// Reads of the same text at the same place by different decoder families or transforms, at least 1.
    pub agree: u8,
}

impl Symbol {
    /// A symbol as one decoder first reports it: metadata unknown, one read.
    #[must_use]
    pub fn new(text: String, corners: Corners, stage: Stage) -> Self {
        Self {
            text,
            bytes: None,
            corners,
            version: None,
            ec_level: None,
            mode: None,
            mirrored: false,
            stage,
            accepted: false,
            agree: 1,
        }
    }

    /// Accepts the text when two reads agree or when `check_holds`: the check digit that the caller's code grammar
    /// demands is there and right. Returns the decision.
    pub fn accept(&mut self, check_holds: bool) -> bool {
        self.accepted = check_holds || self.agree >= 2;
        self.accepted
    }

    /// Whether it is a Micro QR symbol, whose few parity codewords let chance pass.
    pub(crate) fn is_micro(&self) -> bool {
        self.version.is_none()
    }

    /// The payload bytes.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.bytes.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// The mean of the corners, pixels.
    #[must_use]
    pub fn centre(&self) -> [f32; 2] {
        centre(&self.corners)
    }
}

/// The mean of four corners.
pub(crate) fn centre(corners: &Corners) -> [f32; 2] {
    [0, 1].map(|axis| corners.iter().map(|corner| corner[axis]).sum::<f32>() / 4.0)
}

/// The longest side in pixels.
pub(crate) fn longest_side(corners: &Corners) -> f32 {
    (0..4)
        .map(|at| {
            let (a, b) = (corners[at], corners[(at + 1) % 4]);
            (a[0] - b[0]).hypot(a[1] - b[1])
        })
        .fold(0.0, f32::max)
}

/// Whether two symbols cannot be different ones: the centres are nearer than half a side of the larger.
/// Symbols do not overlap, so neighbours are at least a whole side apart.
pub(crate) fn same_place(a: &Corners, b: &Corners) -> bool {
    let (p, q) = (centre(a), centre(b));
    (p[0] - q[0]).hypot(p[1] - q[1]) < longest_side(a).max(longest_side(b)) / 2.0
}

/// Whether a point lies on a symbol, or a twelfth of its side beside it.
pub(crate) fn is_around(corners: &Corners, [x, y]: [f32; 2]) -> bool {
    let span = |axis: usize| {
        let values = corners.map(|corner| corner[axis]);
        let (low, high) = (values.into_iter().fold(f32::MAX, f32::min), values.into_iter().fold(f32::MIN, f32::max));
        let margin = (high - low) / 12.0;
        low - margin..high + margin
    };
    span(0).contains(&x) && span(1).contains(&y)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: Corners = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]];

    #[test]
    fn place_tells_neighbours_apart() {
        let moved = |dx: f32| SQUARE.map(|[x, y]| [x + dx, y]);
        assert!(same_place(&SQUARE, &moved(2.0)));
        assert!(!same_place(&SQUARE, &moved(10.0)));
    }

    #[test]
    fn acceptance_needs_a_check_or_a_second_read() {
        let mut symbol = Symbol::new("A".into(), SQUARE, Stage::Fast);
        assert!(!symbol.accept(false));
        assert!(symbol.accept(true));
        symbol.agree = 2;
        assert!(symbol.accept(false));
    }
}
