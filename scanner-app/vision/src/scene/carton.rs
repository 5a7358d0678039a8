//! What stands on the pallet, without its sticker: fronts of cartons and cans.

use super::noise::smooth;
use super::random::Random;
use super::sheet::{Area, Colour, Sheet};

const BOARD: Colour = Colour::new(151, -31, 25);
const TAPE: Colour = Colour::new(176, -27, 17);
const PRINT: Colour = Colour::new(82, -14, 14);

/// Bodies of cans: painted blue, green and red, and bare.
const CANS: [Colour; 4] =
    [Colour::new(92, 34, -22), Colour::new(104, -10, -26), Colour::new(88, -12, 62), Colour::new(168, 2, -2)];
const RIM: Colour = Colour::new(190, 2, -2);

/// Modules of a carton's edge that are rounded and so darker.
const EDGE: f32 = 0.9;

/// The front of a carton of so many modules: board, tape down the middle, marks printed on it.
pub(crate) fn carton(columns: usize, rows: usize, density: usize, random: &mut Random) -> Sheet {
    let mut sheet = Sheet::new(columns, rows, density, BOARD);
    let [width, height] = sheet.size();
    marks(&mut sheet, random);
    // Most cartons have their flaps, and so the tape, at the top; some show them.
    if random.below(3) == 0 {
        let middle = width * random.between(0.4, 0.6);
        sheet.fill(Area { left: middle - 6.0, top: 0.0, right: middle + 6.0, bottom: height }, TAPE);
    } else {
        sheet.fill(Area { left: width * 0.46, top: 0.0, right: width * 0.58, bottom: 9.0 }, TAPE);
    }
    let seed = random.seed();
    sheet.paint(sheet.whole(), |x, y, texel| {
        // Flutes show as upright lines; board is blotched, and scuffed towards its edges.
        let flutes = 0.035 * (smooth(seed, x * 1.3, y * 0.02) - 0.5);
        let blotches = 0.1 * (smooth(seed ^ 1, x * 0.07, y * 0.09) - 0.5);
        let border = x.min(y).min(width - x).min(height - y);
        let rounded = if border < EDGE { 0.72 + 0.28 * border / EDGE } else { 1.0 };
        // Light from above catches the upper edge.
        let caught = if (EDGE..2.0 * EDGE).contains(&y) { 0.1 } else { 0.0 };
        texel.luma = (f32::from(texel.luma) * (1.0 + flutes + blotches + caught) * rounded) as u8;
    });
    sheet
}

/// Lines of print, a block of it, and the two arrows that say which way is up.
fn marks(sheet: &mut Sheet, random: &mut Random) {
    let [width, height] = sheet.size();
    let left = random.between(3.0, 8.0);
    for line in 0..3_u8 {
        let top = height - 12.0 + 3.2 * f32::from(line);
        let mut at = left;
        while at < width * 0.4 {
            let word = random.between(1.5, 5.0);
            sheet.fill(Area { left: at, top, right: (at + word).min(width * 0.4), bottom: top + 1.4 }, PRINT);
            at += word + 1.0;
        }
    }
    for arrow in [0.0, 7.0] {
        let (left, top) = (width - 17.0 + arrow, height - 13.0);
        sheet.fill(Area { left: left + 1.6, top: top + 3.0, right: left + 3.0, bottom: top + 9.0 }, PRINT);
        for step in 0..4_u8 {
            let step = f32::from(step) * 0.75;
            let top = top + 3.0 - step;
            sheet
                .fill(Area { left: left + step * 0.8, top, right: left + 4.6 - step * 0.8, bottom: top + 0.75 }, PRINT);
        }
        sheet.fill(Area { left, top: top + 9.6, right: left + 4.6, bottom: top + 10.4 }, PRINT);
    }
    brand(sheet, [random.between(4.0, width * 0.3), random.between(3.0, height * 0.2)], random);
}

/// The maker's name in block letters, each a few cells of a grid of three by five.
fn brand(sheet: &mut Sheet, [left, top]: [f32; 2], random: &mut Random) {
    let cell = random.between(0.8, 1.5);
    for letter in 0..4 + random.below(4) {
        let cells = random.bits();
        for at in 0..15_u8 {
            // The uprights are nearly always there: letters have more of them than of anything.
            let upright = at % 3 == 0 && random.below(5) > 0;
            if upright || (cells >> at) & 1 == 1 {
                let x = left + (letter as f32 * 4.0 + f32::from(at % 3)) * cell;
                let y = top + f32::from(at / 3) * cell;
                sheet.fill(Area { left: x, top: y, right: x + cell, bottom: y + cell }, PRINT);
            }
        }
    }
}

/// The front of a can, its rims above and below.
pub(crate) fn can(columns: usize, rows: usize, density: usize, random: &mut Random) -> Sheet {
    let body = CANS[random.below(CANS.len())];
    let mut sheet = Sheet::new(columns, rows, density, body);
    let [width, height] = sheet.size();
    let stripe = Area { left: 0.0, top: height * 0.86, right: width, bottom: height * 0.9 };
    sheet.fill(stripe, body.lit(1.5));
    for (top, bottom) in [(0.0, 2.6), (height - 2.6, height)] {
        sheet.fill(Area { left: 0.0, top, right: width, bottom }, RIM);
    }
    let seed = random.seed();
    sheet.paint(sheet.whole(), |x, y, texel| {
        // The rim is a rounded bead with a groove behind it.
        let end = y.min(height - y);
        let bead = if end < 2.6 { 0.55 + 0.6 * (1.0 - (end / 1.3 - 1.0).abs()) } else { 1.0 };
        let groove = if (2.6..3.2).contains(&end) { 0.6 } else { 1.0 };
        let scuffs = 1.0 + 0.06 * (smooth(seed, x * 0.2, y * 0.06) - 0.5);
        texel.luma = (f32::from(texel.luma) * bead * groove * scuffs).min(255.0) as u8;
    });
    sheet
}
