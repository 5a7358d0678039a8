//! Clocks, percentiles and the machine's load, and how a measuring program ends.

mod clock;
mod finish;
mod load;
mod spread;

pub use clock::{Clock, Lap};
pub use finish::finish;
pub use load::{Load, Machine};
pub use spread::Spread;

/// A count as a number to divide by.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of pictures, labels and bytes are far below 2^52")]
pub fn number(count: usize) -> f64 {
    count as f64
}

/// `part` of `whole` in percent, two digits; 0 of nothing is `None`.
#[must_use]
pub fn percent(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| rounded(number(part) * 100.0 / number(whole), 2))
}

/// `value` with so many decimal digits: a report is for reading.
#[must_use]
pub fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}
