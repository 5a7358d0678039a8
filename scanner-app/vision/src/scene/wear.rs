//! What happens to a sticker on its way: dirt, scratches, a torn corner.

use super::exact::{cos, sin};
use super::noise::smooth;
use super::profile::Wear;
use super::random::Random;
use super::sheet::{Area, Sheet};

/// Luma of paper that was laid bare, dull against the coated face.
const BARE: f32 = 214.0;

/// Wears a printed sticker; each kind draws how bad it is from its range.
pub(crate) fn apply(sheet: &mut Sheet, wear: &Wear, random: &mut Random) {
    smudge(sheet, random.within(wear.dirt), random);
    let (least, most) = wear.scratches;
    let scratches = usize::from(least) + random.below(usize::from(most.saturating_sub(least)) + 1);
    for _ in 0..scratches {
        scratch(sheet, random);
    }
    tear(sheet, random.within(wear.tear), random);
}

/// Smudges, the darkest swallowing `depth` of the light, and a few specks of mud.
fn smudge(sheet: &mut Sheet, depth: f32, random: &mut Random) {
    if depth <= 0.0 {
        return;
    }
    let seed = random.seed();
    sheet.paint(sheet.whole(), |x, y, texel| {
        // The upper quarter of a coarse noise is dirty, grained by a fine one.
        let patch = ((smooth(seed, x * 0.11, y * 0.09) - 0.55) / 0.35).clamp(0.0, 1.0);
        let grain = 0.6 + 0.4 * smooth(seed ^ 1, x * 1.1, y * 1.1);
        texel.luma = (f32::from(texel.luma) * (1.0 - depth * patch * grain)) as u8;
    });
    let [width, height] = sheet.size();
    for _ in 0..random.below(1 + (depth * 12.0) as usize) {
        let (x, y) = (random.between(0.0, width), random.between(0.0, height));
        let (radius, seed) = (random.between(0.3, 1.3), random.seed());
        let around = Area { left: x - 2.0, top: y - 2.0, right: x + 2.0, bottom: y + 2.0 };
        sheet.paint(around, |at_x, at_y, texel| {
            let (dx, dy) = (at_x - x, at_y - y);
            let edge = radius * (0.6 + 0.8 * smooth(seed, at_x * 1.4, at_y * 1.4));
            if dx * dx + dy * dy < edge * edge {
                texel.luma = (f32::from(texel.luma) * 0.35).min(70.0) as u8;
            }
        });
    }
}

/// A scratch right across, or nearly: it takes the print off, here and there.
fn scratch(sheet: &mut Sheet, random: &mut Random) {
    let [width, height] = sheet.size();
    let (x, y) = (random.between(0.0, width), random.between(0.0, height));
    let angle = random.between(0.0, std::f32::consts::PI);
    let (along_x, along_y) = (cos(angle), sin(angle));
    let (half_length, half_width) = (random.between(5.0, 24.0), random.between(0.08, 0.3));
    let (bend, seed) = (random.between(-0.015, 0.015), random.seed());
    sheet.paint(sheet.whole(), |at_x, at_y, texel| {
        let (dx, dy) = (at_x - x, at_y - y);
        let along = dx * along_x + dy * along_y;
        let across = dy * along_x - dx * along_y + bend * along * along;
        if along.abs() > half_length || across.abs() > half_width {
            return;
        }
        // It skips where it was light.
        let depth = (smooth(seed, along * 0.5, 0.0) * 1.8 - 0.2).clamp(0.0, 1.0);
        texel.luma = (f32::from(texel.luma) + (BARE - f32::from(texel.luma)) * depth) as u8;
    });
}

/// A corner torn off, `reach` modules from the corner inwards, with a fringe of bare paper.
fn tear(sheet: &mut Sheet, reach: f32, random: &mut Random) {
    let (right, lower, slant, seed) =
        (random.below(2) == 1, random.below(2) == 1, random.between(0.5, 1.1), random.seed());
    if reach <= 0.0 {
        return;
    }
    let [width, height] = sheet.size();
    let (along_x, along_y) = (cos(slant), sin(slant));
    sheet.paint(sheet.whole(), |x, y, texel| {
        let (from_x, from_y) = (if right { width - x } else { x }, if lower { height - y } else { y });
        let ragged = 1.6 * (smooth(seed, x * 0.5, y * 0.5) - 0.5) + 0.5 * (smooth(seed ^ 1, x * 2.0, y * 2.0) - 0.5);
        let inside = from_x * along_x + from_y * along_y - reach + ragged;
        if inside < 0.0 {
            texel.cover = 0;
        } else if inside < 0.5 {
            texel.luma = BARE as u8;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::profile::CLEAN;
    use super::super::sheet::Colour;
    use super::*;

    /// A grey sticker of 40x50 modules, worn; the share of its texels that are darker, lighter, and gone.
    fn worn(wear: Wear, seed: u64) -> [f32; 3] {
        let mut sheet = Sheet::new(40, 50, 6, Colour::new(100, 0, 0));
        apply(&mut sheet, &wear, &mut Random::new(seed));
        let mut counts = [0.0; 3];
        let mut all = 0.0;
        sheet.paint(sheet.whole(), |_, _, texel| {
            all += 1.0;
            let kinds = [texel.cover > 0 && texel.luma < 95, texel.cover > 0 && texel.luma > 105, texel.cover == 0];
            for (count, is) in counts.iter_mut().zip(kinds) {
                *count += f32::from(u8::from(is));
            }
        });
        counts.map(|count| count / all)
    }

    fn mean(wear: Wear) -> [f32; 3] {
        let all: Vec<[f32; 3]> = (0..10).map(|seed| worn(wear, seed)).collect();
        [0, 1, 2].map(|kind| all.iter().map(|worn| worn[kind]).sum::<f32>() / 10.0)
    }

    #[test]
    fn what_is_not_worn_stays() {
        assert!(worn(CLEAN.wear, 1).iter().all(|share| *share <= 0.0));
    }

    #[test]
    fn scratches_lay_thin_lines_of_paper_bare() {
        let [few, many] = [2, 8].map(|count| mean(Wear { scratches: (count, count), ..CLEAN.wear }));
        assert!(few[1] > 0.001 && many[1] > 2.5 * few[1] && many[1] < 0.08, "{few:?} {many:?}");
        assert!(many[0] <= 0.0 && many[2] <= 0.0, "{many:?}");
    }

    #[test]
    fn dirt_darkens_a_part() {
        let [light, heavy] = [0.15, 0.6].map(|depth| mean(Wear { dirt: (depth, depth), ..CLEAN.wear }));
        assert!(heavy[0] > light[0] && heavy[0] > 0.1 && heavy[0] < 0.7, "{light:?} {heavy:?}");
        assert!(heavy[1] <= 0.0 && heavy[2] <= 0.0, "{heavy:?}");
    }

    #[test]
    fn a_tear_takes_a_corner_off() {
        for seed in 0..10 {
            let [_, bare, gone] = worn(Wear { tear: (10.0, 10.0), ..CLEAN.wear }, seed);
            // A right triangle whose height on its long side is 10, of 40x50.
            assert!(gone > 0.035 && gone < 0.09 && bare > 0.0, "{gone} {bare}");
        }
    }
}
