//! The projective map between a square and its picture.

use crate::symbol::Corners;

/// x' = (a x + b y + c) / (g x + h y + 1), y' = (d x + e y + f) / (g x + h y + 1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Perspective([f32; 9]);

impl Perspective {
    /// Maps (0,0), (1,0), (1,1), (0,1) to `corners` (Heckbert 1989); `None` where they span no area.
    #[allow(clippy::many_single_char_names)] // the letters of the formula
    pub(crate) fn from_unit_square(corners: &Corners) -> Option<Self> {
        let [p, q, r, s] = *corners;
        let (dx1, dy1) = (q[0] - r[0], q[1] - r[1]);
        let (dx2, dy2) = (s[0] - r[0], s[1] - r[1]);
        let (sx, sy) = (p[0] - q[0] + r[0] - s[0], p[1] - q[1] + r[1] - s[1]);
        let area = dx1 * dy2 - dx2 * dy1;
        if area.abs() < 1e-3 {
            return None;
        }
        let g = (sx * dy2 - dx2 * sy) / area;
        let h = (dx1 * sy - sx * dy1) / area;
        Some(Self([
            q[0] - p[0] + g * q[0],
            s[0] - p[0] + h * s[0],
            p[0],
            q[1] - p[1] + g * q[1],
            s[1] - p[1] + h * s[1],
            p[1],
            g,
            h,
            1.0,
        ]))
    }

    /// Where a point goes.
    #[inline]
    pub(crate) fn map(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let m = &self.0;
        let w = m[6] * x + m[7] * y + m[8];
        [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w]
    }

    /// The map back; its scale does not matter, so the adjugate will do.
    #[cfg(feature = "scene")]
    #[allow(clippy::many_single_char_names)] // the letters of the formula
    pub(crate) fn inverse(&self) -> Self {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        Self([
            e * i - f * h,
            c * h - b * i,
            b * f - c * e,
            f * g - d * i,
            a * i - c * g,
            c * d - a * f,
            d * h - e * g,
            b * g - a * h,
            a * e - b * d,
        ])
    }
}

/// A count of modules or pixels as a coordinate: all are far below 2^24, up to which it is exact.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn small(count: usize) -> f32 {
    count as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_go_to_corners() {
        let corners = [[10.0, 20.0], [110.0, 30.0], [95.0, 140.0], [5.0, 120.0]];
        let map = Perspective::from_unit_square(&corners).unwrap();
        for (from, to) in [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]].into_iter().zip(corners) {
            let [x, y] = map.map(from);
            assert!((x - to[0]).abs() < 0.01 && (y - to[1]).abs() < 0.01, "{x} {y} {to:?}");
        }
        assert!(Perspective::from_unit_square(&[[0.0; 2]; 4]).is_none());
    }
}
