//! Time as an argument: nothing in this crate reads a clock.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// A moment, in milliseconds since 1970-01-01T00:00Z. Written as RFC 3339 in Asia/Shanghai (+08:00), whose days, months and
/// quota years the rules count in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// The text is not an RFC 3339 date and time.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a time: write it like 2026-10-04T14:02:00+08:00")]
pub struct TimestampError(String);

/// One hour, in milliseconds.
pub const HOUR_MS: i64 = 3_600_000;

impl Timestamp {
    /// From milliseconds since 1970-01-01T00:00Z.
    #[must_use]
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970-01-01T00:00Z.
    #[must_use]
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// The moment `ms` milliseconds later (earlier when negative).
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// `2026-10-04 14:02` in Asia/Shanghai, as every screen shows a time.
    #[must_use]
    pub fn to_minute(self) -> String {
        let minute = format_description!("[year]-[month]-[day] [hour]:[minute]");
        self.local().format(&minute).unwrap_or_else(|_| self.0.to_string())
    }

    /// `14:02` in Asia/Shanghai.
    #[must_use]
    pub fn to_clock(self) -> String {
        let clock = format_description!("[hour]:[minute]");
        self.local().format(&clock).unwrap_or_else(|_| self.0.to_string())
    }

    /// The calendar year in Asia/Shanghai.
    #[must_use]
    pub fn year(self) -> i32 {
        self.local().year()
    }

    /// The same clock time some calendar months later, in Asia/Shanghai; the last day of the month where that day does not exist.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        let local = self.local();
        let counted = i64::from(local.year()) * 12 + i64::from(u8::from(local.month()) - 1) + i64::from(months);
        let (year, month) = (i32::try_from(counted.div_euclid(12)), u8::try_from(counted.rem_euclid(12) + 1));
        let (Ok(year), Ok(month)) = (year, month) else { return self };
        let Ok(month) = time::Month::try_from(month) else { return self };
        let day = local.day().min(month.length(year));
        let Ok(date) = time::Date::from_calendar_date(year, month, day) else { return self };
        let moved = local.replace_date(date).unix_timestamp_nanos() / 1_000_000;
        i64::try_from(moved).map_or(self, Self)
    }

    fn local(self) -> OffsetDateTime {
        let utc = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000);
        let shanghai = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
        utc.unwrap_or(OffsetDateTime::UNIX_EPOCH).to_offset(shanghai)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let full = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+08:00");
        f.write_str(&self.local().format(&full).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| TimestampError(text.to_owned()))?;
        let ms = parsed.unix_timestamp_nanos() / 1_000_000;
        i64::try_from(ms).map(Self).map_err(|_| TimestampError(text.to_owned()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::ids::from_text(deserializer)
    }
}

/// Where the time comes from. Binaries pass the system's clock, tests and simulations their own.
pub trait Clock: Send + Sync {
    /// The wall time now.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_shanghai_time_and_reads_any_offset() {
        let at: Timestamp = "2026-10-04T06:02:03.5Z".parse().unwrap();
        assert_eq!(at.to_string(), "2026-10-04T14:02:03.500+08:00");
        assert_eq!(at.to_string().parse::<Timestamp>().unwrap(), at);
        assert_eq!(at.to_minute(), "2026-10-04 14:02");
    }

    #[test]
    fn months_end_on_their_last_day() {
        let at: Timestamp = "2025-11-30T23:00:00+08:00".parse().unwrap();
        assert_eq!(at.plus_months(3).to_string(), "2026-02-28T23:00:00.000+08:00");
        assert_eq!(at.plus_months(0), at);
        assert_eq!("2025-12-31T16:00:00Z".parse::<Timestamp>().unwrap().year(), 2026);
        assert_eq!(Timestamp::from_ms(i64::MAX).plus_months(3).year(), 1970);
    }

    #[test]
    fn names_the_text_that_is_no_time() {
        let error = "yesterday".parse::<Timestamp>().unwrap_err();
        assert!(error.to_string().starts_with("`yesterday` is not a time"));
    }
}
