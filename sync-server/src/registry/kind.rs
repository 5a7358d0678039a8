//! What a cell may hold: how its text is read and written, and what is said of a text that is none of it.

use serde_json::Value;
use shared::code::check_digit;
use shared::time::{HOUR_MS, Timestamp};

use super::moment;

/// A word of an enumeration: as JSON has it, and as people write it in Chinese.
pub type Word = (&'static str, &'static str);

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An identity: see [`is_identity`].
    Id,
    /// Free text of one line.
    Text,
    /// A whole number above zero.
    Count,
    /// A whole number, a year.
    Year,
    /// A month, `2026-10`.
    Month,
    /// A moment; a day alone is its first moment in Asia/Shanghai.
    Moment,
    /// Yes or no.
    Flag,
    /// One of these words.
    Words(&'static [Word]),
    /// Some of these words, with `;` between them.
    WordList(&'static [Word]),
    /// Identities, with `;` between them.
    IdList,
    /// A GTIN of 14 digits with a right check digit.
    Gtin,
    /// An amount of money; kept in fen, written in yuan.
    Yuan,
    /// A length of time; kept in milliseconds, written like `48h`.
    Span,
    /// Several records in one cell, as JSON.
    Json,
}

const YES: [&str; 4] = ["yes", "true", "1", "是"];
const NO: [&str; 4] = ["no", "false", "0", "否"];

/// Units of a length of time, the longest first.
const SPANS: [(&str, i64); 4] = [("h", HOUR_MS), ("m", HOUR_MS / 60), ("s", 1_000), ("ms", 1)];

/// Characters of the longest identity and of the longest text.
const ID_LEN_MAX: usize = 64;
const TEXT_LEN_MAX: usize = 256;

/// Whether a text can be a key: 1 to 64 characters without spaces at its ends, control characters, or what separates lists.
#[must_use]
pub fn is_identity(text: &str) -> bool {
    is_text(text) && text.chars().count() <= ID_LEN_MAX && !text.contains([';', '；', '|'])
}

/// One line of at most 256 characters without spaces at its ends.
fn is_text(text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && text.chars().count() <= TEXT_LEN_MAX
        && !text.chars().any(|c| c.is_control() || c == '\u{feff}')
}

impl Kind {
    /// Reads a cell that is not empty, or says what is allowed.
    pub fn parse(self, text: &str) -> Result<Value, String> {
        match self {
            Self::Id if is_identity(text) => Some(text.into()),
            Self::Text if is_text(text) => Some(text.into()),
            Self::Count => whole(text).filter(|number| *number > 0).map(Value::from),
            Self::Year => text.parse::<i32>().ok().filter(|year| (2000..=2100).contains(year)).map(Value::from),
            Self::Month => moment::month(text).map(Value::from),
            Self::Moment => moment::parse(text).map(|moment| Value::from(moment.to_string())),
            Self::Flag => flag(text).map(Value::from),
            Self::Words(words) => word(words, text),
            Self::WordList(words) => {
                list(text).map(|one| word(words, one)).collect::<Option<Vec<_>>>().map(Value::from)
            }
            Self::IdList => {
                let ids = list(text).map(|one| is_identity(one).then(|| Value::from(one)));
                ids.collect::<Option<Vec<_>>>().map(Value::from)
            }
            Self::Gtin => {
                return check_digit::verify(text, 14).map(|()| text.into()).map_err(|why| format!("`{text}`: {why}"));
            }
            Self::Yuan => yuan(text).map(Value::from),
            Self::Span => span(text).map(Value::from),
            Self::Json => serde_json::from_str(text).ok().filter(Value::is_array),
            Self::Id | Self::Text => None,
        }
        .ok_or_else(|| format!("`{}` is not {}", shortened(text), self.allowed()))
    }

    /// What a cell may hold, for people.
    #[must_use]
    pub fn allowed(self) -> String {
        let of =
            |words: &[Word]| words.iter().map(|(word, zh)| format!("{word} ({zh})")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Id => format!("a key: 1 to {ID_LEN_MAX} characters without `;`, `|` or line breaks"),
            Self::Text => format!("one line of at most {TEXT_LEN_MAX} characters"),
            Self::Count => "a whole number above zero".into(),
            Self::Year => "a year from 2000 to 2100".into(),
            Self::Month => "a month such as 2026-10".into(),
            Self::Moment => "a day such as 2026-10-04, or a time such as 2026-10-04 14:02".into(),
            Self::Flag => "yes or no (是, 否)".into(),
            Self::Words(words) => format!("one of: {}", of(words)),
            Self::WordList(words) => format!("some of these, with `;` between them: {}", of(words)),
            Self::IdList => "keys with `;` between them".into(),
            Self::Gtin => "a GTIN of 14 digits".into(),
            Self::Yuan => "an amount in yuan such as 18.50".into(),
            Self::Span => "a length of time such as 48h, 90m or 30s".into(),
            Self::Json => "a JSON array".into(),
        }
    }

    /// What a value of JSON may hold, for programs: some kinds are written otherwise than in a cell.
    #[must_use]
    pub fn allowed_in_json(self) -> String {
        match self {
            Self::Moment => "a time with its offset, such as \"2026-10-04T00:00:00+08:00\"".into(),
            Self::Flag => "true or false".into(),
            Self::Yuan => "an amount in fen, a whole number such as 1850".into(),
            Self::Span => "a length of time in milliseconds, a whole number such as 172800000".into(),
            Self::WordList(words) => {
                let words: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                format!("an array of some of these: {}", words.join(", "))
            }
            Self::IdList => "an array of keys".into(),
            other => other.allowed(),
        }
    }

    /// A value of a record as a cell; reading it again gives the same value.
    #[must_use]
    pub fn show(self, value: &Value) -> String {
        match (self, value) {
            (Self::Moment, Value::String(text)) => text.parse().map_or_else(|_| text.clone(), moment::show),
            (Self::Flag, Value::Bool(flag)) => if *flag { YES[0] } else { NO[0] }.to_owned(),
            (Self::WordList(_) | Self::IdList, Value::Array(values)) => {
                values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";")
            }
            (Self::Yuan, Value::Number(fen)) => {
                fen.as_u64().map_or_else(String::new, |fen| format!("{}.{:02}", fen / 100, fen % 100))
            }
            (Self::Span, Value::Number(ms)) => ms.as_i64().map_or_else(String::new, show_span),
            (_, Value::String(text)) => text.clone(),
            (_, Value::Null) => String::new(),
            (_, other) => other.to_string(),
        }
    }

    /// Checks a value as JSON has it, or says what is allowed.
    pub fn check(self, value: &Value) -> Result<(), String> {
        let words = |words: &[Word], value: &Value| words.iter().any(|(word, _)| value.as_str() == Some(word));
        let fits = match (self, value) {
            (Self::Id, Value::String(text)) => is_identity(text),
            (Self::Text, Value::String(text)) => is_text(text),
            (Self::Count, Value::Number(number)) => {
                number.as_u64().is_some_and(|number| number > 0 && i64::try_from(number).is_ok())
            }
            (Self::Year, Value::Number(_)) => self.parse(&value.to_string()).is_ok(),
            (Self::Yuan, Value::Number(fen)) => fen.as_u64().is_some_and(|fen| i64::try_from(fen).is_ok()),
            (Self::Span, Value::Number(ms)) => ms.as_i64().is_some_and(|ms| ms > 0),
            (Self::Month, Value::String(text)) => moment::month(text).as_ref() == Some(text),
            (Self::Gtin, Value::String(_)) => return self.parse(value.as_str().unwrap_or_default()).map(drop),
            (Self::Moment, Value::String(text)) => {
                return match text.parse::<Timestamp>() {
                    Ok(at) if moment::is_plausible(at) => Ok(()),
                    Ok(_) => Err(format!("`{text}` is not a time between 1970 and 9999")),
                    Err(_) => Err(format!("`{}` is not {}", shortened(text), self.allowed_in_json())),
                };
            }
            (Self::Flag, Value::Bool(_)) | (Self::Json, Value::Array(_)) => true,
            (Self::Words(all), value) => words(all, value),
            (Self::WordList(all), Value::Array(values)) => values.iter().all(|value| words(all, value)),
            (Self::IdList, Value::Array(ids)) => ids.iter().all(|id| id.as_str().is_some_and(is_identity)),
            _ => false,
        };
        if fits {
            return Ok(());
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Err(format!("`{}` is not {}", shortened(&text), self.allowed_in_json()))
    }
}

/// A text as a message quotes it: a flood is cut.
pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    if text.chars().count() <= SHOWN {
        text.to_owned()
    } else {
        format!("{}…", text.chars().take(SHOWN).collect::<String>())
    }
}

