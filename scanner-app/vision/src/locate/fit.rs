//! The corners of a symbol whose three finder patterns are known.

use super::finders::Finder;
use super::triples::Triple;
use crate::luma::LumaView;
use crate::modules::Layout;
use crate::perspective::{Perspective, small};
use crate::symbol::Corners;

/// How far from the parallelogram's fourth corner the alignment pattern is looked for, in modules.
const ALIGNMENT_REACH: f32 = 3.0;

/// The outer corners of the symbol; `None` where they would span no area.
pub(crate) fn corners(
    view: &LumaView<'_>,
    finders: &[Finder],
    triple: &Triple,
    version: u8,
    inverted: bool,
) -> Option<Corners> {
    let [a, b, c] = triple.members.map(|member| &finders[member]);
    let layout = Layout::new(version)?;
    let fit = Fit {
        view,
        span: small(layout.side()) - 7.0,
        layout,
        middle: (a.middle + b.middle + c.middle) / 3.0,
        inverted,
    };
    let opposite = [0, 1].map(|axis| b.centre[axis] + c.centre[axis] - a.centre[axis]);
    let mut quad = [a.centre, b.centre, opposite, c.centre];
    if version > 1 {
        fit.align(&mut quad);
    }
    fit.refine(&mut quad);
    let map = Perspective::from_unit_square(&quad)?;
    let (low, high) = (-3.5 / fit.span, 1.0 + 3.5 / fit.span);
    Some([[low, low], [high, low], [high, high], [low, high]].map(|corner| map.map(corner)))
}

/// The quad that is fitted joins the middles of the finder patterns and the point that would be the fourth's.
struct Fit<'a> {
    view: &'a LumaView<'a>,
    layout: Layout,
    /// Modules between the middles of two finder patterns.
    span: f32,
    middle: f32,
    inverted: bool,
}

impl Fit<'_> {
    /// How dark the picture is where `map` puts the middle of a module; below zero is light.
    fn depth(&self, map: &Perspective, [x, y]: [f32; 2]) -> f32 {
        let [x, y] = map.map([(x - 3.0) / self.span, (y - 3.0) / self.span]);
        let depth = self.middle - self.view.interpolate(x - 0.5, y - 0.5);
        if self.inverted { -depth } else { depth }
    }

    /// Moves the fourth point so that the alignment pattern lies where it should.
    fn align(&self, quad: &mut Corners) {
        // Column and row of its middle: side - 7.
        let at = self.span;
        for (reach, steps) in [(ALIGNMENT_REACH, 4_i8), (0.5, 2)] {
            let Some(map) = Perspective::from_unit_square(quad) else { return };
            let mut best = (self.pattern(&map, [at, at]) * 1.05, [0.0, 0.0]);
            for row in -steps..=steps {
                for column in -steps..=steps {
                    let by = [column, row].map(|step| f32::from(step) / f32::from(steps) * reach);
                    let score = self.pattern(&map, [at + by[0], at + by[1]]);
                    if score > best.0 {
                        best = (score, by);
                    }
                }
            }
            let unit = |by: [f32; 2]| map.map([(at - 3.0 + by[0]) / self.span, (at - 3.0 + by[1]) / self.span]);
            let (from, to) = (unit([0.0, 0.0]), unit(best.1));
            // The point lies three modules beyond the pattern.
            let lever = self.span / (self.span - 3.0);
            for axis in 0..2 {
                quad[2][axis] += (to[axis] - from[axis]) * lever * lever;
            }
        }
    }

    /// How much a place looks like an alignment pattern: the mean depth of 25 modules, light ones counted against.
    fn pattern(&self, map: &Perspective, [x, y]: [f32; 2]) -> f32 {
        let mut sum = 0.0;
        for dy in -2_i8..=2 {
            for dx in -2_i8..=2 {
                let depth = self.depth(map, [x + f32::from(dx), y + f32::from(dy)]);
                sum += if dx.abs().max(dy.abs()) == 1 { -depth } else { depth };
            }
        }
        sum / 25.0
    }

    /// How well all modules stand out, known ones in their own colour.
    fn contrast(&self, quad: &Corners) -> f32 {
        let Some(map) = Perspective::from_unit_square(quad) else { return f32::MIN };
        let side = self.layout.side();
        let mut sum = 0.0;
        for y in 0..side {
            for x in 0..side {
                let known = self.layout.fixed(x, y);
                // Of the data a part will do.
                if known.is_none() && (x + 2 * y) % 7 != 0 {
                    continue;
                }
                let depth = self.depth(&map, [small(x), small(y)]);
                sum += match known {
                    Some(true) => depth,
                    Some(false) => -depth,
                    None => depth.abs(),
                };
            }
        }
        sum
    }

    /// Moves each point a little as long as that helps.
    fn refine(&self, quad: &mut Corners) {
        let pitch = (quad[0][0] - quad[1][0]).hypot(quad[0][1] - quad[1][1]) / self.span;
        let mut best = self.contrast(quad);
        for step in [0.35, 0.15] {
            for _ in 0..2 {
                let before = best;
                for point in [2, 0, 1, 3] {
                    for axis in 0..2 {
                        for sign in [-1.0, 1.0] {
                            let mut moved = *quad;
                            moved[point][axis] += sign * step * pitch;
                            let score = self.contrast(&moved);
                            if score > best {
                                best = score;
                                *quad = moved;
                                break;
                            }
                        }
                    }
                }
                if best <= before {
                    break;
                }
            }
        }
    }
}
