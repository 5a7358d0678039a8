//! Days, times and durations. D1 is 2026-03-02 in Asia/Shanghai unless a scenario says otherwise.

use shared::time::Timestamp;
use time::macros::format_description;
use time::{Date, PrimitiveDateTime, Time, UtcOffset};

const DAY_MS: i64 = 86_400_000;

/// Where D1 lies, and which day was named last.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    day1: Date,
    last_day: i64,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { day1: time::macros::date!(2026 - 03 - 02), last_day: 1 }
    }
}

impl Calendar {
    /// Moves D1.
    pub fn set_day1(&mut self, text: &str) -> Result<(), String> {
        self.day1 = date(text)?;
        Ok(())
    }

    /// Midnight at the beginning of D1.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        self.moment(1, Time::MIDNIGHT)
    }

    /// `D1`, `D-90`, `D1T08:00`, `08:00` on the last named day, `2026-03-02` or `2026-03-02T08:00`.
    pub fn time(&mut self, text: &str) -> Result<Timestamp, String> {
        let (day, clock) = match text.split_once('T') {
            Some((day, clock)) => (day, Some(clock)),
            None if text.contains(':') => return Ok(self.moment(self.last_day, clock_time(text)?)),
            None => (text, None),
        };
        let clock = clock.map_or(Ok(Time::MIDNIGHT), clock_time)?;
        if let Some(number) = day.strip_prefix('D') {
            self.last_day = number.parse().map_err(|_| not_a_time(text))?;
            if self.last_day.abs() > 100_000 {
                return Err(format!("`{text}` lies too far away"));
            }
        } else {
            self.last_day = 1 + (date(day).map_err(|_| not_a_time(text))? - self.day1).whole_days();
        }
        Ok(self.moment(self.last_day, clock))
    }

    fn moment(&self, day: i64, clock: Time) -> Timestamp {
        let offset = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
        let day1 = PrimitiveDateTime::new(self.day1, clock).assume_offset(offset);
        Timestamp::from_ms(day1.unix_timestamp() * 1_000 + (day - 1) * DAY_MS)
    }
}

/// Whether a word is a clock time: `08:00` or `08:00:30`.
#[must_use]
pub fn is_clock(text: &str) -> bool {
    clock_time(text).is_ok()
}

/// `500ms`, `30s`, `5m`, `24h`, `2d`; a sign may stand before it.
pub fn duration_ms(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{text}` is no duration: write it like 500ms, 30s, 5m, 24h or 2d");
    let (negative, body) = match text.strip_prefix(['-', '+']) {
        Some(body) => (text.starts_with('-'), body),
        None => (false, text),
    };
    let split = body.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = body.split_at(split);
    let number: i64 = number.parse().map_err(|_| wrong())?;
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => DAY_MS,
        _ => return Err(wrong()),
    };
    let ms = number.checked_mul(factor).ok_or_else(wrong)?;
    Ok(if negative { -ms } else { ms })
}

fn date(text: &str) -> Result<Date, String> {
    let format = format_description!("[year]-[month]-[day]");
    Date::parse(text, &format).map_err(|_| format!("`{text}` is no date: write it like 2026-03-02"))
}

fn clock_time(text: &str) -> Result<Time, String> {
    let with_seconds = format_description!("[hour]:[minute]:[second]");
    let full = if text.matches(':').count() == 1 { format!("{text}:00") } else { text.to_owned() };
    Time::parse(&full, &with_seconds).map_err(|_| not_a_time(text))
}

fn not_a_time(text: &str) -> String {
    format!("`{text}` is no time: write it like D1, D1T08:00 or 08:00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_d1_in_shanghai() {
        let mut calendar = Calendar::default();
        assert_eq!(calendar.time("D1T08:00").unwrap().to_string(), "2026-03-02T08:00:00.000+08:00");
        assert_eq!(calendar.time("D0").unwrap().to_string(), "2026-03-01T00:00:00.000+08:00");
        calendar.time("D3").unwrap();
        assert_eq!(calendar.time("09:15:30").unwrap().to_string(), "2026-03-04T09:15:30.000+08:00");
        calendar.set_day1("2026-10-01").unwrap();
        assert_eq!(calendar.time("D-90").unwrap().to_minute(), "2026-07-02 00:00");
        assert_eq!(calendar.time("2026-10-02T01:00").unwrap(), calendar.time("D2T01:00").unwrap());
    }

    #[test]
    fn what_is_no_time_is_named() {
        assert_eq!(Calendar::default().time("Dx").unwrap_err(), "`Dx` is no time: write it like D1, D1T08:00 or 08:00");
        assert!(Calendar::default().time("D9999999999999999999").is_err());
        assert_eq!(duration_ms("-1h").unwrap(), -3_600_000);
        assert!(duration_ms("5 minutes").unwrap_err().contains("no duration"));
        assert!(duration_ms("9999999999999999d").is_err());
    }
}
