//! Value noise: random heights at the points of a grid, smooth between them; the same for a seed on every machine.

/// A random number that a seed and a grid point decide.
pub(crate) fn hash(seed: u32, x: i32, y: i32) -> u32 {
    let mut bits = seed ^ x.cast_unsigned().wrapping_mul(0x9E37_79B1) ^ y.cast_unsigned().wrapping_mul(0x85EB_CA77);
    bits = (bits ^ (bits >> 15)).wrapping_mul(0x2C1B_3C6D);
    bits = (bits ^ (bits >> 12)).wrapping_mul(0x297A_2D39);
    bits ^ (bits >> 15)
}

/// A value of 0 to 1 at a grid point.
pub(crate) fn lattice(seed: u32, x: i32, y: i32) -> f32 {
    (hash(seed, x, y) >> 8) as f32 / (1_u32 << 24) as f32
}

/// A value of 0 to 1 that varies smoothly with a period of about 1, for positions above -4096.
pub(crate) fn smooth(seed: u32, x: f32, y: f32) -> f32 {
    const OFFSET: i32 = 4096;
    let split = |at: f32| {
        // Truncation is quicker than rounding down, and the same above 0.
        let at = at + OFFSET as f32;
        let whole = at as i32;
        let part = at - whole as f32;
        (whole - OFFSET, part * part * (3.0 - 2.0 * part))
    };
    let ((left, dx), (top, dy)) = (split(x), split(y));
    let row = |y: i32| {
        let (a, b) = (lattice(seed, left, y), lattice(seed, left + 1, y));
        a + (b - a) * dx
    };
    let (above, below) = (row(top), row(top + 1));
    above + (below - above) * dy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_smooth_and_fills_its_range() {
        let values: Vec<f32> = (0..4000_u16).map(|step| smooth(7, f32::from(step) / 20.0 - 50.0, 3.3)).collect();
        let step = values.windows(2).map(|pair| (pair[0] - pair[1]).abs()).fold(0.0, f32::max);
        assert!(step < 0.1, "{step}");
        let (low, high) = values.iter().fold((1.0_f32, 0.0_f32), |(low, high), at| (low.min(*at), high.max(*at)));
        assert!(low < 0.2 && high > 0.8 && low >= 0.0 && high <= 1.0, "{low} {high}");
    }
}
