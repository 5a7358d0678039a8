//! A small random source, so that a seed gives the same picture on every machine and version.

/// `SplitMix64` (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// 32 random bits, as a seed for noise.
    pub(crate) fn seed(&mut self) -> u32 {
        (self.bits() >> 32) as u32
    }

    /// Evenly between the two.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        // 24 bits fit exactly.
        let unit = (self.bits() >> 40) as f32 / (1_u64 << 24) as f32;
        low + (high - low) * unit
    }

    /// Evenly in a range of a profile.
    pub(crate) fn within(&mut self, (least, most): (f32, f32)) -> f32 {
        self.between(least, most)
    }

    /// A whole number below `limit`, 0 when that is 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.bits() >> 33) as usize % limit.max(1)
    }

    /// 1 or -1.
    pub(crate) fn sign(&mut self) -> f32 {
        if self.bits() & 1 == 0 { 1.0 } else { -1.0 }
    }

    /// Near normal with deviation 1: four 16-bit draws of one number, summed.
    pub(crate) fn normal(&mut self) -> f32 {
        let bits = self.bits();
        let sum: f32 = (0..4).map(|part| ((bits >> (16 * part)) & 0xFFFF) as f32).sum();
        // Four uniform draws have mean 2 and variance 4/12; the constant is the root of 3.
        (sum / 65_535.0 - 2.0) * 1.732_050_8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_draws_have_deviation_1() {
        let mut random = Random::new(3);
        let draws: Vec<f32> = (0..20_000).map(|_| random.normal()).collect();
        let mean = draws.iter().sum::<f32>() / 20_000.0;
        let variance = draws.iter().map(|draw| (draw - mean) * (draw - mean)).sum::<f32>() / 20_000.0;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }
}
