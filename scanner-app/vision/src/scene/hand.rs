//! The hand that holds the camera, over the frames of one take: it sways, its focus hunts, reflections wander.

use std::f32::consts::TAU;

use super::FrameSize;
use super::exact::{cos, sin};
use super::profile::Profile;
use super::random::Random;

/// Frames a second.
const RATE: f32 = 30.0;

/// How far the hand turns the picture at most, degrees: in its plane, and away from it.
const TURN_DEG: f32 = 1.0;
const TILT_DEG: f32 = 0.8;

/// The camera at one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    /// How far the picture is moved, frame heights.
    pub(crate) shift: [f32; 2],
    /// How it is turned about its middle, degrees.
    pub(crate) turn_deg: f32,
    /// How the camera is tilted, degrees about the upright and the level axis.
    pub(crate) tilt_deg: [f32; 2],
    /// Radius of the blur out of focus, pixels.
    pub(crate) defocus_px: f32,
    /// Length of the blur by motion, pixels, and its direction, radians.
    pub(crate) motion_px: f32,
    pub(crate) motion_angle: f32,
    /// How far the lamps' reflections have wandered over the film, frame heights.
    pub(crate) reflection: [f32; 2],
}

/// A hand of stone and a perfect lens.
pub(crate) const STILL: Moment = Moment {
    shift: [0.0; 2],
    turn_deg: 0.0,
    tilt_deg: [0.0; 2],
    defocus_px: 0.0,
    motion_px: 0.0,
    motion_angle: 0.0,
    reflection: [0.0; 2],
};

/// A slow sway and a quick tremor along one axis; at most 1 to each side.
#[derive(Clone, Debug)]
struct Sway {
    slow_hz: f32,
    slow_phase: f32,
    quick_hz: f32,
    quick_phase: f32,
}

/// Shares of the two in the whole.
const SLOW: f32 = 0.85;
const QUICK: f32 = 0.15;

impl Sway {
    fn new(random: &mut Random) -> Self {
        Self {
            slow_hz: random.between(0.5, 1.3),
            slow_phase: random.between(0.0, TAU),
            quick_hz: random.between(5.0, 9.0),
            quick_phase: random.between(0.0, TAU),
        }
    }

    fn at(&self, seconds: f32) -> f32 {
        SLOW * sin(TAU * self.slow_hz * seconds + self.slow_phase)
            + QUICK * sin(TAU * self.quick_hz * seconds + self.quick_phase)
    }

    /// How fast it moves, as a share of the fastest that a sway can be.
    fn speed(&self, seconds: f32) -> f32 {
        let speed = SLOW * self.slow_hz * cos(TAU * self.slow_hz * seconds + self.slow_phase)
            + QUICK * self.quick_hz * cos(TAU * self.quick_hz * seconds + self.quick_phase);
        speed / (SLOW * 1.3 + QUICK * 9.0)
    }
}

/// One take: a camera held at a pallet for a while.
#[derive(Clone, Debug)]
pub(crate) struct Hand {
    profile: Profile,
    /// What a pixel of blur is in this frame, pixels.
    blur_scale: f32,
    axes: [Sway; 5],
    focus_hz: f32,
    focus_phase: f32,
}

impl Hand {
    pub(crate) fn new(profile: &Profile, size: FrameSize, random: &mut Random) -> Self {
        Self {
            profile: *profile,
            blur_scale: (size.height as f32 / 1080.0).min(1.0),
            axes: std::array::from_fn(|_| Sway::new(random)),
            focus_hz: random.between(0.6, 1.1),
            focus_phase: random.between(0.0, 1.0),
        }
    }

