//! Values that change at known moments: what holds at a time is the last one set at or before it.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A value that holds from a moment on, until the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated<T> {
    /// From when.
    pub from: Timestamp,
    /// What.
    pub value: T,
}

/// What holds at a moment; none before the first value. The order of the list does not matter, except between equal moments,
/// where the last one stands.
#[must_use]
pub fn at<T>(values: &[Dated<T>], when: Timestamp) -> Option<&Dated<T>> {
    values.iter().filter(|dated| dated.from <= when).max_by_key(|dated| dated.from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_set_by_then_holds() {
        let on = |ms, value| Dated { from: Timestamp::from_ms(ms), value };
        let values = [on(20, "b"), on(10, "a"), on(20, "c")];
        assert_eq!(at(&values, Timestamp::from_ms(9)), None);
        assert_eq!(at(&values, Timestamp::from_ms(19)).map(|found| found.value), Some("a"));
        assert_eq!(at(&values, Timestamp::from_ms(20)).map(|found| found.value), Some("c"));
    }
}
