//! One take: the camera before a pallet for a while, in one light; and how a frame of it comes about.

use super::camera::Camera;
use super::film::{Lamp, Veil};
use super::hand::{Hand, Moment};
use super::light::Light;
use super::pallet::{Labelled, Pallet};
use super::picture::Picture;
use super::profile::Profile;
use super::random::Random;
use super::{Shot, Sight, blur, jpeg, sensor};
use crate::luma::Luma;
use crate::symbol::Corners;

/// Added grey levels from which a place counts as covered by glare.
const GLARE: f32 = 60.0;

/// Points a side at which a symbol is asked for what covers it.
const PROBES: u16 = 16;

/// What stays the same while the camera is held at the pallet.
pub(crate) struct Take<'a> {
    pallet: &'a Pallet,
    profile: &'a Profile,
    hand: Hand,
    light: Light,
    lamps: Vec<Lamp>,
    quality: u8,
    seed: u64,
}

impl<'a> Take<'a> {
    pub(crate) fn new(pallet: &'a Pallet, profile: &'a Profile, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let size = pallet.aim.size;
        let hand = Hand::new(profile, size, &mut random);
        let light = Light::new(profile, size, &mut random);
        let (worst, best) = profile.jpeg_quality;
        let quality = random.between(worst.into(), f32::from(best) + 0.99) as u8;
        let lamps = pallet.wrap.as_ref().map(|wrap| wrap.lamps(size, &mut random)).unwrap_or_default();
        Self { pallet, profile, hand, light, lamps, quality, seed: random.bits() }
    }

    pub(crate) fn shot(&self, frame: u32) -> Shot {
        self.expose(frame, true, Picture::to_rgb)
    }

    pub(crate) fn luma_shot(&self, frame: u32) -> Shot<Luma> {
        self.expose(frame, false, Picture::to_luma)
    }

    fn expose<P>(&self, frame: u32, coloured: bool, finish: impl Fn(&Picture) -> P) -> Shot<P> {
        let moment = self.hand.moment(frame);
        let camera = self.pallet.aim.camera(&moment);
        let mut picture = Picture::new(self.pallet.aim.size, coloured);
        self.pallet.paint(&camera, moment.shift, &mut picture);
        let wrap = self.pallet.wrap.as_ref();
        let veil = wrap.map(|wrap| wrap.veil(&self.lamps, self.pallet.aim.size, &moment));
        if let Some(veil) = &veil {
            veil.cover(&mut picture);
        }
        self.photograph(&mut picture, &moment, frame);
        let (corners, sights) =
            self.pallet.labelled.iter().map(|labelled| self.sight(labelled, &camera, &moment, veil.as_ref())).unzip();
        Shot { frame: finish(&picture), corners, sights }
    }

    /// Light, lens, sensor and compression, in the order in which light meets them.
    fn photograph(&self, picture: &mut Picture, moment: &Moment, frame: u32) {
        let mut random = Random::new(self.seed.wrapping_add(u64::from(frame)));
        let (line, disc) = (blur::line, blur::disc);
        self.light.fall_on(&mut picture.luma, 1.0);
        blur::spread(&mut picture.luma, &disc(moment.defocus_px));
        blur::spread(&mut picture.luma, &line(moment.motion_px, moment.motion_angle));
        sensor::expose(&mut picture.luma, self.profile, &mut random);
        jpeg::luma(&mut picture.luma, self.quality);
        for plane in picture.chroma.iter_mut().flatten() {
            self.light.fall_on(plane, 2.0);
            blur::spread(plane, &disc(moment.defocus_px / 2.0));
            blur::spread(plane, &line(moment.motion_px / 2.0, moment.motion_angle));
            sensor::speckle(plane, self.profile, &mut random);
            jpeg::chroma(plane, self.quality);
        }
    }

    fn sight(&self, labelled: &Labelled, camera: &Camera, moment: &Moment, veil: Option<&Veil>) -> (Corners, Sight) {
        let corners = labelled.corners(camera);
        let sides = [0, 1, 2, 3].map(|at| {
            let ([ax, ay], [bx, by]) = (corners[at], corners[(at + 1) % 4]);
            ((ax - bx) * (ax - bx) + (ay - by) * (ay - by)).sqrt()
        });
        let (shortest, longest) =
            sides.into_iter().fold((f32::MAX, 0.0_f32), |(low, high), side| (low.min(side), high.max(side)));
        let (glare_share, haze) = veil.map_or((0.0, 0.0), |veil| covered(labelled, camera, veil));
        let [x, y] = labelled.see(camera, [0.5, 0.5]);
        let light = self.light.at(x, y) * labelled.lit().factor;
        let white = f32::from(super::sticker::PAPER) * light;
        let sight = Sight {
            module_px: shortest / labelled.side as f32,
            squeeze: shortest / longest.max(0.1),
            arc_deg: labelled.arc_deg,
            defocus_px: moment.defocus_px,
            motion_px: moment.motion_px,
            glare_share,
            haze,
            contrast: labelled.sticker.contrast * light * (1.0 - haze),
            noise: sensor::deviation(self.profile, white),
            damage_share: labelled.sticker.damage_share,
        };
        (corners, sight)
    }
}

/// The share of a symbol under glare, and the mean haze over it.
fn covered(labelled: &Labelled, camera: &Camera, veil: &Veil) -> (f32, f32) {
    let (mut glare, mut haze) = (0.0, 0.0);
    for at in 0..PROBES * PROBES {
        let share = [at % PROBES, at / PROBES].map(|at| (f32::from(at) + 0.5) / f32::from(PROBES));
        // The veil has half the frame's sides.
        let [x, y] = labelled.see(camera, share).map(|at| at / 2.0);
        haze += veil.haze.at(x, y);
        glare += f32::from(u8::from(veil.shine.at(x, y) > GLARE));
    }
    let all = f32::from(PROBES * PROBES);
    (glare / all, haze / all)
}
