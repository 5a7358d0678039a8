//! Wrong tries: five are free, then each locks the number for longer. Neither a restart nor the clock ends a lock sooner; a PIN
//! that was set anew does.

use super::Moment;
use crate::store::TriesRow;

/// Wrong tries before the first lock.
pub const TRIES_FREE: u32 = 5;

const MINUTE_MS: u64 = 60_000;

/// How long each wrong try from the fifth on locks; the last for all that follow.
const LOCKS_MS: [u64; 6] =
    [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS, 240 * MINUTE_MS, 1_440 * MINUTE_MS];

/// What was tried with one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tries {
    wrong: u32,
    lock_ms: u64,
    since: Moment,
}

impl Tries {
    /// Nothing was.
    #[must_use]
    pub const fn none(now: Moment) -> Self {
        Self { wrong: 0, lock_ms: 0, since: now }
    }

    /// As kept. A row of another PIN's tries says nothing about this one.
    #[must_use]
    pub fn of_row(row: Option<TriesRow>, pin_name: &str, now: Moment) -> Self {
        match row {
            Some(row) if row.pin_name == pin_name => {
                let since = Moment { boot: row.boot, mono_ms: row.mono_ms, ..now };
                Self { wrong: row.wrong, lock_ms: row.lock_ms, since }
            }
            _ => Self::none(now),
        }
    }

    /// To be kept.
    #[must_use]
    pub fn to_row(self, pin_name: &str) -> TriesRow {
        let Moment { boot, mono_ms, .. } = self.since;
        TriesRow { pin_name: pin_name.to_owned(), wrong: self.wrong, lock_ms: self.lock_ms, boot, mono_ms }
    }

    /// Milliseconds until the next try is allowed; 0 = now.
    #[must_use]
    pub fn locked_ms(&self, now: Moment) -> u64 {
        self.lock_ms.saturating_sub(now.surely_since(self.since.boot, self.since.mono_ms))
    }

    /// The same tries, counted on from now: what passed of a lock in this start of the device stays passed in the next.
    #[must_use]
    pub fn carried(self, now: Moment) -> Self {
        Self { lock_ms: self.locked_ms(now), since: now, ..self }
    }

    /// With one wrong try more. It is kept *before* the PIN is checked and forgotten when the PIN was right: whoever pulls the
    /// battery during the check has spent the try.
    #[must_use]
    pub fn with_one_more(self, now: Moment) -> Self {
        let wrong = self.wrong.saturating_add(1);
        let place = wrong.checked_sub(TRIES_FREE).map(|place| (place as usize).min(LOCKS_MS.len() - 1));
        Self { wrong, lock_ms: place.map_or(0, |place| LOCKS_MS[place]), since: now }
    }

    /// Free tries that are left.
    #[must_use]
    pub const fn left(&self) -> u32 {
        TRIES_FREE.saturating_sub(self.wrong)
    }
}
