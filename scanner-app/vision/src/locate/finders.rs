//! Finder patterns by their runs: dark 1, light 1, dark 3, light 1, dark 1, on any line through the middle.

use super::threshold::Thresholds;
use crate::luma::LumaView;
use crate::perspective::small;

/// Rows between two scanned ones, in pictures of many rows and of few: the heart of a pattern of two pixels to the module
/// is six rows high.
const ROW_STEP: [usize; 2] = [3, 2];

/// From so many rows on a picture has many.
const ROWS_MANY: usize = 1_000;

/// The least difference of luma between the heart and the ring around it.
const CONTRAST_MIN: f32 = 14.0;

/// How far beside a pixel its neighbours lie that are subtracted from it: about the width of small modules.
const SHARPEN_PX: usize = 2;

/// The most patterns that are followed up; a picture of more is texture.
const FINDERS_MAX: usize = 400;

/// One finder pattern.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finder {
    /// The middle of its heart, pixels.
    pub(crate) centre: [f32; 2],
    /// Pixels to the module, across and down together.
    pub(crate) pitch: f32,
    /// Luma of ring less that of heart.
    pub(crate) contrast: f32,
    /// Luma half way between them.
    pub(crate) middle: f32,
    /// Lines that showed it.
    lines: u16,
}

/// All finder patterns of a picture, dark on light or, if `inverted`, light on dark.
///
/// Lines are sharpened before: with blur of half a module the light ring of a pattern is darker than its surroundings' mean.
pub(crate) fn search(view: &LumaView<'_>, thresholds: &Thresholds, inverted: bool) -> Vec<Finder> {
    let scan = Scan { view, thresholds, inverted };
    let mut finders: Vec<Finder> = Vec::new();
    let (mut levels, mut edges) = (Vec::new(), Vec::new());
    let step = ROW_STEP[usize::from(view.height() < ROWS_MANY)];
    for y in (1..view.height()).step_by(step) {
        scan.levels_of_row(y, &mut levels);
        let starts_dark = crossings(&levels, thresholds.busy_row(y), &mut edges);
        // Every second edge ends a dark run, which may be the last of a pattern.
        let first = usize::from(!starts_dark);
        for end in (first + 4..edges.len()).step_by(2).filter(|end| *end >= 5) {
            let runs: [f32; 5] = std::array::from_fn(|at| edges[end - 4 + at] - edges[end - 5 + at]);
            if let Some(pitch) = pitch(&runs) {
                let x = f32::midpoint(edges[end - 3], edges[end - 2]);
                if depth(&levels, x) < CONTRAST_MIN {
                    continue;
                }
                scan.found(x, y, pitch, &mut finders);
            }
        }
    }
    finders.sort_by_key(|finder| std::cmp::Reverse(finder.lines));
    finders.truncate(FINDERS_MAX);
    finders
}

/// Pixels to the module if the runs are those of a finder pattern. Ink that spreads makes all dark runs longer and all
/// light ones shorter by one amount, which is solved for along with the module.
fn pitch(runs: &[f32; 5]) -> Option<f32> {
    let (dark, light) = (runs[0] + runs[2] + runs[4], runs[1] + runs[3]);
    let pitch = (2.0 * dark + 3.0 * light) / 16.0;
    let spread = (dark - 5.0 * pitch) / 3.0;
    let wanted = [pitch + spread, pitch - spread, 3.0 * pitch + spread, pitch - spread, pitch + spread];

    let near = runs.iter().zip(wanted).all(|(run, wanted)| (run - wanted).abs() < 0.45 * pitch + 0.35);
    (pitch > 1.2 && spread.abs() < 0.6 * pitch && near).then_some(pitch)
}

struct Scan<'a> {
    view: &'a LumaView<'a>,
    thresholds: &'a Thresholds,
    inverted: bool,
}

