//! The part of a picture that a symbol lies in, and how modules are sampled from it.

use crate::luma::LumaView;
use crate::perspective::{Perspective, small};
use crate::symbol::Corners;

/// A symbol's grid laid on the picture: straight lines in perspective, bent by `bend` where it is known.
pub(crate) struct Grid<'a> {
    view: LumaView<'a>,
    to_picture: Perspective,
    side: usize,
    inverted: bool,
}

/// Where in a module its luma is taken, in modules from the centre: the middle counts, the rest against noise.
const TAPS: [[f32; 2]; 5] = [[0.0, 0.0], [-0.22, -0.22], [0.22, -0.22], [-0.22, 0.22], [0.22, 0.22]];

impl<'a> Grid<'a> {
    /// A grid of `side` modules between the outer corners of a symbol; `None` for corners that span no area.
    pub(crate) fn new(view: &LumaView<'a>, corners: &Corners, side: usize) -> Option<Self> {
        let to_picture = Perspective::from_unit_square(corners)?;
        let mut grid = Self { view: *view, to_picture, side, inverted: false };
        // The heart of a finder pattern is dark and the ring around it light, unless all is inverted.
        let far = small(side) - 3.5;
        let brighter = |[x, y]: [f32; 2]| {
            let ring = [[-2.0, 0.0], [2.0, 0.0], [0.0, -2.0], [0.0, 2.0]]
                .map(|[dx, dy]| grid.luma([x + dx, y + dy], [0.0; 2]));
            grid.luma([x, y], [0.0; 2]) - ring.iter().sum::<f32>() / 4.0
        };
        grid.inverted =
            [[3.5, 3.5], [far, 3.5], [3.5, far]].map(brighter).iter().filter(|value| **value > 0.0).count() >= 2;
        Some(grid)
    }

    /// Modules a side.
    pub(crate) fn side(&self) -> usize {
        self.side
    }

    /// The luma at a point given in modules, moved by `bend` pixels; of an inverted symbol turned round.
    pub(crate) fn luma(&self, [x, y]: [f32; 2], bend: [f32; 2]) -> f32 {
        let side = small(self.side);
        let [x, y] = self.to_picture.map([x / side, y / side]);
        let luma = self.view.interpolate(x + bend[0] - 0.5, y + bend[1] - 0.5);
        if self.inverted { 255.0 - luma } else { luma }
    }

    /// The luma of the module at column `x`, row `y`.
    pub(crate) fn module(&self, x: usize, y: usize, bend: [f32; 2]) -> f32 {
        let sum: f32 = TAPS.iter().map(|[dx, dy]| self.luma([small(x) + 0.5 + dx, small(y) + 0.5 + dy], bend)).sum();
        sum / small(TAPS.len())
    }

    /// All modules, row by row.
    pub(crate) fn modules(&self, bend: impl Fn(usize, usize) -> [f32; 2]) -> Vec<f32> {
        let side = self.side;
        (0..side * side).map(|at| (at % side, at / side)).map(|(x, y)| self.module(x, y, bend(x, y))).collect()
    }

    /// The mean side of a module in pixels.
    pub(crate) fn pitch_px(&self) -> f32 {
        let corner = |at: [f32; 2]| self.to_picture.map(at);
        let between = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
        let (p, q, r) = (corner([0.0, 0.0]), corner([1.0, 0.0]), corner([0.0, 1.0]));
        f32::midpoint(between(p, q), between(p, r)) / small(self.side)
    }
}
