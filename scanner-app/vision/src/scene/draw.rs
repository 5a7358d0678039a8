//! Draws a printed sheet, bent over its surface, into the picture.

use super::picture::Picture;
use super::plane::Plane;
use super::sheet::Sheet;
use super::surface::Lit;
use crate::perspective::Perspective;
use crate::symbol::Corners;

/// A cell of a bent sheet, small enough to count as flat.
#[derive(Clone, Debug)]
struct Cell {
    /// Where it is seen: left top, right top, right bottom, left bottom; pixels.
    corners: Corners,
    /// Its left top and its size in shares of the sheet.
    origin: [f32; 2],
    size: [f32; 2],
    /// Light at the corners.
    lit: [Lit; 4],
}

/// A sheet as it is seen.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    cells: Vec<Cell>,
}

impl Seen {
    /// A sheet cut into columns and rows of cells; `place` tells where a point (shares of the sheet) is seen, and its light.
    pub(crate) fn new((columns, rows): (usize, usize), place: impl Fn([f32; 2]) -> ([f32; 2], Lit)) -> Self {
        let size = [1.0 / columns as f32, 1.0 / rows as f32];
        let grid: Vec<_> = (0..(columns + 1) * (rows + 1))
            .map(|at| place([(at % (columns + 1)) as f32 * size[0], (at / (columns + 1)) as f32 * size[1]]))
            .collect();
        let cell = |at: usize| {
            let (column, row) = (at % columns, at / columns);
            let first = row * (columns + 1) + column;
            let around = [first, first + 1, first + columns + 2, first + columns + 1].map(|point| grid[point]);
            Cell {
                corners: around.map(|(corner, _)| corner),
                origin: [column as f32 * size[0], row as f32 * size[1]],
                size,
                lit: around.map(|(_, lit)| lit),
            }
        };
        Self { cells: (0..columns * rows).map(cell).collect() }
    }

    /// Paints it over the picture, `light` times as bright as printed.
    pub(crate) fn paint(&self, sheet: &Sheet, light: f32, picture: &mut Picture) {
        for cell in &self.cells {
            cell.paint_luma(sheet, light, &mut picture.luma);
            if let Some(chroma) = &mut picture.chroma {
                cell.paint_chroma(sheet, light, chroma);
            }
        }
    }
}

impl Cell {
    fn paint_luma(&self, sheet: &Sheet, light: f32, plane: &mut Plane) {
        let Some(view) = View::new(self, 1.0, sheet.texels()) else { return };
        let samples = view.samples();
        let even = self.lit.iter().all(|lit| *lit == self.lit[0]);
        view.visit(plane.width(), plane.height(), |x, y, [column, row]| {
            let (mut luma, mut cover) = (0, 0);
            for [right, down] in samples {
                if let Some(texel) = sheet.texel((column + right) >> FRACTION, (row + down) >> FRACTION) {
                    luma += i32::from(texel.luma) * i32::from(texel.cover);
                    cover += i32::from(texel.cover);
                }
            }
            let lit = if even { self.lit[0] } else { self.lit_at(view.share([column, row])) };
            let value = &mut plane.row_mut(y)[x];
            *value += (luma as f32 * lit.factor * light + cover as f32 * (lit.gloss - *value)) / (4.0 * 255.0);
        });
    }

    fn paint_chroma(&self, sheet: &Sheet, light: f32, [blue, red]: &mut [Plane; 2]) {
        let Some(view) = View::new(self, 0.5, sheet.modules()) else { return };
        view.visit(blue.width(), blue.height(), |x, y, at| {
            if let Some(chroma) = sheet.chroma(at[0] >> FRACTION, at[1] >> FRACTION) {
                let light = self.lit_at(view.share(at)).factor * light;
                blue.row_mut(y)[x] = f32::from(chroma[0]) * light;
                red.row_mut(y)[x] = f32::from(chroma[1]) * light;
            }
        });
    }

    /// The light at a point given in shares of the cell.
    fn lit_at(&self, [across, down]: [f32; 2]) -> Lit {
        let blend = |part: fn(&Lit) -> f32| {
            let [left_top, right_top, right_low, left_low] = self.lit.each_ref().map(part);
            let (above, below) =
                (left_top + (right_top - left_top) * across, left_low + (right_low - left_low) * across);
            above + (below - above) * down
        };
        Lit { factor: blend(|lit| lit.factor), gloss: blend(|lit| lit.gloss) }
    }
}

/// Bits of a texel position behind the point; a sheet has far fewer than 2^15 texels a side.
const FRACTION: i32 = 16;

/// Pixels between which texel positions run straight: so short that perspective does not show.
const RUN: usize = 16;

/// A side below which a cell is seen edge-on, pixels.
const LEAST_PX: f32 = 0.3;

