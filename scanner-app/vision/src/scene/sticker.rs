//! The sticker: white paper with the symbol and its caption, printed with too much or too little ink, and worn.

use super::label::Label;
use super::noise::smooth;
use super::profile::Wear;
use super::random::Random;
use super::sheet::{Area, Colour, Sheet, Texel};
use super::wear;

/// Luma of paper and of fresh ink.
pub(crate) const PAPER: u8 = 233;
pub(crate) const INK: u8 = 28;

/// Where the symbol lies on its sticker, modules from the left and the top.
pub(crate) const SYMBOL_AT: [f32; 2] = [6.0, 6.0];

/// Paper to the right of the symbol and below it, modules.
const BESIDE: usize = 6;
const BELOW: usize = 13;

/// Distance of the caption's letters, modules.
const PITCH: f32 = 1.4;

/// A sticker and what is left of its symbol.
#[derive(Clone, Debug)]
pub(crate) struct Sticker {
    pub(crate) sheet: Sheet,
    /// Modules that no longer look as they should, as a share of all.
    pub(crate) damage_share: f32,
    /// Grey levels from ink to paper.
    pub(crate) contrast: f32,
}

/// Width and height of the sticker of a symbol of `side` modules.
pub(crate) fn size(side: usize) -> (usize, usize) {
    (SYMBOL_AT[0] as usize + side + BESIDE, SYMBOL_AT[1] as usize + side + BELOW)
}

/// How one label was printed.
struct Print<'a> {
    label: &'a Label,
    seed: u32,
    /// Modules by which dark grows.
    spread: f32,
    fade: f32,
    density: f32,
    /// Which letters the caption shows: it belongs to the label, so it stays whatever else is drawn.
    letters: u32,
}

impl Sticker {
    /// The sticker of a label, `density` texels to the module.
    pub(crate) fn new(label: &Label, density: usize, wear: &Wear, random: &mut Random) -> Self {
        let (columns, rows) = size(label.side());
        let print = Print {
            label,
            seed: random.seed(),
            spread: random.within(wear.ink_spread),
            fade: random.within(wear.fade).clamp(0.0, 0.95),
            density: density as f32,
            letters: label.text().bytes().fold(17, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into())),
        };
        let mut sheet = Sheet::new(columns, rows, density, Colour::new(PAPER, -3, 1));
        let [left, top] = SYMBOL_AT;
        let end = left + label.side() as f32;
        let dye = |x: f32, y: f32, cover: f32, texel: &mut Texel| {
            if cover > 0.0 {
                texel.luma = (f32::from(PAPER) + (print.ink(x, y) - f32::from(PAPER)) * cover) as u8;
            }
        };
        let symbol = Area { left: left - 1.0, top: top - 1.0, right: end + 1.0, bottom: top + end - left + 1.0 };
        sheet.paint(symbol, |x, y, texel| dye(x, y, print.cover(x - left, y - top), texel));
        let caption = Area { left, top: symbol.bottom, right: end, bottom: rows as f32 };
        sheet.paint(caption, |x, y, texel| dye(x, y, print.caption(x, y), texel));
        wear::apply(&mut sheet, wear, random);
        let contrast = f32::from(PAPER) - print.mean_ink();
        let damage_share = damage_share(&sheet, label, f32::from(PAPER) - contrast / 2.0);
        Self { sheet, damage_share, contrast }
    }
}

impl Print<'_> {
    fn is_dark(&self, column: i32, row: i32) -> bool {
        match (usize::try_from(column), usize::try_from(row)) {
            (Ok(column), Ok(row)) => self.label.is_dark(column, row),
            _ => false,
        }
    }

    /// How much ink lies at a point of the symbol, 0 to 1.
    fn cover(&self, x: f32, y: f32) -> f32 {
        let (column, row) = ((x + 1.0) as i32 - 1, (y + 1.0) as i32 - 1);
        let dark = self.is_dark(column, row);
        if self.spread == 0.0 {
            return f32::from(u8::from(dark));
        }
        // Ink creeps along the fibres, so its edge is ragged.
        let spread = self.spread + 0.06 * (smooth(self.seed, x * 3.0, y * 3.0) - 0.5);
        let distance = self.distance_to_other(x, y, column, row, dark);
        let inside = if dark { distance + spread } else { spread - distance };
        (inside * self.density + 0.5).clamp(0.0, 1.0)
    }

    /// Modules from a point to the nearest module of the other kind, at least 1 where none is near.
    fn distance_to_other(&self, x: f32, y: f32, column: i32, row: i32, dark: bool) -> f32 {
        let (x, y) = (x - column as f32, y - row as f32);
        let mut nearest = 1.0_f32;
        for down in -1..=1 {
            for right in -1..=1 {
                if self.is_dark(column + right, row + down) != dark {
                    let gap = |at: f32, to: i32| match to {
                        -1 => at,
                        1 => 1.0 - at,
                        _ => 0.0,
                    };
                    let (dx, dy) = (gap(x, right), gap(y, down));
                    nearest = nearest.min((dx * dx + dy * dy).sqrt());
                }
            }
        }
        nearest
    }

    /// Luma of the ink at a point: a bleached print is so in patches.
    fn ink(&self, x: f32, y: f32) -> f32 {
        let patch = if self.fade > 0.0 { 0.7 + 0.6 * smooth(self.seed ^ 2, x * 0.12, y * 0.12) } else { 1.0 };
        f32::from(INK) + (f32::from(PAPER) - f32::from(INK)) * (self.fade * patch).min(0.97)
    }

    fn mean_ink(&self) -> f32 {
        f32::from(INK) + (f32::from(PAPER) - f32::from(INK)) * self.fade
    }

    /// How much ink of the caption lies at a point: two lines of strokes that look like small print.
    fn caption(&self, x: f32, y: f32) -> f32 {
        let side = self.label.side() as f32;
        let lines = [(side + 9.0, side * 0.95, 2.2), (side + 13.0, side * 0.7, 1.8)];
        for (line, (top, width, height)) in lines.into_iter().enumerate() {
            let (x, y) = (x - SYMBOL_AT[0], y - top);
            if (0.0..width).contains(&x) && (0.0..height).contains(&y) {
                return f32::from(u8::from(self.is_letter(x, y, line as u32)));
            }
        }
        0.0
    }

    /// Letters of up to four strokes each.
    fn is_letter(&self, x: f32, y: f32, line: u32) -> bool {
        let letter = (x / PITCH) as u32;
        let at = x - letter as f32 * PITCH;
        let strokes = self.letters.rotate_left((letter * 5 + 13 * line) % 32) | 1;
        let drawn = |stroke: u32, here: bool| here && (strokes >> stroke) & 1 == 1;
        at < 1.0
            && (drawn(0, at < 0.35) || drawn(1, y < 0.4) || drawn(2, at > 0.65) || drawn(3, (0.8..1.2).contains(&y)))
    }
}

