//! Which three finder patterns belong to one symbol: near a right angle, of one size, a timing pattern between each two.

use super::finders::Finder;
use crate::luma::LumaView;

/// Three finder patterns that may be those of a symbol.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Triple {
    /// The one in the corner, then clockwise: the symbol's top left, top right, bottom left.
    pub(crate) members: [usize; 3],
    /// Pixels from the corner to the two others.
    arms: [[f32; 2]; 2],
    /// The version that the distances let expect, as a fraction.
    guess: f32,
    /// How odd the geometry is: 0 for two equal arms at a right angle.
    odd: f32,
}

/// A version, and how well the timing patterns speak for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// QR version.
    pub(crate) version: u8,
    /// 0 for none, about 1 for sharp ones, less what is odd about the geometry.
    pub(crate) score: f32,
}

/// The largest ratio between two things that would be equal without perspective.
const RATIO_MAX: f32 = 1.7;

/// The most deviation from a right angle, as the cosine.
const COSINE_MAX: f32 = 0.5;

/// Timing patterns that speak less for a version than this are none.
const TIMING_MIN: f32 = 0.08;

/// Finder patterns around one that its two partners are sought among, nearest first. On a full pallet the neighbours' are
/// nearer than its own.
const NEIGHBOURS_MAX: usize = 20;

/// All triples whose geometry would do, smallest first: three of one symbol are nearer than three of several.
pub(crate) fn search(finders: &[Finder]) -> Vec<Triple> {
    let mut triples = Vec::new();
    for (corner, first) in finders.iter().enumerate() {
        let others = finders.iter().enumerate().filter(|(at, _)| *at != corner);
        let mut others: Vec<Arm> = others.filter_map(|(at, other)| Arm::between(first, other, at)).collect();
        others.sort_by(|a, b| a.length.total_cmp(&b.length));
        others.truncate(NEIGHBOURS_MAX);
        for (at, right) in others.iter().enumerate() {
            triples.extend(others[at + 1..].iter().filter_map(|below| triple(finders, corner, right, below)));
        }
    }
    let size = |triple: &Triple| triple.arms.iter().map(|arm| arm[0].hypot(arm[1])).sum::<f32>();
    triples.sort_by(|a, b| size(a).total_cmp(&size(b)));
    triples
}

/// From one finder pattern to another.
struct Arm {
    to: usize,
    vector: [f32; 2],
    length: f32,
    /// Modules between their middles: 14 in version 1, 170 in version 40.
    modules: f32,
}

impl Arm {
    fn between(from: &Finder, to: &Finder, at: usize) -> Option<Self> {
        let vector = [to.centre[0] - from.centre[0], to.centre[1] - from.centre[1]];
        let length = vector[0].hypot(vector[1]).max(1e-3);
        // The pitch is measured along the picture's axes: on a symbol that is turned by 45 degrees it is the diagonal's.
        let pitch = f32::midpoint(from.pitch, to.pitch) * vector[0].abs().max(vector[1].abs()) / length;
        let modules = length / pitch;
        let fits = (11.0..220.0).contains(&modules) && ratio(from.pitch, to.pitch) < RATIO_MAX;
        fits.then_some(Self { to: at, vector, length, modules })
    }
}

fn triple(finders: &[Finder], corner: usize, a: &Arm, b: &Arm) -> Option<Triple> {
    if ratio(a.length, b.length) > RATIO_MAX || ratio(finders[a.to].pitch, finders[b.to].pitch) > RATIO_MAX {
        return None;
    }
    let dot = a.vector[0] * b.vector[0] + a.vector[1] * b.vector[1];
    let cross = a.vector[0] * b.vector[1] - a.vector[1] * b.vector[0];
    let cosine = (dot / (a.length * b.length)).abs();
    if cosine > COSINE_MAX {
        return None;
    }
    let (right, below) = if cross > 0.0 { (a, b) } else { (b, a) };
    Some(Triple {
        members: [corner, right.to, below.to],
        arms: [right.vector, below.vector],
        guess: (f32::midpoint(a.modules, b.modules) - 10.0) / 4.0,
        odd: 0.15 * cosine + 0.1 * (ratio(a.length, b.length) - 1.0),
    })
}

impl Triple {
    /// The version that the timing patterns speak for; `None` where they speak for none.
    pub(crate) fn timing(&self, view: &LumaView<'_>, finders: &[Finder], inverted: bool) -> Option<Timing> {
        let corner = &finders[self.members[0]];
        let timings =
            versions(self.guess).map(|version| Timing { version, score: self.turns(view, corner, version, inverted) });
        let best = timings.max_by(|a, b| a.score.total_cmp(&b.score))?;
        let off = 0.01 * (self.guess - f32::from(best.version)).abs();
        (best.score > TIMING_MIN).then_some(Timing { score: best.score - self.odd - off, ..best })
    }

    /// How clearly dark and light take turns on both timing patterns, as a share of the finder patterns' contrast.
    fn turns(&self, view: &LumaView<'_>, corner: &Finder, version: u8, inverted: bool) -> f32 {
        let span = f32::from(version) * 4.0 + 10.0;
        let [one, other] = self.arms.map(|arm| arm.map(|part| part / span));
        let line = |along: [f32; 2], across: [f32; 2]| {
            let light = |at: u8| {
                // Module `at` of the seventh row, from the middle of the finder pattern, which is module 3.
                let (step, aside) = (f32::from(at) - 3.0, 3.0);
                let x = corner.centre[0] + step * along[0] + aside * across[0];
                let y = corner.centre[1] + step * along[1] + aside * across[1];
                view.interpolate(x - 0.5, y - 0.5)
            };
            let (mut sum, mut count) = (0.0, 0.0);
            // Even ones are dark; each odd one is compared with both beside it.
            for at in (9..4 * version + 8).step_by(2) {
                let step = light(at) - f32::midpoint(light(at - 1), light(at + 1));
                // One bright scratch must not outweigh the rest.
                sum += step.clamp(-corner.contrast, corner.contrast);
                count += 1.0;
            }
            sum / f32::max(count, 1.0) / corner.contrast
        };
        let sign = if inverted { -1.0 } else { 1.0 };
        let (row, column) = (sign * line(one, other), sign * line(other, one));
        // Both have to be there: chance is seldom right twice.
        row.min(column) * 0.7 + f32::midpoint(row, column) * 0.3
    }
}

/// The versions around a guess: the nearest, and those that an error of a tenth would make of it.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
fn versions(guess: f32) -> impl Iterator<Item = u8> {
    let spread = 0.1 * guess + 0.7;
    let bound = |value: f32| value.round().clamp(1.0, 40.0) as u8;
    bound(guess - spread)..=bound(guess + spread)
}

fn ratio(a: f32, b: f32) -> f32 {
    a.max(b) / a.min(b).max(1e-3)
}
