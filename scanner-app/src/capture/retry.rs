//! Pauses between tries that grow: a device that is away is looked for often at first, and then seldom.

/// Doubling pauses.
#[expect(clippy::struct_field_names, reason = "units come last in every name")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Pauses {
    first_ms: u64,
    last_ms: u64,
    next_ms: u64,
}

impl Pauses {
    pub(super) const fn new(first_ms: u64, last_ms: u64) -> Self {
        Self { first_ms, last_ms, next_ms: first_ms }
    }

    /// The pause before the next try.
    pub(super) fn next_ms(&mut self) -> u64 {
        let pause_ms = self.next_ms;
        self.next_ms = pause_ms.saturating_mul(2).min(self.last_ms);
        pause_ms
    }

    /// The device is back.
    pub(super) const fn reset(&mut self) {
        self.next_ms = self.first_ms;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_to_the_longest_and_start_anew() {
        let mut pauses = Pauses::new(500, 3_000);
        let grown: Vec<u64> = (0..5).map(|_| pauses.next_ms()).collect();
        assert_eq!(grown, [500, 1_000, 2_000, 3_000, 3_000]);
        pauses.reset();
        assert_eq!(pauses.next_ms(), 500);
    }
}
