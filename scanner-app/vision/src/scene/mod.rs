//! Simulated camera frames: labels on a pallet, seen by the camera in a hand. Same scene and seed, same picture, on every
//! machine.
//!
//! | item | what it is |
//! |---|---|
//! | [`Scene`] | labels on a pallet: [`Scene::shoot`] for one frame, [`Scene::film`] for frames in a row |
//! | [`Profile`], [`Film`], [`Wear`] | how good camera, hand, light and labels are; `docs/capture.md` has the table |
//! | [`WAREHOUSE_1`], [`FILM`], [`DOCK`], [`WORN`], [`ROUND`], [`CLEAN`] | the published profiles |
//! | [`Shot`], [`Sight`] | a frame, where its labels truly are, and what makes each of them hard |
//! | [`Label`], [`LabelFormat`], [`LabelError`] | the printed symbol: 3-M alphanumeric or another |
//! | [`FrameSize`] | width and height |
//!
//! ```
//! use vision::scene::{FrameSize, Scene, WAREHOUSE_1};
//! let scene = Scene::new(&["HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD"], FrameSize::HD, WAREHOUSE_1)?;
//! let shot = scene.shoot(7);
//! assert_eq!((shot.frame.width(), shot.corners.len()), (1280, 1));
//! for shot in scene.film_luma(7, 3) {
//!     println!("{} pixels to the module", shot.sights[0].module_px);
//! }
//! # Ok::<(), vision::scene::LabelError>(())
//! ```
// Pixels, texels and modules are counted far below 2^24, and what leaves a frame is clamped: no cast here loses a thing.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
#![allow(clippy::cast_possible_wrap)]

mod backdrop;
mod blur;
mod camera;
mod carton;
mod draw;
mod exact;
mod film;
mod grid;
mod hand;
mod jpeg;
mod label;
mod light;
mod noise;
mod pallet;
mod picture;
mod plane;
mod profile;
mod random;
mod sensor;
mod sheet;
mod sight;
mod sticker;
mod surface;
mod take;
mod wear;

#[cfg(test)]
mod documented;
#[cfg(all(test, feature = "zxing"))]
mod rates;
#[cfg(test)]
mod tests;

use image::RgbImage;

pub use self::label::{LABEL_MAX_CHARS, Label, LabelError, LabelFormat};
use self::pallet::Pallet;
pub use self::profile::{CLEAN, DOCK, FILM, Film, Profile, ROUND, WAREHOUSE_1, WORN, Wear};
pub use self::sight::Sight;
use self::take::Take;
use crate::luma::Luma;
use crate::symbol::Corners;

/// Width and height of a frame in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameSize {
    /// Pixels a row, at least 1.
    pub width: u32,
    /// Rows, at least 1.
    pub height: u32,
}

impl FrameSize {
    /// 1280x720.
    pub const HD: Self = Self { width: 1280, height: 720 };
    /// 1920x1080.
    pub const FULL_HD: Self = Self { width: 1920, height: 1080 };
    /// 3840x2160.
    pub const UHD: Self = Self { width: 3840, height: 2160 };
}

/// Labels on a pallet before a camera, each on its own carton or can, laid out as large as the profile and the frame let
/// them be. The pallet is laid out and printed once; its frames are cheap beside that.
#[derive(Clone, Debug)]
pub struct Scene {
    labels: Vec<Label>,
    profile: Profile,
    pallet: Pallet,
}

/// One frame of a scene and what it truly shows. `P` is the picture: [`RgbImage`], or [`Luma`] as cameras have it.
#[derive(Clone, Debug)]
pub struct Shot<P = RgbImage> {
    /// The frame.
    pub frame: P,
    /// Corners of each symbol (without quiet zone) in pixels, in the order of the scene's labels.
    pub corners: Vec<Corners>,
    /// What makes each label hard to read here, in the same order.
    pub sights: Vec<Sight>,
}

impl Scene {
    /// A scene of one label in the national format for each text; fails on the first text that no such label can carry.
    /// Without texts it shows goods without labels.
    pub fn new<T: AsRef<str>>(texts: &[T], size: FrameSize, profile: Profile) -> Result<Self, LabelError> {
        let labels = texts.iter().map(|text| Label::new(text.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self::with_labels(labels, size, profile))
    }

    /// A scene of labels of any format.
    #[must_use]
    pub fn with_labels(labels: Vec<Label>, size: FrameSize, profile: Profile) -> Self {
        let size = FrameSize { width: size.width.max(1), height: size.height.max(1) };
        let pallet = Pallet::new(&labels, size, &profile);
        Self { labels, profile, pallet }
    }

    /// The labels, in the order of the texts.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// One frame; another seed is another moment: hand, focus, light and noise differ, the goods stay.
    #[must_use]
    pub fn render(&self, seed: u64) -> RgbImage {
        self.shoot(seed).frame
    }

    /// One frame together with what it truly shows: the first of the film of that seed.
    #[must_use]
    pub fn shoot(&self, seed: u64) -> Shot {
        self.take(seed).shot(0)
    }

    /// The luma plane that the camera would hand over for [`Scene::shoot`]; half the work.
    #[must_use]
    pub fn shoot_luma(&self, seed: u64) -> Shot<Luma> {
        self.take(seed).luma_shot(0)
    }

    /// Frames in a row at 30 a second: the hand sways, the focus hunts and reflections wander from frame to frame.
    pub fn film(&self, seed: u64, frames: u32) -> impl Iterator<Item = Shot> {
        let take = self.take(seed);
        (0..frames).map(move |frame| take.shot(frame))
    }

    /// The luma planes of [`Scene::film`].
    pub fn film_luma(&self, seed: u64, frames: u32) -> impl Iterator<Item = Shot<Luma>> {
        let take = self.take(seed);
        (0..frames).map(move |frame| take.luma_shot(frame))
    }

    fn take(&self, seed: u64) -> Take<'_> {
        Take::new(&self.pallet, &self.profile, seed)
    }
}
