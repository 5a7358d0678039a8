//! Simulated camera frames: code labels on cartons, seen by a handheld's camera. Same scene and seed, same picture.
//!
//! ```
//! use vision::scene::{FrameSize, Scene, WAREHOUSE_1};
//! let scene = Scene::new(&["HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD"], FrameSize::HD, WAREHOUSE_1)?;
//! let shot = scene.shoot(7);
//! assert_eq!((shot.frame.width(), shot.corners.len()), (1280, 1));
//! # Ok::<(), vision::scene::LabelError>(())
//! ```

mod carton;
mod label;
mod layout;
mod lens;
mod profile;
mod random;

#[cfg(test)]
mod tests;

use image::{Rgb, RgbImage};

use self::carton::Carton;
pub use self::label::{LABEL_MAX_CHARS, Label, LabelError};
pub use self::profile::{Profile, WAREHOUSE_1};
use self::random::Random;
use crate::symbol::Corners;

/// Width and height of a frame in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameSize {
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl FrameSize {
    /// 1280x720.
    pub const HD: Self = Self { width: 1280, height: 720 };
    /// 1920x1080.
    pub const FULL_HD: Self = Self { width: 1920, height: 1080 };
}

/// Labels before a camera, each on its own carton: 1 to 8 are laid out at full size, more become smaller.
#[derive(Clone, Debug)]
pub struct Scene {
    labels: Vec<Label>,
    size: FrameSize,
    profile: Profile,
}

/// One frame of a scene and what it truly shows.
#[derive(Clone, Debug)]
pub struct Shot {
    /// The frame, 8-bit RGB.
    pub frame: RgbImage,
    /// Corners of each symbol (without quiet zone) in pixels, in the order of the scene's texts.
    pub corners: Vec<Corners>,
}

impl Scene {
    /// A scene of one label for each text; fails on the first text that no label can carry.
    pub fn new<T: AsRef<str>>(texts: &[T], size: FrameSize, profile: Profile) -> Result<Self, LabelError> {
        let labels = texts.iter().map(|text| Label::new(text.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self { labels, size, profile })
    }

    /// The labels, in the order of the texts.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// One frame; another seed is another moment: hand, focus, light and noise differ, the cartons stay.
    #[must_use]
    pub fn render(&self, seed: u64) -> RgbImage {
        self.shoot(seed).frame
    }

    /// One frame together with the true corners of its labels.
    #[must_use]
    pub fn shoot(&self, seed: u64) -> Shot {
        let mut random = Random::new(seed);
        let cartons = layout::place(&self.labels, self.size, &self.profile, &mut random);
        let mut frame = backdrop(self.size, &mut random);
        for carton in &cartons {
            carton.draw(&mut frame);
        }
        let frame = lens::expose(frame, &self.profile, &mut random);
        Shot { frame, corners: cartons.iter().map(Carton::symbol_corners).collect() }
    }
}

/// The racking behind the cartons: a dim wall, beams across and posts, out of focus.
fn backdrop(size: FrameSize, moment: &mut Random) -> RgbImage {
    const BEAM: [f32; 3] = [172.0, 92.0, 40.0];
    const POST: [f32; 3] = [48.0, 70.0, 104.0];
    let shift = moment.between(0.0, 0.012);
    let place = |at: u32| pixel(at) / pixel(size.height) + shift;
    let posts: Vec<f32> = (0..size.width).map(|x| soft_bar(place(x) % 0.89, 0.3, 0.335)).collect();
    let mut frame = RgbImage::new(size.width, size.height);
    for (y, row) in frame.enumerate_rows_mut() {
        let wall = 46.0 + 22.0 * (1.0 - place(y));
        let beam = soft_bar(place(y) % 0.5, 0.44, 0.49);
        let behind = carton::mix([wall, wall * 1.02, wall * 1.1], BEAM, beam);
        for ((_, _, colour), post) in row.zip(&posts) {
            *colour = Rgb(carton::mix(behind, POST, *post).map(carton::to_byte));
        }
    }
    frame
}

/// 1 between `from` and `to`, 0 outside, with soft edges.
fn soft_bar(at: f32, from: f32, to: f32) -> f32 {
    const EDGE: f32 = 0.006;
    ((at - from) / EDGE + 0.5).clamp(0.0, 1.0) * ((to - at) / EDGE + 0.5).clamp(0.0, 1.0)
}

#[allow(clippy::cast_precision_loss)] // frame sides are far below 2^24
fn pixel(at: u32) -> f32 {
    at as f32
}
