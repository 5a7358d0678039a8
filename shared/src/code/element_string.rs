//! GS1 element strings, as keyboard-wedge scanners send them: bracketed, `(01)…(21)…`, or bare with the separator FNC1, sent as GS
//! (0x1D) (GS1 General Specifications, section 7.8).

use super::ai::{fixed_value_len, identifier_len};
use super::package_parts::PackageParts;
use super::{CodeError, PackageCode};

/// What a scanner sends for FNC1 between elements.
pub(super) const GS: char = '\u{1d}';

/// Symbology identifiers of GS1 symbols (ISO/IEC 15424): Data Matrix, QR, Code 128, `DataBar`, `DotCode`.
const SYMBOLOGIES: [&str; 5] = ["]d2", "]Q3", "]C1", "]e0", "]J1"];

/// Reads a string, bracketed or bare.
pub(super) fn parse(text: &str) -> Result<PackageCode, CodeError> {
    let bare = SYMBOLOGIES.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let bare = bare.trim_start_matches(GS);
    let mut parts = PackageParts::default();
    if bare.starts_with('(') {
        bracketed(bare, &mut parts)?;
    } else {
        plain(bare, &mut parts)?;
    }
    parts.package()
}

/// Whether a text begins like a string that names a package first.
pub(super) fn is_element_string(text: &str) -> bool {
    let symbology = SYMBOLOGIES.iter().any(|prefix| text.starts_with(prefix));
    let digits = |from: usize, len: usize| {
        text.get(from..from + len).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let key = (text.starts_with("01") && digits(2, 14)) || (text.starts_with("00") && digits(2, 18));
    symbology || key || text.starts_with(GS) || (text.starts_with('(') && digits(1, 2))
}

fn bracketed(text: &str, parts: &mut PackageParts) -> Result<(), CodeError> {
    let mut rest = text;
    while let Some(open) = rest.strip_prefix('(') {
        let (identifier, after) = open.split_once(')').ok_or_else(|| CodeError::Short(open.to_owned()))?;
        let listed = identifier.get(..2).and_then(identifier_len) == Some(identifier.len());
        if !listed || !identifier.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CodeError::UnknownAi(identifier.to_owned()));
        }
        // A serial may hold brackets: the value ends where the next listed identifier begins.
        let end = next_identifier(after).unwrap_or(after.len());
        let (value, next) = after.split_at(end);
        let value = value.trim_end_matches(GS);
        if fixed_value_len(identifier).is_some_and(|len| value.len() != len) {
            return Err(CodeError::Short(identifier.to_owned()));
        }
        parts.take(identifier, value)?;
        rest = next;
    }
    if rest.is_empty() { Ok(()) } else { Err(CodeError::NotACode) }
}

/// Where the next `(NN…)` of a listed identifier begins.
fn next_identifier(text: &str) -> Option<usize> {
    text.match_indices('(').map(|(place, _)| place).find(|place| {
        let inside = text[place + 1..].split_once(')').map(|(inside, _)| inside);
        inside.is_some_and(|inside| {
            inside.bytes().all(|byte| byte.is_ascii_digit())
                && inside.get(..2).and_then(identifier_len) == Some(inside.len())
        })
    })
}

fn plain(text: &str, parts: &mut PackageParts) -> Result<(), CodeError> {
    let mut rest = text;
    while !rest.is_empty() {
        let first_two = rest.get(..2).ok_or_else(|| CodeError::UnknownAi(rest.to_owned()))?;
        let len = identifier_len(first_two).ok_or_else(|| CodeError::UnknownAi(first_two.to_owned()))?;
        let identifier = rest.get(..len).ok_or_else(|| CodeError::UnknownAi(rest.to_owned()))?;
        let after = &rest[len..];
        let end = match fixed_value_len(identifier) {
            Some(fixed) => fixed,
            None => after.find(GS).unwrap_or(after.len()),
        };
        let value = after.get(..end).ok_or_else(|| CodeError::Short(identifier.to_owned()))?;
        parts.take(identifier, value)?;
        rest = after[end..].trim_start_matches(GS);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::check_digit::compute;
    use super::*;

    #[test]
    fn reads_brackets_and_separators() {
        let code = PackageCode::item("16901234567899", "7K3M9QX2T4WD").unwrap();
        for text in [
            "(01)16901234567899(21)7K3M9QX2T4WD",
            "(01)16901234567899(10)LOT(21)7K3M9QX2T4WD(17)271231",
            "0116901234567899217K3M9QX2T4WD",
            "]d2011690123456789910LOT\u{1d}217K3M9QX2T4WD\u{1d}17271231",
            "]Q3\u{1d}0116901234567899217K3M9QX2T4WD",
            "01169012345678993103001250217K3M9QX2T4WD",
        ] {
            assert!(is_element_string(text), "{text}");
            assert_eq!(parse(text).unwrap(), code, "{text}");
        }
        assert_eq!(parse("(00)106141412345678908").unwrap(), PackageCode::logistic("106141412345678908").unwrap());
        assert_eq!(
            parse("(01)16901234567899(21)A(1)B").unwrap(),
            PackageCode::item("16901234567899", "A(1)B").unwrap()
        );
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(parse("(01)16901234567899"), Err(CodeError::NoPackage));
        assert_eq!(parse("0116901234567899"), Err(CodeError::NoPackage));
        assert_eq!(parse("01169012345"), Err(CodeError::Short("01".into())));
        assert_eq!(parse("(01)123(21)A"), Err(CodeError::Short("01".into())));
        assert_eq!(parse("(55)1"), Err(CodeError::UnknownAi("55".into())));
        assert_eq!(parse("011690123456789955X"), Err(CodeError::UnknownAi("55".into())));
    }

    proptest! {
        #[test]
        fn round_trips(body in "[0-9]{13}", serial in "[A-Za-z0-9!%&'*+,./:;<=>?_-]{1,20}") {
            let gtin = format!("{body}{}", compute(&body));
            let code = PackageCode::item(&gtin, &serial).unwrap();
            prop_assert_eq!(&parse(&format!("(01){gtin}(21){serial}")).unwrap(), &code);
            prop_assert_eq!(&parse(&format!("]d201{gtin}21{serial}\u{1d}10L")).unwrap(), &code);
        }

        #[test]
        fn never_panics(text in "[()0-9A-Z\u{1d}]{0,60}") {
            let _ = parse(&text);
        }
    }
}
