//! The light on the pallet: it falls off to one side and to the corners of the lens, and something throws a shadow.

use super::FrameSize;
use super::exact::{cos, sin};
use super::plane::Plane;
use super::profile::Profile;
use super::random::Random;

/// The light of one take, as factors of what is there.
#[derive(Clone, Debug)]
pub(crate) struct Light {
    /// 1 by the frame's sides, pixels.
    scale: [f32; 2],
    aspect: f32,
    /// Direction in which it falls off.
    along: [f32; 2],
    shade: f32,
    shadow: Shadow,
    gain: f32,
}

/// A half plane in shadow, its edge soft.
#[derive(Clone, Debug)]
struct Shadow {
    /// Across the edge, into the shadow.
    across: [f32; 2],
    /// Where the edge is along that, frame heights from the middle.
    at: f32,
    /// 1 by the width of the edge, frame heights.
    sharpness: f32,
    depth: f32,
}

impl Light {
    pub(crate) fn new(profile: &Profile, size: FrameSize, random: &mut Random) -> Self {
        let mut direction = || {
            let angle = random.between(0.0, std::f32::consts::TAU);
            [cos(angle), sin(angle)]
        };
        let (along, across) = (direction(), direction());
        Self {
            scale: [1.0 / size.width as f32, 1.0 / size.height as f32],
            aspect: size.width as f32 / size.height as f32,
            along,
            shade: profile.shade,
            shadow: Shadow {
                across,
                at: random.between(-0.35, 0.35),
                sharpness: 1.0 / random.between(0.004, 0.05),
                depth: random.within(profile.shadow),
            },
            // White paper reflects 233 of 255 levels here.
            gain: random.within(profile.white) / 233.0,
        }
    }

    /// The factor at a point of the frame, pixels.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x * self.scale[0] - 0.5, y * self.scale[1] - 0.5);
        let slope = 0.5 + (x * self.along[0] + y * self.along[1]) * 0.7;
        let vignette = (x * x + y * y) * 2.0;
        let falloff = 1.0 - self.shade * (0.7 * slope + 0.3 * vignette);
        let shadow = &self.shadow;
        let into = (x * self.aspect * shadow.across[0] + y * shadow.across[1] - shadow.at) * shadow.sharpness;
        self.gain * falloff * (1.0 - shadow.depth * (into + 0.5).clamp(0.0, 1.0))
    }

    /// Lights a plane whose pixels are `scale` pixels of the frame wide.
    pub(crate) fn fall_on(&self, plane: &mut Plane, scale: f32) {
        for (y, row) in plane.rows_mut().enumerate() {
            let y = (y as f32 + 0.5) * scale;
            for (x, value) in row.iter_mut().enumerate() {
                *value *= self.at((x as f32 + 0.5) * scale, y);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::profile::CLEAN;
    use super::*;

    fn lit(profile: &Profile, seed: u64) -> Plane {
        let mut plane = Plane::new(320, 180, 200.0);
        let size = FrameSize { width: 320, height: 180 };
        Light::new(profile, size, &mut Random::new(seed)).fall_on(&mut plane, 1.0);
        plane
    }

    fn range(plane: &Plane) -> (f32, f32) {
        plane.values().iter().fold((f32::MAX, f32::MIN), |(low, high), at| (low.min(*at), high.max(*at)))
    }

    #[test]
    fn clean_light_is_even() {
        let (low, high) = range(&lit(&CLEAN, 1));
        assert!(high - low < 1.0, "{low} {high}");
    }

    #[test]
    fn shade_takes_its_share_from_the_darkest_corner() {
        for seed in 0..8 {
            let (low, high) = range(&lit(&Profile { shade: 0.4, ..CLEAN }, seed));
            assert!(low / high < 0.75 && low / high > 0.55, "{low} {high}");
        }
    }

    #[test]
    fn a_shadow_has_an_edge() {
        let plane = lit(&Profile { shadow: (0.5, 0.5), ..CLEAN }, 4);
        let (low, high) = range(&plane);
        assert!((low / high - 0.5).abs() < 0.02, "{low} {high}");
        // The edge is narrow: few pixels lie between the two.
        let between = plane.values().iter().filter(|value| **value > low * 1.1 && **value < high * 0.9).count();
        assert!(between > 0 && between * 5 < plane.values().len(), "{between}");
    }
}