/// Spreadsheets write whole numbers with a fraction of zero, and people with separators of thousands.
fn whole(text: &str) -> Option<i64> {
    let plain = text.strip_suffix(".0").unwrap_or(text).replace([',', '，'], "");
    plain.bytes().all(|byte| byte.is_ascii_digit()).then(|| plain.parse().ok()).flatten()
}

fn flag(text: &str) -> Option<bool> {
    let lower = text.to_lowercase();
    if YES.contains(&lower.as_str()) {
        return Some(true);
    }
    NO.contains(&lower.as_str()).then_some(false)
}

fn word(words: &[Word], text: &str) -> Option<Value> {
    let found = words.iter().find(|(word, zh)| word.eq_ignore_ascii_case(text) || *zh == text);
    found.map(|(word, _)| Value::from(*word))
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '；', '|']).map(str::trim).filter(|one| !one.is_empty())
}

fn yuan(text: &str) -> Option<i64> {
    let (whole_part, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.len() > 2 || !digits(fraction) || !digits(whole_part) {
        return None;
    }
    let fen: i64 = format!("{fraction:0<2}").parse().ok()?;
    whole_part.parse::<i64>().ok()?.checked_mul(100)?.checked_add(fen)
}

fn span(text: &str) -> Option<i64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    // A bare number is hours, as contracts say it.
    let unit = if unit.trim().is_empty() { "h" } else { unit.trim() };
    let (_, ms) = SPANS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<i64>().ok()?.checked_mul(*ms).filter(|ms| *ms > 0)
}

