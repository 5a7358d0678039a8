//! A small random source, so that a seed gives the same picture on every machine and version.

/// `SplitMix64` (Steele, Lea, Flood 2014).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// Evenly between the two.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        #[allow(clippy::cast_precision_loss)] // 24 bits fit exactly
        let unit = (self.next() >> 40) as f32 / (1_u64 << 24) as f32;
        low + (high - low) * unit
    }

    /// Near normal with deviation 1: four 16-bit draws of one number, summed.
    pub(crate) fn normal(&mut self) -> f32 {
        let bits = self.next();
        let sum: f32 = (0..4).map(|part| f32::from(u16::try_from((bits >> (16 * part)) & 0xFFFF).unwrap_or(0))).sum();
        // Four uniform draws have mean 2 and variance 4/12.
        (sum / 65_535.0 - 2.0) * 3.0_f32.sqrt()
    }
}
