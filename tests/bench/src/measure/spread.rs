//! Many times as a few numbers.

use serde::Serialize;

use super::{number, rounded};

/// How times lie, ms. Percentiles are values that occurred (nearest rank).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// How many were measured.
    pub count: usize,
    /// Mean.
    pub mean: f64,
    /// Median.
    pub p50: f64,
    /// 95 of 100 are at most this.
    pub p95: f64,
    /// 99 of 100 are at most this.
    pub p99: f64,
    /// 999 of 1000 are at most this.
    pub p999: f64,
    /// The longest.
    pub max: f64,
}

impl Spread {
    /// Of times in ms, in any order; `None` of none.
    #[must_use]
    pub fn of(times_ms: &[f64]) -> Option<Self> {
        let mut sorted = times_ms.to_vec();
        sorted.sort_by(f64::total_cmp);
        let max = *sorted.last()?;
        let at = |permille| rounded(percentile(&sorted, permille), 3);
        let mean = rounded(sorted.iter().sum::<f64>() / number(sorted.len()), 3);
        let (p50, p95, p99, p999) = (at(500), at(950), at(990), at(999));
        Some(Self { count: sorted.len(), mean, p50, p95, p99, p999, max: rounded(max, 3) })
    }
}

/// The smallest value that so many of a thousand do not exceed. `sorted` is ascending and holds at least one.
fn percentile(sorted: &[f64], permille: usize) -> f64 {
    let rank = (sorted.len() * permille).div_ceil(1000).max(1);
    sorted[rank.min(sorted.len()) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let times: Vec<f64> = (1..=100_i32).rev().map(f64::from).collect();
        let spread = Spread::of(&times).unwrap();
        assert_eq!((spread.p50, spread.p95, spread.p99), (50.0, 95.0, 99.0));
        assert_eq!((spread.p999, spread.max, spread.mean, spread.count), (100.0, 100.0, 50.5, 100));
    }

    #[test]
    fn few_values_and_none() {
        assert_eq!(Spread::of(&[]), None);
        let one = Spread::of(&[7.0]).unwrap();
        assert_eq!((one.p50, one.p999, one.max), (7.0, 7.0, 7.0));
        let two = Spread::of(&[9.0, 1.0]).unwrap();
        assert_eq!((two.p50, two.p95), (1.0, 9.0));
    }
}
