//! Days and times as people and spreadsheets write them. A day alone is its first moment in Asia/Shanghai.

use shared::time::Timestamp;

const DAY_MS: i64 = 24 * 3_600_000;
/// Midnight in Asia/Shanghai, in milliseconds before midnight UTC.
const OFFSET_MS: i64 = 8 * 3_600_000;
/// Letters of `2026-10-04`.
const DAY_LEN: usize = 10;
/// Days from a spreadsheet's day 0 (1899-12-30) to 1970-01-01.
const SERIAL_OF_1970: f64 = 25_569.0;
/// 9999-12-31T23:59:59.999+08:00: later ones have no four-digit year.
const LATEST_MS: i64 = 253_402_271_999_999;

/// Between 1970 and 9999: anything else is a slip.
#[must_use]
pub fn is_plausible(at: Timestamp) -> bool {
    (-OFFSET_MS..=LATEST_MS).contains(&at.as_ms())
}

/// Reads a moment; none where the text is none.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    serial(text).or_else(|| written(text)).filter(|at| is_plausible(*at))
}

/// A day where it is one, else a time to the millisecond.
#[must_use]
pub fn show(at: Timestamp) -> String {
    let text = at.to_string();
    if (at.as_ms() + OFFSET_MS).rem_euclid(DAY_MS) == 0 { text.chars().take(DAY_LEN).collect() } else { text }
}

/// For people: a day where it is one, else a time to the minute.
#[must_use]
pub fn to_minute(at: Timestamp) -> String {
    let text = show(at);
    if text.len() > DAY_LEN { at.to_minute() } else { text }
}

/// Reads a month, `2026-10`, `2026/10` or `2026年10月`.
#[must_use]
pub fn month(text: &str) -> Option<String> {
    let plain = text.strip_suffix('月').unwrap_or(text).replace(['年', '/'], "-");
    let (year, month) = plain.split_once('-')?;
    let (year, month): (u16, u8) = (digits(year, 4)?, digits(month, 2)?);
    ((2000..=2100).contains(&year) && (1..=12).contains(&month)).then(|| format!("{year}-{month:02}"))
}

/// The number of a day as spreadsheets count: of this century, so that no ordinary number passes for a day.
fn serial(text: &str) -> Option<Timestamp> {
    let days: f64 = text.parse().ok()?;
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') || !(36_526.0..73_051.0).contains(&days) {
        return None;
    }
    // Spreadsheets keep fractions of days: the nearest second is what was typed.
    #[expect(clippy::cast_possible_truncation, reason = "days of this century: some 10^9 seconds")]
    let seconds = ((days - SERIAL_OF_1970) * 86_400.0).round() as i64;
    Some(Timestamp::from_ms(seconds * 1_000 - OFFSET_MS))
}

fn written(text: &str) -> Option<Timestamp> {
    if let Ok(exact) = text.parse() {
        return Some(exact);
    }
    let (day, clock) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    let day = day.strip_suffix('日').unwrap_or(day).replace(['年', '月', '/', '.'], "-");
    let mut parts = day.split('-');
    let (year, month, day): (u16, u8, u8) =
        (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let mut clock_parts = clock.trim().splitn(3, ':');
    let (hour, minute): (u8, u8) = (digits(clock_parts.next()?, 2)?, digits(clock_parts.next()?, 2)?);
    let second: u8 = clock_parts.next().map_or(Some(0), |second| digits(second, 2))?;
    if parts.next().is_some() || second > 59 {
        return None;
    }
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+08:00").parse().ok()
}

fn digits<N: std::str::FromStr>(text: &str, len_max: usize) -> Option<N> {
    let plain = (1..=len_max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_in_every_usual_form() {
        let day: Timestamp = "2026-10-04T00:00:00+08:00".parse().unwrap();
        for text in
            ["2026-10-04", "2026/10/4", "2026.10.4", "2026年10月4日", "46299", "46299.0", "2026-10-03T16:00:00Z"]
        {
            assert_eq!(parse(text), Some(day), "{text}");
        }
        let time: Timestamp = "2026-10-04T14:02:00+08:00".parse().unwrap();
        for text in ["2026-10-04 14:02", "2026/10/4 14:02:00", "46299.584722"] {
            assert_eq!(parse(text), Some(time), "{text}");
        }
        for text in [
            "",
            "soon",
            "2026-13-01",
            "2026-02-30",
            "12",
            "4629900",
            "2026-10",
            "2026-10-04 25:00",
            "-46299",
            "1e4",
            "NaN",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!((show(day), show(time)), ("2026-10-04".into(), "2026-10-04T14:02:00.000+08:00".into()));
    }

    #[test]
    fn months() {
        for text in ["2026-10", "2026/10", "2026年10月"] {
            assert_eq!(month(text).as_deref(), Some("2026-10"));
        }
        assert_eq!(month("2026-3").as_deref(), Some("2026-03"));
        assert_eq!(month("2026-13"), None);
    }
}
