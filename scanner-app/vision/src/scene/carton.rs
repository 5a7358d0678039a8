//! One carton: cardboard, tape, and the sticker with the symbol and its caption.

use image::{Rgb, RgbImage};

use super::label::{Label, QUIET_MODULES, SYMBOL_MODULES};
use super::random::Random;
use crate::perspective::Perspective;
use crate::symbol::Corners;

/// Samples a side of each pixel, against jagged edges.
const SAMPLES: u8 = 2;

/// A rectangle on the front of a carton, in modules, the origin at the symbol's quiet zone.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl Area {
    pub(crate) const fn width(&self) -> f32 {
        self.right - self.left
    }

    pub(crate) const fn height(&self) -> f32 {
        self.bottom - self.top
    }

    fn holds(&self, x: f32, y: f32) -> bool {
        x >= self.left && x < self.right && y >= self.top && y < self.bottom
    }
}

/// The whole visible front, the strip of the carton's top included.
pub(crate) const FACE: Area = Area { left: -12.0, top: -16.0, right: 49.0, bottom: 55.0 };
/// The carton's top, seen from a little above.
const TOP: Area = Area { left: -12.0, top: -16.0, right: 49.0, bottom: -10.0 };
/// The front without its darker edges.
const BODY: Area = Area { left: -11.5, top: -16.0, right: 48.5, bottom: 54.4 };
const TAPE: Area = Area { left: 13.0, top: -16.0, right: 24.0, bottom: 55.0 };
const STICKER: Area = Area { left: -2.0, top: -3.0, right: 39.0, bottom: 46.0 };
/// Where the caption's letters stand, two lines of it.
const CAPTION: [Area; 2] = [
    Area { left: 4.0, top: 38.0, right: 33.0, bottom: 40.2 },
    Area { left: 4.0, top: 41.8, right: 25.0, bottom: 43.6 },
];

/// A carton as the camera sees it.
pub(crate) struct Carton {
    label: Label,
    corners: Corners,
    to_frame: Perspective,
    to_face: Perspective,
    /// Colour of its cardboard.
    board: [f32; 3],
    /// Which letters the caption shows.
    print: u32,
}