fn show_span(ms: i64) -> String {
    let unit = SPANS.iter().find(|(_, unit)| ms % unit == 0);
    unit.map_or_else(|| format!("{ms}ms"), |(name, unit)| format!("{}{name}", ms / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_as_people_and_spreadsheets_write_them() {
        assert_eq!(Kind::Count.parse("1,200"), Ok(1200.into()));
        assert_eq!(Kind::Count.parse("12.0"), Ok(12.into()));
        assert_eq!(Kind::Yuan.parse("18.5"), Ok(1850.into()));
        assert_eq!(Kind::Span.parse("48"), Ok((48 * HOUR_MS).into()));
        assert_eq!(Kind::Flag.parse("是"), Ok(true.into()));
        assert_eq!(Kind::IdList.parse("A；B ;C"), Ok(vec!["A", "B", "C"].into()));
        for (kind, wrong) in [
            (Kind::Count, "-1"),
            (Kind::Count, "0"),
            (Kind::Count, "1.5"),
            (Kind::Count, "99999999999999999999"),
            (Kind::Yuan, "1.234"),
            (Kind::Yuan, "-1"),
            (Kind::Span, "2 weeks"),
            (Kind::Span, "9223372036854775807h"),
            (Kind::Flag, "maybe"),
            (Kind::Gtin, "16901234567890"),
            (Kind::Id, "a;b"),
            (Kind::Year, "1999"),
            (Kind::Json, "{}"),
        ] {
            let said = kind.parse(wrong).unwrap_err();
            assert!(said.contains(wrong), "{said}");
        }
    }

    #[test]
    fn what_json_may_hold_is_said_as_json_writes_it() {
        for (kind, wrong, said, not_said, right) in [
            (Kind::Yuan, Value::from("18.50"), "fen", "yuan", Value::from(1_850)),
            (Kind::Span, "48h".into(), "milliseconds", "90m", 172_800_000.into()),
            (
                Kind::Moment,
                "2026-10-04 14:02".into(),
                "+08:00\"",
                "or a time such as",
                "2026-10-04T00:00:00+08:00".into(),
            ),
            (Kind::Flag, "是".into(), "true or false", "yes", true.into()),
            (Kind::IdList, "A;B".into(), "an array of keys", "between them", vec!["A", "B"].into()),
        ] {
            assert_eq!(kind.check(&right), Ok(()));
            let told = kind.check(&wrong).unwrap_err();
            assert!(told.contains(said) && !told.contains(not_said), "{told}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_shown_is_read_as_the_same(number in 1_i64..i64::MAX / 4, ms in 0_i64..4_000_000_000_000) {
            for kind in [Kind::Count, Kind::Yuan, Kind::Span] {
                proptest::prop_assert_eq!(kind.parse(&kind.show(&number.into())), Ok(number.into()));
            }
            let moment = Value::from(Timestamp::from_ms(ms).to_string());
            proptest::prop_assert_eq!(Kind::Moment.parse(&Kind::Moment.show(&moment)), Ok(moment));
        }
    }
}