/// Modules that look dark where they should be light, or light where dark, by the middle of the two.
fn damage_share(sheet: &Sheet, label: &Label, middle: f32) -> f32 {
    let density = (sheet.texels().0 / sheet.modules().0) as f32;
    let looks_dark = |column: usize, row: usize| {
        let luma = [0.3, 0.5, 0.7].into_iter().flat_map(|y| [0.3, 0.5, 0.7].map(|x| (x, y))).map(|(x, y)| {
            let at = [SYMBOL_AT[0] + column as f32 + x, SYMBOL_AT[1] + row as f32 + y];
            let [column, row] = at.map(|at| (at * density) as i32);
            // Through a hole the board is seen, which is nearer to dark.
            sheet.texel(column, row).filter(|texel| texel.cover > 127).map_or(120.0, |texel| f32::from(texel.luma))
        });
        luma.sum::<f32>() / 9.0 < middle
    };
    let side = label.side();
    let wrong =
        (0..side * side).filter(|at| looks_dark(at % side, at / side) != label.is_dark(at % side, at / side)).count();
    wrong as f32 / (side * side) as f32
}

/// The part of a sticker that the symbol takes, quiet zone excluded.
#[cfg(test)]
pub(crate) fn symbol_area(side: usize) -> Area {
    let [left, top] = SYMBOL_AT;
    Area { left, top, right: left + side as f32, bottom: top + side as f32 }
}

#[cfg(test)]
mod tests {
    use super::super::profile::CLEAN;
    use super::*;

    const TEXT: &str = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD";

    fn sticker(wear: &Wear) -> Sticker {
        Sticker::new(&Label::new(TEXT).unwrap(), 8, wear, &mut Random::new(5))
    }

    /// Share of ink over the symbol, and the mean luma of what is darker than the middle.
    fn ink(sticker: &mut Sticker) -> (f32, f32) {
        let (mut dark, mut all, mut sum) = (0.0, 0.0, 0.0);
        let middle = f32::from(PAPER) - sticker.contrast / 2.0;
        sticker.sheet.paint(symbol_area(29), |_, _, texel| {
            all += 1.0;
            if f32::from(texel.luma) < middle {
                dark += 1.0;
                sum += f32::from(texel.luma);
            }
        });
        (dark / all, sum / dark)
    }

    #[test]
    fn a_fresh_sticker_is_its_label() {
        let label = Label::new(TEXT).unwrap();
        let modules = (0..29 * 29).filter(|at| label.is_dark(at % 29, at / 29)).count();
        let mut fresh = sticker(&CLEAN.wear);
        let (share, luma) = ink(&mut fresh);
        assert!((share - modules as f32 / 841.0).abs() < 1e-4, "{share}");
        assert!((luma - 28.0).abs() < 0.5 && (fresh.contrast - 205.0).abs() < 0.1, "{luma}");
        assert!(fresh.damage_share <= 0.0);
    }

    #[test]
    fn ink_grows_and_shrinks_by_what_is_asked() {
        let share = |spread: f32| ink(&mut sticker(&Wear { ink_spread: (spread, spread), ..CLEAN.wear })).0;
        let shares = [-0.2, -0.1, 0.1, 0.2].map(share);
        let fresh = ink(&mut sticker(&CLEAN.wear)).0;
        assert!(shares.windows(2).all(|pair| pair[1] > pair[0] + 0.04), "{shares:?}");
        assert!(shares[1] < fresh - 0.03 && shares[2] > fresh + 0.03, "{shares:?} around {fresh}");
        // A lone light module shrinks from 1 to 1 - 2 * 0.2 a side, so no module is lost yet.
        assert!(sticker(&Wear { ink_spread: (0.2, 0.2), ..CLEAN.wear }).damage_share < 0.01);
    }

    #[test]
    fn fading_takes_its_share_of_the_contrast() {
        let mut faded = sticker(&Wear { fade: (0.5, 0.5), ..CLEAN.wear });
        let (_, luma) = ink(&mut faded);
        assert!((luma - 130.5).abs() < 20.0 && (faded.contrast - 102.5).abs() < 0.1, "{luma}");
    }
}
