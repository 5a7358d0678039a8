//! Texts that end too early: whether something could follow that makes them valid.

use super::super::digital_link::after_scheme;
use super::super::{CodeError, CompressionFault, TEXT_LEN_MAX, check_digit, parse};

/// Valid texts of every form, the ends of which are tried.
const VALID: &[&str] = &[
    "HTTPS://A.CN/01/00000000000000/21/A",
    "HTTP://A.CN/00/000000000000000000",
    "/22/A/10/A/21/A",
    "A%41",
    "(01)00000000000000(21)A",
    "(00)000000000000000000",
    "(10)A(21)A",
    "(17)271231(21)A",
    "]d2010000000000000021A",
    "]Q300000000000000000000",
    "]C100000000000000000000",
    "]e000000000000000000000",
    "]J100000000000000000000",
    "10A\u{1d}21A",
    "17271231\u{1d}21A",
    "01/00000000000000/21/A",
    "00/000000000000000000",
];

/// A key begun: what stands before its digits, how many there are, and what makes a code of it.
const KEYS: &[(&str, usize, &str)] = &[
    ("/01/", 14, "/21/A"),
    ("/00/", 18, ""),
    ("01/", 14, "/21/A"),
    ("00/", 18, ""),
    ("(01)", 14, "(21)A"),
    ("(00)", 18, ""),
    ("01", 14, "21A"),
    ("00", 18, ""),
];

/// Whether `text`, which is not read, is the beginning of a valid text. A link that ends before its serial is one: whether it was
/// cut or never had a serial is not to be known.
pub(super) fn is_beginning(text: &str) -> bool {
    if parse(text) == Err(CodeError::Compression(CompressionFault::Truncated)) {
        return true;
    }
    if text.len() >= TEXT_LEN_MAX {
        return false;
    }
    let in_path = after_scheme(text).and_then(|rest| rest.split_once('/')).is_some_and(|(_, path)| !path.is_empty());
    let is_end = |end: &str| {
        // Any link is the beginning of one with a key: only those are meant that end where a key is due.
        let adds_key = [("/01/", "01/"), ("/00/", "00/")]
            .iter()
            .any(|(in_it, first)| end.contains(in_it) || end.starts_with(first));
        !(in_path && adds_key) && parse(&format!("{text}{end}")).is_ok()
    };
    let ends = |valid: &'static str| valid.char_indices().filter_map(move |(at, _)| valid.get(at..));
    VALID.iter().flat_map(|valid| ends(valid)).any(is_end) || KEYS.iter().any(|key| ends_in_key(text, *key))
}

/// Whether the text ends in the first digits of a key, the rest of which would make it valid.
fn ends_in_key(text: &str, (before, len, after): (&str, usize, &str)) -> bool {
    text.match_indices(before).any(|(at, _)| {
        let Some(digits) = text.get(at + before.len()..) else { return false };
        if digits.len() >= len || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
        let body = format!("{digits:0<width$}", width = len - 1);
        let missing = body.get(digits.len()..).unwrap_or_default();
        parse(&format!("{text}{missing}{}{after}", check_digit::compute(&body))).is_ok()
    })
}
