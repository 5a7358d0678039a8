//! `Retry-After`: seconds, or a date. A date is measured from the server's own `Date`, whatever this terminal's clock says.

/// The wait that is asked for, in milliseconds; none where the text is neither form. `date` is the answer's own `Date`.
pub(super) fn in_ms(text: &str, date: Option<&str>) -> Option<u64> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(seconds.saturating_mul(1_000));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = httpdate::parse_http_date(date?).ok()?;
    // A time that is past already asks for nothing.
    let wait = until.duration_since(now).unwrap_or_default();
    Some(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_and_others_are_none() {
        let date = Some("Mon, 02 Mar 2026 08:00:00 GMT");
        let table = [
            ("5", None, Some(5_000)),
            (" 120 ", None, Some(120_000)),
            ("99999999999999999999", None, None),
            ("18446744073709551615", None, Some(u64::MAX)),
            ("Mon, 02 Mar 2026 08:00:30 GMT", date, Some(30_000)),
            ("Mon, 02 Mar 2026 07:59:30 GMT", date, Some(0)),
            ("Mon, 02 Mar 2026 08:00:30 GMT", None, None),
            ("soon", date, None),
            ("-3", date, None),
        ];
        for (text, date, expected) in table {
            assert_eq!(in_ms(text, date), expected, "{text}");
        }
    }
}