/// How far two cells overlap, pixels: rounding must leave no pixel between them to nobody.
const SEAM_PX: f32 = 0.02;

/// A cell in the pixels of a plane, and the way back from there to the texels of its sheet.
struct View {
    corners: Corners,
    to_cell: Perspective,
    /// Where the cell begins on the sheet and how large it is, texels.
    origin: [f32; 2],
    size: [f32; 2],
    /// The texel positions that belong to the cell, as fixed-point numbers: beyond the sheet's edge one pixel more, so that
    /// its edge pixels are drawn.
    low: [i32; 2],
    high: [i32; 2],
}

impl View {
    /// `texels` are columns and rows of the sheet; `None` for a cell that shows its back or its edge.
    fn new(cell: &Cell, scale: f32, texels: (usize, usize)) -> Option<Self> {
        let corners = cell.corners.map(|corner| corner.map(|at| at * scale));
        let between = |from: usize, to: usize| [0, 1].map(|axis| corners[to][axis] - corners[from][axis]);
        let (falling, rising) = (between(0, 2), between(1, 3));
        if falling[0] * rising[1] - rising[0] * falling[1] <= 0.01 {
            return None;
        }
        let to_cell = Perspective::from_unit_square(&corners)?.inverse();
        let length = |[x, y]: [f32; 2]| (x * x + y * y).sqrt();
        let sides = [length(between(0, 1)), length(between(0, 3))];
        if sides[0].min(sides[1]) < LEAST_PX {
            return None;
        }
        let texels = [texels.0 as f32, texels.1 as f32];
        let origin = [0, 1].map(|axis| cell.origin[axis] * texels[axis]);
        let size = [0, 1].map(|axis| cell.size[axis] * texels[axis]);
        let edge = |axis: usize, at_edge: bool| (if at_edge { 1.0 } else { SEAM_PX }) * size[axis] / sides[axis];
        let low = [0, 1].map(|axis| fixed(origin[axis] - edge(axis, cell.origin[axis] <= 0.0)));
        let last = |axis: usize| cell.origin[axis] + cell.size[axis] >= 0.999;
        let high = [0, 1].map(|axis| fixed(origin[axis] + size[axis] + edge(axis, last(axis))));
        Some(Self { corners, to_cell, origin, size, low, high })
    }

    /// The texel position of a point of the plane.
    fn texel(&self, point: [f32; 2]) -> [f32; 2] {
        let share = self.to_cell.map(point);
        [0, 1].map(|axis| self.origin[axis] + share[axis] * self.size[axis])
    }

    /// A texel position in shares of the cell.
    fn share(&self, at: [i32; 2]) -> [f32; 2] {
        [0, 1].map(|axis| (at[axis] as f32 / 65_536.0 - self.origin[axis]) / self.size[axis])
    }

    /// Where the four samples of a pixel lie around its middle; perspective within a pixel is none.
    fn samples(&self) -> [[i32; 2]; 4] {
        let middle = crate::symbol::centre(&self.corners);
        let here = self.texel(middle);
        [[-0.25, -0.25], [0.25, -0.25], [0.25, 0.25], [-0.25, 0.25]].map(|[x, y]| {
            let there = self.texel([middle[0] + x, middle[1] + y]);
            [0, 1].map(|axis| fixed(there[axis] - here[axis]))
        })
    }

    /// Calls `pixel` with each pixel of the cell and the texel position of its middle.
    fn visit(&self, width: usize, height: usize, mut pixel: impl FnMut(usize, usize, [i32; 2])) {
        let (top, bottom) = range(self.corners.map(|corner| corner[1]));
        let slope = self.slope();
        for y in clip(top - 1.0, height)..clip(bottom + 1.0, height) {
            let middle = y as f32 + 0.5;
            let (left, right) = self.span(middle.clamp(top, bottom));
            let end = clip(right + slope + 1.5, width);
            let mut first = clip(left - slope - 1.5, width);
            while first < end {
                let run = RUN.min(end - first);
                let from = self.texel([first as f32 + 0.5, middle]);
                let to = self.texel([(first + RUN) as f32 + 0.5, middle]);
                let step = [0, 1].map(|axis| fixed((to[axis] - from[axis]) / RUN as f32));
                let mut at = from.map(fixed);
                for x in first..first + run {
                    if (0..2).all(|axis| at[axis] >= self.low[axis] && at[axis] < self.high[axis]) {
                        pixel(x, y, at);
                    }
                    at = [at[0].wrapping_add(step[0]), at[1].wrapping_add(step[1])];
                }
                first += run;
            }
        }
    }