impl Carton {
    /// A carton whose face has `corners` in the frame; `None` when it is seen edge-on.
    pub(crate) fn new(label: Label, corners: Corners, random: &mut Random) -> Option<Self> {
        let to_frame = Perspective::from_unit_square(&corners)?;
        let light = random.between(0.9, 1.06);
        let board = [188.0, 146.0, 98.0].map(|part: f32| part * light);
        // The caption belongs to the label, so it stays from frame to frame.
        let print = label.text().bytes().fold(17_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        Some(Self { label, corners, to_face: to_frame.inverse(), to_frame, board, print })
    }

    /// Corners of the symbol, quiet zone excluded, pixels.
    pub(crate) fn symbol_corners(&self) -> Corners {
        let (near, far) = (small(QUIET_MODULES), small(QUIET_MODULES + SYMBOL_MODULES));
        [[near, near], [far, near], [far, far], [near, far]]
            .map(|[x, y]| self.to_frame.map([(x - FACE.left) / FACE.width(), (y - FACE.top) / FACE.height()]))
    }

    /// Paints the carton over the frame.
    pub(crate) fn draw(&self, frame: &mut RgbImage) {
        let (columns, rows) = (self.span(0, frame.width()), self.span(1, frame.height()));
        for y in rows {
            for x in columns.clone() {
                let under = frame.get_pixel(x, y).0.map(f32::from);
                frame.put_pixel(x, y, Rgb(self.pixel(x, y, under)));
            }
        }
    }

    /// Pixels that the face can cover along an axis.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped before the cast
    fn span(&self, axis: usize, limit: u32) -> std::ops::Range<u32> {
        let values = self.corners.map(|corner| corner[axis]);
        let low = values.into_iter().fold(f32::MAX, f32::min).max(0.0);
        let high = values.into_iter().fold(0.0, f32::max).ceil();
        (low as u32).min(limit)..(high as u32).min(limit)
    }

    fn pixel(&self, x: u32, y: u32, under: [f32; 3]) -> [u8; 3] {
        let offset = |step: u8| (f32::from(step) + 0.5) / f32::from(SAMPLES);
        let mut sum = [0.0; 3];
        for step in 0..SAMPLES * SAMPLES {
            let point = [super::pixel(x) + offset(step % SAMPLES), super::pixel(y) + offset(step / SAMPLES)];
            let [u, v] = self.to_face.map(point);
            let (u, v) = (u * FACE.width() + FACE.left, v * FACE.height() + FACE.top);
            let colour = if FACE.holds(u, v) { self.colour(u, v) } else { under };
            for (total, part) in sum.iter_mut().zip(colour) {
                *total += part;
            }
        }
        sum.map(|total| to_byte(total / f32::from(SAMPLES * SAMPLES)))
    }

    /// What is printed or glued at a point of the face, modules.
    fn colour(&self, x: f32, y: f32) -> [f32; 3] {
        if STICKER.holds(x, y) {
            return if self.is_printed(x, y) { [28.0, 28.0, 32.0] } else { [234.0, 234.0, 228.0] };
        }
        let shadow = Area { left: STICKER.left + 0.7, top: STICKER.top + 0.7, right: 39.7, bottom: 46.7 };
        let shade = if TOP.holds(x, y) {
            1.16
        } else if y < TOP.bottom + 0.6 {
            0.72
        } else if shadow.holds(x, y) {
            0.8
        } else if !BODY.holds(x, y) {
            0.68
        } else {
            // Flutes of the board, just visible.
            1.0 + 0.02 * wave(x * 0.38) + 0.015 * wave(y * 0.05 + x * 0.011)
        };
        let board = self.board.map(|part| part * shade);
        if TAPE.holds(x, y) { mix(board, [206.0, 178.0, 128.0], 0.45) } else { board }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // inside the sticker; the symbol checks bounds
    fn is_printed(&self, x: f32, y: f32) -> bool {
        let (column, row) = (x - small(QUIET_MODULES), y - small(QUIET_MODULES));
        if column >= 0.0 && row >= 0.0 && self.label.is_dark(column as usize, row as usize) {
            return true;
        }
        CAPTION
            .iter()
            .enumerate()
            .any(|(line, area)| area.holds(x, y) && self.is_letter(x - area.left, y - area.top, line))
    }

    /// Strokes that look like small print: letters 1.4 modules apart, each a few of its four strokes.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a caption has few letters
    fn is_letter(&self, x: f32, y: f32, line: usize) -> bool {
        const PITCH: f32 = 1.4;
        let letter = (x / PITCH) as u32;
        let at = x % PITCH;
        let strokes = self.print.rotate_left((letter * 5 + if line == 0 { 0 } else { 13 }) % 32) | 1;
        let drawn = |stroke: u32, here: bool| here && (strokes >> stroke) & 1 == 1;
        at < 1.0
            && (drawn(0, at < 0.35) || drawn(1, y < 0.4) || drawn(2, at > 0.65) || drawn(3, (0.8..1.2).contains(&y)))
    }
}

/// A triangle wave of period 1 between -1 and 1, for arguments above -10; a sine would cost a third of the frame.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // positions on a face
fn wave(at: f32) -> f32 {
    let at = at + 10.0;
    let phase = at - f32::from(at as u16);
    (phase - 0.5).abs() * 4.0 - 1.0
}

/// `over` laid on `under`, covering a share of 0 to 1.
pub(crate) fn mix(under: [f32; 3], over: [f32; 3], share: f32) -> [f32; 3] {
    [0, 1, 2].map(|part| under[part] + (over[part] - under[part]) * share)
}

/// A colour part as a byte, rounded and clamped: the cast saturates.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn to_byte(value: f32) -> u8 {
    (value + 0.5) as u8
}

#[allow(clippy::cast_precision_loss)] // counts of modules
fn small(count: usize) -> f32 {
    count as f32
}
