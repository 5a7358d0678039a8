//! A grid that gives way: labels on cans, bulging cartons and wrinkled film are no planes.
//!
//! From the three finder patterns outwards each node of a coarse mesh is moved, a little further than its neighbours were,
//! to where the modules around it stand out best from each other.

use super::layout::Layout;
use super::patch::Grid;
use crate::perspective::small;

/// Modules between two nodes.
const SPACING: usize = 3;
/// Modules around a node that decide where it goes.
const REACH: usize = 3;
/// Half the side, in modules, of the square whose mean divides dark from light.
const LIGHT_REACH: f32 = 4.0;
/// How far a finder pattern may lie from where it was expected, in modules.
const FINDER_REACH: f32 = 1.4;
/// How far a node may lie from where its neighbours let expect it: half a module would be the next one.
const NODE_REACH: f32 = 0.42;
/// How far from the middle of a module its luma is taken when it is to be placed, in modules along each axis.
const EDGE: f32 = 0.2;
/// What a module's distance from the expected place costs, as a share of full contrast.
const STIFFNESS: f32 = 0.25;

/// How far each part of the grid is from the plane, in pixels.
pub(crate) struct Mesh {
    nodes: usize,
    side: usize,
    bend: Vec<[f32; 2]>,
}

impl Mesh {
    /// Fits a mesh to the symbol that `grid` lies on.
    pub(crate) fn fit(grid: &Grid<'_>, layout: &Layout) -> Self {
        let nodes = (grid.side() - 1).div_ceil(SPACING) + 1;
        let fit = Fit { grid, layout, nodes, pitch: grid.pitch_px(), thresholds: thresholds(grid) };
        let mut bend = fit.grow();
        for _ in 0..2 {
            fit.relax(&mut bend);
        }
        Self { nodes, side: grid.side(), bend }
    }

    /// The bend at a module, between the four nodes around it.
    pub(crate) fn at(&self, x: usize, y: usize) -> [f32; 2] {
        let step = small(self.side - 1) / small(self.nodes - 1);
        let place = |at: usize| {
            let place = small(at) / step;
            let below = (at * (self.nodes - 1) / (self.side - 1)).min(self.nodes - 2);
            (below, place - small(below))
        };
        let ((left, right_share), (top, bottom_share)) = (place(x), place(y));
        let node = |x: usize, y: usize| self.bend[y * self.nodes + x];
        [0, 1].map(|axis| {
            let row = |y: usize| node(left, y)[axis] * (1.0 - right_share) + node(left + 1, y)[axis] * right_share;
            row(top) * (1.0 - bottom_share) + row(top + 1) * bottom_share
        })
    }
}

/// The mean of the surroundings of each module on the flat grid: what divides dark from light there.
fn thresholds(grid: &Grid<'_>) -> Vec<f32> {
    let offsets = [-1.0, -0.6, -0.2, 0.2, 0.6, 1.0].map(|share| share * LIGHT_REACH);
    let side = grid.side();
    let around = |at: usize| {
        let (x, y) = (small(at % side) + 0.5, small(at / side) + 0.5);
        let inside = |at: f32| at.clamp(0.0, small(side));
        let mut sum = 0.0;
        for dy in offsets {
            for dx in offsets {
                sum += grid.luma([inside(x + dx), inside(y + dy)], [0.0; 2]);
            }
        }
        sum / small(offsets.len() * offsets.len())
    };
    (0..side * side).map(around).collect()
}

struct Fit<'a> {
    grid: &'a Grid<'a>,
    layout: &'a Layout,
    nodes: usize,
    pitch: f32,
    thresholds: Vec<f32>,
}

