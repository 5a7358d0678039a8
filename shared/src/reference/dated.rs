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

/// What a record said until an amendment of it came into force: the past is judged by what held then (`domain.md`, how a trail is
/// judged).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier<T> {
    /// The first moment at which it held no more.
    pub until: Timestamp,
    /// What it said.
    pub said: T,
}

/// What a record said at a moment; none where it already said what it says now. The order of the list does not matter.
#[must_use]
pub fn said_at<T>(earlier: &[Earlier<T>], when: Timestamp) -> Option<&T> {
    let then = earlier.iter().filter(|earlier| when < earlier.until).min_by_key(|earlier| earlier.until);
    then.map(|earlier| &earlier.said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_says_what_it_said_before_the_next_amendment() {
        let until = |ms, said| Earlier { until: Timestamp::from_ms(ms), said };
        let earlier = [until(20, "b"), until(10, "a")];
        let said = |ms| said_at(&earlier, Timestamp::from_ms(ms)).copied();
        assert_eq!([said(9), said(10), said(19), said(20)], [Some("a"), Some("b"), Some("b"), None]);
    }

    #[test]
    fn the_last_value_set_by_then_holds() {
        let on = |ms, value| Dated { from: Timestamp::from_ms(ms), value };
        let values = [on(20, "b"), on(10, "a"), on(20, "c")];
        assert_eq!(at(&values, Timestamp::from_ms(9)), None);
        assert_eq!(at(&values, Timestamp::from_ms(19)).map(|found| found.value), Some("a"));
        assert_eq!(at(&values, Timestamp::from_ms(20)).map(|found| found.value), Some("c"));
    }
}