    /// The camera at frame `at` of the take.
    pub(crate) fn moment(&self, at: u32) -> Moment {
        let seconds = at as f32 / RATE;
        let [x, y, turn, yaw, pitch] = &self.axes;
        let sway = self.profile.sway / 1000.0;
        let shift = [x, y].map(|axis| axis.at(seconds) * sway);
        let speed = [x, y].map(|axis| axis.speed(seconds));
        let share = f32::midpoint(speed[0] * speed[0], speed[1] * speed[1]).sqrt().min(1.0);
        let tilt = |axis: &Sway| axis.at(seconds) * TILT_DEG * (sway * 125.0).min(2.0);
        let (sharp, soft) = self.profile.defocus_px;
        let (rest, fast) = self.profile.motion_px;
        // The lens runs through its sharpest point twice a period.
        let focus = sin(TAU * (self.focus_hz * seconds + self.focus_phase));
        let tilt_deg = [yaw, pitch].map(tilt);
        Moment {
            shift,
            turn_deg: turn.at(seconds) * TURN_DEG * (sway * 125.0).min(2.0),
            tilt_deg,
            defocus_px: self.blur_scale * (sharp + (soft - sharp) * focus * focus),
            motion_px: self.blur_scale * (rest + (fast - rest) * share),
            motion_angle: angle(speed),
            // A mirror turned by an angle turns what it shows by twice as much, and the film is far from flat.
            reflection: [0, 1].map(|axis| 12.0 * shift[axis] + 0.1 * tilt_deg[axis]),
        }
    }
}

/// The direction of a vector in radians, within a hundredth: a line of blur needs no more.
fn angle([x, y]: [f32; 2]) -> f32 {
    let (wide, tall) = (x.abs(), y.abs());
    if wide + tall < 1e-9 {
        return 0.0;
    }
    let ratio = wide.min(tall) / wide.max(tall);
    // Rajan et al. 2006.
    let small = ratio * (std::f32::consts::FRAC_PI_4 + 0.273 * (1.0 - ratio));
    let quarter = if tall > wide { std::f32::consts::FRAC_PI_2 - small } else { small };
    if (x < 0.0) == (y < 0.0) { quarter } else { -quarter }
}

#[cfg(test)]
mod tests {
    use super::super::profile::{DOCK, WAREHOUSE_1};
    use super::*;

    fn take(seed: u64) -> Vec<Moment> {
        let hand = Hand::new(&DOCK, FrameSize::FULL_HD, &mut Random::new(seed));
        (0..60).map(|frame| hand.moment(frame)).collect()
    }

    #[test]
    fn a_hand_moves_steadily_and_stays_near() {
        for seed in 0..20 {
            let moments = take(seed);
            for pair in moments.windows(2) {
                for axis in 0..2 {
                    let step = (pair[1].shift[axis] - pair[0].shift[axis]).abs();
                    assert!(step < 0.012 * 0.6 && pair[0].shift[axis].abs() <= 0.0121, "{pair:?}");
                }
                assert!((pair[1].defocus_px - pair[0].defocus_px).abs() < 0.5, "{pair:?}");
            }
            let first = moments[0].shift;
            assert!(moments.iter().any(|moment| (moment.shift[0] - first[0]).abs() > 0.004), "it does move");
        }
    }

    #[test]
    fn the_smear_points_where_the_hand_moves() {
        let hand = Hand::new(&DOCK, FrameSize::FULL_HD, &mut Random::new(4));
        for frame in 0..30 {
            let moment = hand.moment(frame);
            let speed = [0, 1].map(|axis: usize| hand.axes[axis].speed(frame as f32 / RATE));
            let across =
                speed[0] * cos(moment.motion_angle + TAU / 4.0) + speed[1] * sin(moment.motion_angle + TAU / 4.0);
            let along = (speed[0] * speed[0] + speed[1] * speed[1]).sqrt();
            assert!(across.abs() <= 0.02 * along, "{speed:?} {moment:?}");
            assert!((0.5..=6.0).contains(&moment.motion_px), "{moment:?}");
        }
    }

    #[test]
    fn the_focus_hunts_between_its_ends() {
        let (mut low, mut high) = (f32::MAX, 0.0_f32);
        for seed in 0..40 {
            let hand = Hand::new(&WAREHOUSE_1, FrameSize::UHD, &mut Random::new(seed));
            for frame in 0..30 {
                let radius = hand.moment(frame).defocus_px;
                (low, high) = (low.min(radius), high.max(radius));
            }
        }
        let (sharp, soft) = WAREHOUSE_1.defocus_px;
        assert!((low - sharp).abs() < 0.02 && (high - soft).abs() < 0.02, "{low} {high}");
    }
}
