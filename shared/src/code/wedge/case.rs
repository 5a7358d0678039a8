//! Letters in the wrong case.

use super::super::element_string::{Symbology, symbology};
use super::super::{Grammars, PackageCode, serial_tag};
use super::WedgeFaultKind;

/// Whether all letters came small or the case is mixed.
pub(super) fn kind(text: &str) -> WedgeFaultKind {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        WedgeFaultKind::InvertedCase
    } else {
        WedgeFaultKind::LowerCase
    }
}

/// The text with its case inverted; none where it has no letters.
pub(super) fn inverted(text: &str) -> Option<String> {
    let invert = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.bytes().any(|byte| byte.is_ascii_alphabetic()).then(|| text.chars().map(invert).collect())
}

/// An own link or element string that came in small letters, in upper case again; none for every other text that is read.
///
/// Our server issues serials in upper case only, and (21) is case-sensitive: in small letters the text is read, as another code.
/// A serial of another make that happens to look like ours in small letters is taken for one: hence a fault, not a correction.
pub(super) fn upper_case_own(text: &str, code: &PackageCode, grammars: &Grammars) -> Option<String> {
    let (Symbology::Gs1(rest) | Symbology::Plain(rest)) = symbology(text);
    let PackageCode::Item { gtin, serial } = code else { return None };
    if rest.bytes().any(|byte| byte.is_ascii_uppercase()) || !serial.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let mut own = *serial;
    own.make_ascii_uppercase();
    serial_tag(&own)?;
    let identifier = text.strip_suffix(rest).unwrap_or_default();
    let restored = format!("{identifier}{}", rest.to_ascii_uppercase());
    let expected = PackageCode::Item { gtin: *gtin, serial: own };
    (grammars.parse(&restored).as_ref() == Ok(&expected)).then_some(restored)
}
