//! The 15 format bits: level and mask, read from both copies at once (ISO/IEC 18004:2015, 7.9 and annex C).

use super::layout::format_places;
use crate::symbol::EcLevel;

/// What the format bits say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    /// Error-correction level.
    pub(crate) level: EcLevel,
    /// Mask, 0 to 7.
    pub(crate) mask: u8,
}

impl Format {
    /// Every format there is.
    fn all() -> impl Iterator<Item = Self> {
        let levels = [EcLevel::M, EcLevel::L, EcLevel::H, EcLevel::Q];
        levels.into_iter().flat_map(|level| (0..8).map(move |mask| Self { level, mask }))
    }

    /// The bits as they are printed, the lowest first.
    pub(crate) fn bits(self) -> u16 {
        let level = match self.level {
            EcLevel::M => 0,
            EcLevel::L => 1,
            EcLevel::H => 2,
            EcLevel::Q => 3,
        };
        let data = (level << 3) | u16::from(self.mask);
        let mut rest = data;
        for _ in 0..10 {
            rest = (rest << 1) ^ ((rest >> 9) * 0x537);
        }
        ((data << 10) | rest) ^ 0x5412
    }

    /// The format nearest to what both copies look like. `soft` is positive for dark, row by row.
    ///
    /// `None` where even that is far: over a fifth of the evidence speaks against it. Two formats differ in 5 bits at least.
    pub(crate) fn read(soft: &[f32], side: usize) -> Option<Self> {
        let places = format_places(side);
        let evidence: [f32; 15] = places.map(|pair| pair.iter().map(|(x, y)| soft[y * side + x]).sum());
        let total: f32 = evidence.iter().map(|value| value.abs()).sum();
        let agreement = |format: &Self| -> f32 {
            let bits = format.bits();
            let sign = |bit: usize| if (bits >> bit) & 1 == 1 { 1.0 } else { -1.0 };
            evidence.iter().enumerate().map(|(bit, value)| sign(bit) * value).sum()
        };
        let best = Self::all().max_by(|a, b| agreement(a).total_cmp(&agreement(b)))?;
        (agreement(&best) > 0.6 * total).then_some(best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits of the standard's table C.1.
    #[test]
    fn bits_are_the_published_ones() {
        let bits = |level, mask| Format { level, mask }.bits();
        assert_eq!(bits(EcLevel::M, 0), 0x5412);
        assert_eq!(bits(EcLevel::L, 0), 0x77C4);
        assert_eq!(bits(EcLevel::Q, 4), 0x24B4);
        assert_eq!(bits(EcLevel::H, 7), 0x083B);
    }

    #[test]
    fn two_bad_copies_make_one_good_one() {
        let format = Format { level: EcLevel::Q, mask: 5 };
        let side = 29;
        let mut soft = vec![0.0; side * side];
        for (bit, pair) in format_places(side).iter().enumerate() {
            let value = if (format.bits() >> bit) & 1 == 1 { 1.0 } else { -1.0 };
            for (copy, (x, y)) in pair.iter().enumerate() {
                // Every third bit of each copy is faint and wrong.
                let wrong = bit % 3 == copy;
                soft[y * side + x] = if wrong { -0.3 * value } else { value };
            }
        }
        assert_eq!(Format::read(&soft, side), Some(format));
        assert_eq!(Format::read(&vec![0.0; side * side], side), None);
    }
}