impl Fit<'_> {
    /// The module at a node.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within the symbol
    fn module_of(&self, node: usize) -> usize {
        (small(node) * small(self.grid.side() - 1) / small(self.nodes - 1)).round() as usize
    }

    /// How well the modules around (`x`, `y`) stand out when moved by `bend`: the mean distance from the threshold, counted
    /// against where a known module is of the wrong colour.
    fn contrast(&self, x: usize, y: usize, reach: usize, bend: [f32; 2]) -> f32 {
        let last = self.grid.side() - 1;
        let span = |at: usize| at.saturating_sub(reach)..=(at + reach).min(last);
        let (mut sum, mut count) = (0.0, 0);
        for row in span(y) {
            for column in span(x) {
                let luma = self.near_edges(column, row, bend);
                let depth = self.thresholds[row * self.grid.side() + column] - luma;
                sum += match self.layout.fixed(column, row) {
                    Some(true) => depth,
                    Some(false) => -depth,
                    None => depth.abs(),
                };
                count += 1;
            }
        }
        sum / small(count)
    }

    /// The luma of a module near two opposite corners of it: its middle looks the same half a module off. Neighbours are
    /// sampled on different diagonals.
    fn near_edges(&self, column: usize, row: usize, bend: [f32; 2]) -> f32 {
        let tilt = if (column + row).is_multiple_of(2) { EDGE } else { -EDGE };
        let (x, y) = (small(column) + 0.5, small(row) + 0.5);
        f32::midpoint(self.grid.luma([x - EDGE, y - tilt], bend), self.grid.luma([x + EDGE, y + tilt], bend))
    }

    /// The best place for the modules around (`x`, `y`) within `range` modules of `from`: on a coarse raster of `steps` to each
    /// side, then twice on ever finer ones.
    fn search(&self, at: (usize, usize), reach: usize, from: [f32; 2], range: f32, steps: i8) -> [f32; 2] {
        let mut best = (f32::MIN, from);
        let mut step = range / f32::from(steps) * self.pitch;
        for steps in [steps, 1, 1] {
            let centre = best.1;
            for row in -steps..=steps {
                for column in -steps..=steps {
                    let bend = [centre[0] + f32::from(column) * step, centre[1] + f32::from(row) * step];
                    let off = (bend[0] - from[0]).hypot(bend[1] - from[1]) / self.pitch;
                    let score = self.contrast(at.0, at.1, reach, bend) * (1.0 - STIFFNESS * off * off);
                    if score > best.0 {
                        best = (score, bend);
                    }
                }
            }
            step /= 2.0;
        }
        best.1
    }

    /// From the finder patterns outwards, nearest nodes first.
    fn grow(&self) -> Vec<[f32; 2]> {
        let last = self.grid.side() - 1;
        let hearts = [(3, 3), (last - 3, 3), (3, last - 3)];
        let finders = hearts.map(|heart| self.search(heart, 4, [0.0; 2], FINDER_REACH, 4));
        let mut bend: Vec<Option<[f32; 2]>> = vec![None; self.nodes * self.nodes];
        let mut order: Vec<(usize, usize)> = (0..bend.len())
            .map(|node| {
                let (x, y) = self.place(node);
                let near = hearts.iter().map(|heart| x.abs_diff(heart.0).pow(2) + y.abs_diff(heart.1).pow(2));
                (near.min().unwrap_or(0), node)
            })
            .collect();
        order.sort_unstable();
        for (_, node) in order {
            let (x, y) = self.place(node);
            let own = hearts.iter().position(|heart| x.abs_diff(heart.0).max(y.abs_diff(heart.1)) <= 4);
            bend[node] = Some(match own {
                Some(finder) => finders[finder],
                None => self.search((x, y), REACH, self.expected(&bend, node), NODE_REACH, 2),
            });
        }
        bend.into_iter().flatten().collect()
    }

    fn place(&self, node: usize) -> (usize, usize) {
        (self.module_of(node % self.nodes), self.module_of(node / self.nodes))
    }

    /// What the neighbours that are placed let expect: each goes on as it came.
    fn expected(&self, bend: &[Option<[f32; 2]>], node: usize) -> [f32; 2] {
        let (x, y) = (node % self.nodes, node / self.nodes);
        let (mut sum, mut weight) = ([0.0; 2], 0.0);
        for (dx, dy) in AROUND {
            let Some(near) = self.node(bend, x, y, dx, dy) else { continue };
            let far = self.node(bend, x, y, 2 * dx, 2 * dy).unwrap_or(near);
            let share = if dx == 0 || dy == 0 { 1.0 } else { 0.5 };
            for axis in 0..2 {
                sum[axis] += share * (near[axis] + 0.5 * (near[axis] - far[axis]));
            }
            weight += share;
        }
        if weight > 0.0 { sum.map(|part| part / weight) } else { [0.0; 2] }
    }

    fn node(&self, bend: &[Option<[f32; 2]>], x: usize, y: usize, dx: isize, dy: isize) -> Option<[f32; 2]> {
        let (x, y) = (x.checked_add_signed(dx)?, y.checked_add_signed(dy)?);
        if x < self.nodes && y < self.nodes { bend[y * self.nodes + x] } else { None }
    }

    /// Each node once more, now that it has neighbours on all sides.
    fn relax(&self, bend: &mut [[f32; 2]]) {
        let mut known: Vec<Option<[f32; 2]>> = bend.iter().copied().map(Some).collect();
        for node in 0..bend.len() {
            let (x, y) = (node % self.nodes, node / self.nodes);
            let near: Vec<[f32; 2]> = AROUND.iter().filter_map(|(dx, dy)| self.node(&known, x, y, *dx, *dy)).collect();
            let mean = [0, 1].map(|axis| near.iter().map(|bend| bend[axis]).sum::<f32>() / small(near.len()));
            let from = [0, 1].map(|axis| f32::midpoint(mean[axis], bend[node][axis]));
            bend[node] = self.search(self.place(node), REACH, from, NODE_REACH / 2.0, 1);
            known[node] = Some(bend[node]);
        }
    }
}

const AROUND: [(isize, isize); 8] = [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, -1), (-1, 1), (1, 1)];
