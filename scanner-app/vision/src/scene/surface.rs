//! What a label is stuck on: the flat front of a carton, a bulging one, or a can.

use super::exact::{cos, decay, sin};

/// The shape of a front, modules; its middle is nearest to the camera.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Surface {
    /// A sound carton.
    Flat,
    /// A carton that is too full, bent in both directions with this radius.
    Bulge(f32),
    /// A can that stands upright, of this radius.
    Can(f32),
}

/// Arc from which on a can is meant, degrees; no carton bulges as far.
const CAN_DEG: f32 = 30.0;

/// Light that a place of a surface gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lit {
    /// Factor to what is printed there.
    pub(crate) factor: f32,
    /// Grey levels that gloss adds.
    pub(crate) gloss: f32,
}

impl Surface {
    /// The surface round which a symbol of `side` modules spans an arc of `arc_deg`.
    pub(crate) fn new(side: f32, arc_deg: f32) -> Self {
        if arc_deg < 1.0 {
            return Self::Flat;
        }
        let radius = side / arc_deg.to_radians();
        if arc_deg < CAN_DEG { Self::Bulge(radius) } else { Self::Can(radius) }
    }

    /// Where the point (`x`, `y`) of the sheet lies, from the middle: right, down and away from the camera, modules.
    pub(crate) fn lift(self, [x, y]: [f32; 2]) -> [f32; 3] {
        match self {
            Self::Flat => [x, y, 0.0],
            Self::Bulge(radius) => [x, y, (x * x + y * y) / (2.0 * radius)],
            Self::Can(radius) => [radius * sin(x / radius), y, radius * (1.0 - cos(x / radius))],
        }
    }

    /// The light at a point: it comes from in front, a little from the left, and a can is glossy.
    pub(crate) fn lit(self, [x, y]: [f32; 2]) -> Lit {
        match self {
            Self::Flat => Lit { factor: 1.0, gloss: 0.0 },
            Self::Bulge(radius) => Lit { factor: 1.0 - 0.3 * (x + y) / radius, gloss: 0.0 },
            Self::Can(radius) => {
                let angle = x / radius;
                let highlight = (angle + 0.55) / 0.1;
                Lit { factor: 0.4 + 0.6 * cos(angle + 0.3).max(0.0), gloss: 60.0 * decay(highlight * highlight) }
            }
        }
    }

    /// The widest sheet that can be seen on it, modules; half the can and a little less.
    pub(crate) fn widest(self) -> f32 {
        match self {
            Self::Can(radius) => radius * 2.9,
            _ => f32::MAX,
        }
    }

    /// Into how many columns and rows of flat cells it is cut to be drawn.
    pub(crate) fn cells(self) -> (usize, usize) {
        match self {
            Self::Flat => (1, 1),
            Self::Bulge(_) => (8, 8),
            Self::Can(_) => (32, 4),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_spans_its_arc() {
        for arc_deg in [50.0_f32, 75.0] {
            let can = Surface::new(29.0, arc_deg);
            let (left, right) = (can.lift([-14.5, 0.0]), can.lift([14.5, 0.0]));
            let Surface::Can(radius) = can else { panic!("{can:?}") };
            let chord = 2.0 * radius * (arc_deg.to_radians() / 2.0).sin();
            assert!((right[0] - left[0] - chord).abs() < 0.01, "{arc_deg}");
            assert!(left[2] > 1.0 && (left[2] - right[2]).abs() < 0.01, "its sides turn away");
            assert!(can.lift([0.0, 14.5])[2].abs() < 0.01, "straight along its axis");
        }
    }

    #[test]
    fn a_bulge_bends_both_ways_and_flat_neither() {
        let bulge = Surface::new(29.0, 25.0);
        assert!(bulge.lift([14.5, 0.0])[2] > 1.0 && bulge.lift([0.0, 14.5])[2] > 1.0, "{bulge:?}");
        assert_eq!(Surface::new(29.0, 0.0), Surface::Flat);
    }

    #[test]
    fn a_can_is_dark_at_its_side_and_glossy_on_a_line() {
        let can = Surface::new(29.0, 60.0);
        let Surface::Can(radius) = can else { panic!("{can:?}") };
        assert!(can.lit([1.3 * radius, 0.0]).factor < 0.6);
        let gloss: Vec<f32> = (-14..15_i8).map(|x| can.lit([f32::from(x) / 10.0 * radius, 0.0]).gloss).collect();
        assert!(gloss.iter().filter(|gloss| **gloss > 20.0).count() <= 4, "{gloss:?}");
        assert!(gloss.iter().any(|gloss| *gloss > 40.0), "{gloss:?}");
    }
}
