//! The separator GS (0x1D), which no keyboard has: shown as text, or dropped.

use super::super::ai::Ai;
use super::super::element_string::{self, Symbology, symbology};
use super::super::hygiene::GS;
use super::super::{Grammars, PackageCode, SERIAL_LEN, serial_tag};

/// What scanners and terminals show instead, in lower case where they have letters.
const SHOWN: &[&str] = &[
    "<gs>", "{gs}", "[gs]", "(gs)", "<fnc1>", "{fnc1}", "[fnc1]", "<0x1d>", "{0x1d}", "[0x1d]", "\\x1d", "\\u001d",
    "\\035", "\\f", "^]", "~d029", "␝", "|",
];

/// Bytes of the longest element string in which a dropped separator is looked for: each place is tried.
const SEARCHED_LEN_MAX: usize = 160;

/// The text with separators instead of what is shown for them; none where nothing is.
pub(super) fn shown(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let symbol = SHOWN.iter().find(|symbol| begins(rest, symbol));
        out.push(if symbol.is_some() { GS } else { c });
        rest = rest.get(symbol.map_or(c.len_utf8(), |symbol| symbol.len())..).unwrap_or_default();
    }
    (out != text).then_some(out)
}

fn begins(text: &str, symbol: &str) -> bool {
    text.get(..symbol.len()).is_some_and(|head| head.eq_ignore_ascii_case(symbol))
}

/// An element string as a scanner sends it, without its symbology identifier; none for other texts.
fn elements(text: &str) -> Option<&str> {
    let (Symbology::Gs1(rest) | Symbology::Plain(rest)) = symbology(text);
    let elements = rest.strip_prefix(GS).unwrap_or(rest);
    let (_, value) = Ai::read(elements)?;
    (!value.starts_with('/')).then_some(elements)
}

/// Whether the text, which is not read, would be with one separator more. Where it would stand is not to be known for sure.
pub(super) fn is_lost(text: &str, grammars: &Grammars) -> bool {
    if text.contains(GS) || text.len() > SEARCHED_LEN_MAX || elements(text).is_none() {
        return false;
    }
    text.char_indices().skip(1).any(|(at, _)| {
        text.split_at_checked(at).is_some_and(|(head, tail)| grammars.parse(&format!("{head}{GS}{tail}")).is_ok())
    })
}

/// Whether a serial that was read is an own one and the elements after it, their separator dropped. Digits alone do not tell.
pub(super) fn is_swallowed(text: &str, code: &PackageCode) -> bool {
    let PackageCode::Item { gtin, serial } = code else { return false };
    if text.contains(GS) || elements(text).is_none() {
        return false;
    }
    let Some((own, others)) = serial.split_at_checked(SERIAL_LEN) else { return false };
    let is_own = serial_tag(own).is_some() && own.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_own && !others.is_empty() && element_string::raw(&format!("01{gtin}21{own}{GS}{others}"), 0).is_ok()
}