impl Scan<'_> {
    /// The sharpened row less its thresholds; below zero is dark.
    fn levels_of_row(&self, y: usize, levels: &mut Vec<i16>) {
        let (above, row, below) = (self.view.row(y.saturating_sub(1)), self.view.row(y), self.view.row(y + 1));
        levels.clear();
        // Three rows together: their noise must not pass for edges.
        let three = above.iter().zip(row).zip(below);
        levels.extend(three.map(|((a, b), c)| i16::from(*a) + 2 * i16::from(*b) + i16::from(*c)));
        let sign = if self.inverted { -1 } else { 1 };
        for (levels, threshold) in levels.chunks_mut(8).zip(self.thresholds.row(y)) {
            for level in levels {
                *level = sign * (*level - 4 * i16::from(*threshold));
            }
        }
        if row.len() > 2 * SHARPEN_PX {
            let plain = levels.clone();
            let inner = &mut levels[SHARPEN_PX..plain.len() - SHARPEN_PX];
            for (at, level) in inner.iter_mut().enumerate() {
                *level = 3 * *level - plain[at] - plain[at + 2 * SHARPEN_PX];
            }
        }
    }

    /// Follows up what a row showed: the column through it, then the row again.
    fn found(&self, x: f32, y: usize, pitch: f32, finders: &mut Vec<Finder>) {
        let at = small(y) + 0.5;
        let near = |finder: &&mut Finder| {
            (finder.centre[0] - x).abs() < 1.2 * pitch && (finder.centre[1] - at).abs() < 2.6 * pitch
        };
        if let Some(known) = finders.iter_mut().rev().take(64).find(near) {
            known.lines = known.lines.saturating_add(1);
            return;
        }
        let Some((middle_y, down)) = self.along(x, at, pitch, 1) else { return };
        let Some((middle_x, across)) = self.along(x, middle_y, pitch, 0) else { return };
        if down.max(across) > 1.7 * down.min(across) {
            return;
        }
        let Some((middle_y, _)) = self.along(middle_x, middle_y, pitch, 1) else { return };
        let centre = [middle_x, middle_y];
        let pitch = f32::midpoint(down, across);
        let (heart, ring) = self.levels(centre, pitch);
        let contrast = if self.inverted { heart - ring } else { ring - heart };
        if contrast >= CONTRAST_MIN {
            finders.push(Finder { centre, pitch, contrast, middle: f32::midpoint(heart, ring), lines: 1 });
        }
    }

    /// The middle of the heart along an axis (0 across, 1 down) and the module's size there, if the runs fit.
    fn along(&self, x: f32, y: f32, pitch: f32, axis: usize) -> Option<(f32, f32)> {
        let start = [x, y];
        let level = |offset: f32| {
            let mut at = start;
            at[axis] += offset;
            self.level(at, axis)
        };
        if level(0.0) > 0.0 {
            return None;
        }
        // From the heart outwards: its end, the ring's, the frame's.
        let walk = |sign: f32| -> Option<[f32; 3]> {
            let mut ends = [0.0; 3];
            let (mut offset, mut before, mut count) = (0.0, level(0.0), 0);
            while offset < 7.0 * pitch + 2.0 {
                offset += 1.0;
                let now = level(sign * offset);
                if (now > 0.0) != (before > 0.0) {
                    ends[count] = offset - 1.0 + before.abs() / (before.abs() + now.abs()).max(1e-3);
                    count += 1;
                    if count == 3 {
                        return Some(ends);
                    }
                }
                before = now;
            }
            None
        };
        let (low, high) = (walk(-1.0)?, walk(1.0)?);
        let runs = [low[2] - low[1], low[1] - low[0], low[0] + high[0], high[1] - high[0], high[2] - high[1]];
        let found = self::pitch(&runs)?;
        Some((start[axis] + (high[0] - low[0]) / 2.0, found))
    }

    /// How far above its threshold the picture, sharpened along `axis`, is at a point; below zero is dark.
    fn level(&self, at: [f32; 2], axis: usize) -> f32 {
        let beside = |by: f32| {
            let mut near = at;
            near[axis] += by;
            self.plain_level(near)
        };
        let far = small(SHARPEN_PX);
        3.0 * beside(0.0) - beside(far) - beside(-far)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
    fn plain_level(&self, [x, y]: [f32; 2]) -> f32 {
        let threshold = self.thresholds.at(x.max(0.0) as usize, y.max(0.0) as usize);
        let level = self.view.interpolate(x - 0.5, y - 0.5) - f32::from(threshold);
        if self.inverted { -level } else { level }
    }

    /// Luma of the heart and of the ring around it.
    fn levels(&self, [x, y]: [f32; 2], pitch: f32) -> (f32, f32) {
        let at = |dx: f32, dy: f32| self.view.interpolate(x + dx * pitch - 0.5, y + dy * pitch - 0.5);
        let heart = [(0.0, 0.0), (0.7, 0.0), (-0.7, 0.0), (0.0, 0.7), (0.0, -0.7)];
        let ring = [(2.0, 0.0), (-2.0, 0.0), (0.0, 2.0), (0.0, -2.0)];
        let mean =
            |points: &[(f32, f32)]| points.iter().map(|(dx, dy)| at(*dx, *dy)).sum::<f32>() / small(points.len());
        (mean(&heart), mean(&ring))
    }
}

/// Where the levels change sign, in pixels from the left edge, parts of a pixel by straight lines between their middles.
/// Blocks of nothing but noise count as light. Returns whether the first pixel is dark.
fn crossings(levels: &[i16], busy: &[bool], edges: &mut Vec<f32>) -> bool {
    edges.clear();
    let starts_dark = busy.first() == Some(&true) && levels.first().is_some_and(|level| *level < 0);
    let mut was_dark = starts_dark;
    for (block, (levels_here, busy)) in levels.chunks(8).zip(busy).enumerate() {
        let bits = if *busy {
            levels_here.iter().rev().fold(0_u32, |bits, level| (bits << 1) | u32::from(*level < 0))
        } else {
            0
        };
        let mut changes = (bits ^ ((bits << 1) | u32::from(was_dark))) & ((1 << levels_here.len()) - 1);
        while changes != 0 {
            let at = block * 8 + changes.trailing_zeros() as usize;
            changes &= changes - 1;
            let (before, now) = (f32::from(levels[at.max(1) - 1]).abs(), f32::from(levels[at]).abs());
            edges.push(small(at) - 0.5 + before / (before + now).max(1e-3));
        }
        was_dark = (bits >> (levels_here.len() - 1)) & 1 == 1;
    }
    starts_dark
}

/// How far below its threshold the row is at `x`, in grey levels.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between two edges of the row
fn depth(levels: &[i16], x: f32) -> f32 {
    levels.get(x as usize).map_or(0.0, |level| -f32::from(*level) / 4.0)
}