    /// From where to where the cell reaches at a height.
    fn span(&self, y: f32) -> (f32, f32) {
        let (mut left, mut right) = (f32::MAX, f32::MIN);
        for at in 0..4 {
            let (a, b) = (self.corners[at], self.corners[(at + 1) % 4]);
            let (above, below) = (a[1].min(b[1]), a[1].max(b[1]));
            if y < above || y > below {
                continue;
            }
            // A level edge counts whole.
            let level = below - above < 1e-3;
            let x = |from: [f32; 2], to: [f32; 2]| {
                if level { from[0] } else { from[0] + (to[0] - from[0]) * (y - from[1]) / (to[1] - from[1]) }
            };
            let ends = [x(a, b), x(b, a)];
            (left, right) = (left.min(ends[0]).min(ends[1]), right.max(ends[0]).max(ends[1]));
        }
        (left, right)
    }

    /// How far an upright edge moves within half a row, at most 4 pixels.
    fn slope(&self) -> f32 {
        let lean = |a: [f32; 2], b: [f32; 2]| ((b[0] - a[0]) / (b[1] - a[1]).abs().max(0.1)).abs();
        let [a, b, c, d] = self.corners;
        (lean(a, d).max(lean(b, c)) * 0.5).min(4.0)
    }
}

/// A texel position as a fixed-point number.
fn fixed(at: f32) -> i32 {
    (at * 65_536.0) as i32
}

fn range(values: [f32; 4]) -> (f32, f32) {
    values.into_iter().fold((f32::MAX, f32::MIN), |(low, high), at| (low.min(at), high.max(at)))
}

/// A position as the first pixel after it, within the plane.
fn clip(at: f32, limit: usize) -> usize {
    (at.max(0.0) as usize).min(limit)
}

#[cfg(test)]
mod tests {
    use super::super::FrameSize;
    use super::super::sheet::{Area, Colour};
    use super::*;

    const SIZE: FrameSize = FrameSize { width: 120, height: 90 };
    const PLAIN: Lit = Lit { factor: 1.0, gloss: 0.0 };

    fn quad(corners: Corners) -> impl Fn([f32; 2]) -> ([f32; 2], Lit) {
        let map = Perspective::from_unit_square(&corners).unwrap();
        move |at| (map.map(at), PLAIN)
    }

    #[test]
    fn a_sheet_covers_its_area_and_no_more() {
        let sheet = Sheet::new(4, 4, 4, Colour::new(200, 10, 20));
        let corners = [[20.0, 10.0], [100.0, 18.0], [92.0, 80.0], [25.0, 70.0]];
        for cells in [(1, 1), (5, 3)] {
            let mut picture = Picture::new(SIZE, true);
            Seen::new(cells, quad(corners)).paint(&sheet, 1.0, &mut picture);
            let painted = picture.luma.values().iter().sum::<f32>() / 200.0;
            let shoelace: f32 = (0..4)
                .map(|at| (corners[at], corners[(at + 1) % 4]))
                .map(|(a, b)| a[0] * b[1] - a[1] * b[0])
                .sum::<f32>()
                / 2.0;
            assert!((painted - shoelace).abs() < shoelace * 0.01, "{cells:?}: {painted} of {shoelace}");
            assert!(picture.luma.values().iter().all(|value| *value <= 200.01), "no pixel is painted twice");
            let [blue, red] = picture.chroma.unwrap();
            assert_eq!((blue.at(30.0, 22.0), red.at(30.0, 22.0), red.at(2.0, 2.0)), (10.0, 20.0, 0.0));
        }
    }

    #[test]
    fn perspective_puts_the_print_in_its_place() {
        let mut sheet = Sheet::new(4, 4, 4, Colour::new(200, 0, 0));
        sheet.fill(Area { left: 2.0, top: 1.0, right: 3.0, bottom: 2.0 }, Colour::new(20, 0, 0));
        let corners = [[20.0, 10.0], [100.0, 18.0], [92.0, 80.0], [25.0, 70.0]];
        let mut picture = Picture::new(SIZE, false);
        Seen::new((1, 1), quad(corners)).paint(&sheet, 1.0, &mut picture);
        let map = Perspective::from_unit_square(&corners).unwrap();
        let at = |u: f32, v: f32| {
            let [x, y] = map.map([u / 4.0, v / 4.0]);
            picture.luma.at(x, y)
        };
        assert_eq!((at(2.5, 1.5), at(1.5, 1.5), at(2.5, 2.5)), (20.0, 200.0, 200.0));
    }

    #[test]
    fn a_back_is_not_drawn() {
        let sheet = Sheet::new(4, 4, 4, Colour::new(200, 0, 0));
        let mut picture = Picture::new(SIZE, false);
        let corners = [[100.0, 18.0], [20.0, 10.0], [25.0, 70.0], [92.0, 80.0]];
        Seen::new((1, 1), quad(corners)).paint(&sheet, 1.0, &mut picture);
        assert!(picture.luma.values().iter().all(|value| *value == 0.0));
    }
}
