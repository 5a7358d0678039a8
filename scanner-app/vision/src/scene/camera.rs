//! Where a point of the pallet is seen: a pinhole camera.

use super::FrameSize;
use super::exact::{cos, sin};
use super::hand::Moment;

/// Focal length in frame heights: about 45 degrees of view from top to bottom, as a telephone's main camera has.
const FOCAL: f32 = 1.25;

/// A turn in space.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rotation([[f32; 3]; 3]);

impl Rotation {
    /// About the upright axis, then the level one, then the line of sight; degrees.
    pub(crate) fn new([yaw_deg, pitch_deg]: [f32; 2], roll_deg: f32) -> Self {
        let parts = |degrees: f32| (sin(degrees.to_radians()), cos(degrees.to_radians()));
        let ((sy, cy), (sp, cp), (sr, cr)) = (parts(yaw_deg), parts(pitch_deg), parts(roll_deg));
        Self([
            [cr * cy + sr * sp * sy, -sr * cp, -cr * sy + sr * sp * cy],
            [sr * cy - cr * sp * sy, cr * cp, -sr * sy - cr * sp * cy],
            [cp * sy, sp, cp * cy],
        ])
    }

    pub(crate) fn turn(&self, [x, y, z]: [f32; 3]) -> [f32; 3] {
        self.0.map(|row| row[0] * x + row[1] * y + row[2] * z)
    }
}

/// How the pallet lies before the camera, before the hand moves it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aim {
    pub(crate) size: FrameSize,
    /// Pixels to the module in the middle of the pallet, were it not tilted.
    pub(crate) module_px: f32,
    /// Tilt about the upright and the level axis, degrees.
    pub(crate) tilt_deg: [f32; 2],
    pub(crate) turn_deg: f32,
    /// Where the middle of the pallet is seen, pixels.
    pub(crate) middle: [f32; 2],
}

/// The camera at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Camera {
    rotation: Rotation,
    focal_px: f32,
    /// Distance of the pallet's middle, modules.
    distance: f32,
    middle: [f32; 2],
}

impl Aim {
    /// The camera that the hand holds so.
    pub(crate) fn camera(&self, moment: &Moment) -> Camera {
        let height = self.size.height as f32;
        let tilt_deg = [0, 1].map(|axis| self.tilt_deg[axis] + moment.tilt_deg[axis]);
        Camera {
            rotation: Rotation::new(tilt_deg, self.turn_deg + moment.turn_deg),
            focal_px: FOCAL * height,
            distance: FOCAL * height / self.module_px,
            middle: [0, 1].map(|axis| self.middle[axis] + moment.shift[axis] * height),
        }
    }
}

impl Camera {
    /// Where a point is seen, pixels; given from the pallet's middle: right, down and away, modules.
    pub(crate) fn see(&self, point: [f32; 3]) -> [f32; 2] {
        let [x, y, z] = self.rotation.turn(point);
        let scale = self.focal_px / (self.distance + z).max(self.distance / 8.0);
        [self.middle[0] + x * scale, self.middle[1] + y * scale]
    }
}

#[cfg(test)]
mod tests {
    use super::super::hand::STILL;
    use super::*;

    fn aim(tilt_deg: [f32; 2], turn_deg: f32) -> Aim {
        Aim { size: FrameSize::FULL_HD, module_px: 4.0, tilt_deg, turn_deg, middle: [960.0, 540.0] }
    }

    #[test]
    fn what_is_not_tilted_is_seen_at_its_scale() {
        let camera = aim([0.0; 2], 0.0).camera(&STILL);
        let [x, y] = camera.see([10.0, -5.0, 0.0]);
        assert!((x - 1000.0).abs() < 0.01 && (y - 520.0).abs() < 0.01, "{x} {y}");
    }

    #[test]
    fn perspective_makes_the_far_side_smaller() {
        let camera = aim([20.0, 0.0], 0.0).camera(&STILL);
        let height = |x: f32| camera.see([x, 10.0, 0.0])[1] - camera.see([x, -10.0, 0.0])[1];
        assert!(height(-150.0) > height(150.0) * 1.2, "{} {}", height(-150.0), height(150.0));
    }

    #[test]
    fn a_turn_keeps_lengths() {
        let camera = aim([0.0; 2], 30.0).camera(&STILL);
        let [x, y] = camera.see([10.0, 0.0, 0.0]);
        assert!(((x - 960.0).hypot(y - 540.0) - 40.0).abs() < 0.01 && (y - 560.0).abs() < 0.01, "{x} {y}");
        let rotation = Rotation::new([25.0, -40.0], 10.0);
        let [x, y, z] = rotation.turn([1.0, 2.0, 2.0]);
        assert!(((x * x + y * y + z * z).sqrt() - 3.0).abs() < 1e-4);
    }
}
