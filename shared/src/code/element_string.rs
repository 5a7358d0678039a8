//! GS1 element strings: with brackets, as people write them (`(01)…(21)…`), and as scanners send them: FNC1 as the separator
//! GS (0x1D), after a symbology identifier or without (GS1 General Specifications, sections 7.8 and 5.1.2).

use super::ai::Ai;
use super::error::{CodeError, Field};
use super::hygiene::GS;
use super::{PackageCode, check_digit};

/// Symbology identifiers (ISO/IEC 15424) of symbols that carry element strings: GS1-128, `DataBar`, `DataMatrix`, QR, `DotCode`.
const GS1_SYMBOLS: &[&str] = &["]C1", "]e0", "]d2", "]Q3", "]J1"];
/// Those of symbols that carry any text: Code 128, `DataMatrix`, QR, `DotCode`.
const PLAIN_SYMBOLS: &[&str] = &["]C0", "]d0", "]d1", "]Q0", "]Q1", "]Q2", "]J0"];

/// A text without the symbology identifier that a scanner may put before it.
pub(super) enum Symbology<'a> {
    /// The symbol says that this is an element string.
    Gs1(&'a str),
    /// The symbol says nothing of its text.
    Plain(&'a str),
}

/// Takes a symbology identifier off.
pub(super) fn symbology(text: &str) -> Symbology<'_> {
    if !text.starts_with(']') {
        return Symbology::Plain(text);
    }
    let after = |symbols: &[&str]| symbols.iter().find_map(|symbol| text.strip_prefix(symbol));
    match (after(GS1_SYMBOLS), after(PLAIN_SYMBOLS)) {
        (Some(rest), _) => Symbology::Gs1(rest),
        (None, Some(rest)) => Symbology::Plain(rest),
        (None, None) => Symbology::Plain(text),
    }
}

/// The elements that name a package, while the others are checked and passed over.
#[derive(Default)]
struct Found<'a> {
    gtin: Option<&'a str>,
    sscc: Option<&'a str>,
    serial: Option<&'a str>,
}

impl<'a> Found<'a> {
    fn add(&mut self, ai: Ai, value: &'a str) -> Result<(), CodeError> {
        let place = match ai {
            Ai::GTIN => &mut self.gtin,
            Ai::SSCC => &mut self.sscc,
            Ai::SERIAL => &mut self.serial,
            _ => return ai.check(value),
        };
        if place.replace(value).is_some() {
            return Err(CodeError::Repeated(Field::of(ai)));
        }
        ai.check(value)
    }

    fn package(&self) -> Result<PackageCode, CodeError> {
        match (self.gtin, self.sscc, self.serial) {
            (Some(_), Some(_), _) => Err(CodeError::TwoPackages),
            (Some(gtin), None, Some(serial)) => PackageCode::item(gtin, serial),
            (None, Some(sscc), _) => PackageCode::logistic(sscc),
            (Some(gtin), None, None) => {
                check_digit::verify(gtin, 14)?;
                Err(CodeError::Missing(Field::Serial))
            }
            (None, None, Some(_)) => Err(CodeError::Missing(Field::Gtin)),
            (None, None, None) => Err(CodeError::NoPackage),
        }
    }
}

/// Reads `(01)16901234567899(21)7K3M9QX2T4WD`. A serial may have brackets itself: only those around an identifier that GS1 has
/// given out end a value. `offset` characters stand before `text`. Errors: [`CodeError::Bracket`], `UnknownAi`, `Length`, `Character`, `Repeated`, `Missing`, `CheckDigit`.
pub(super) fn bracketed(text: &str, offset: usize) -> Result<PackageCode, CodeError> {
    let mut found = Found::default();
    let mut rest = text;
    while !rest.is_empty() {
        let position = offset + text.len() - rest.len() + 1;
        let inside = rest.strip_prefix('(').ok_or(CodeError::Bracket { position })?;
        let (name, after) = inside.split_once(')').ok_or(CodeError::Bracket { position })?;
        let Some((ai, "")) = Ai::read(name) else {
            return Err(unknown(name, position + 1));
        };
        let end = next_bracket(after).unwrap_or(after.len());
        let (value, next) = after.split_at_checked(end).unwrap_or((after, ""));
        found.add(ai, value)?;
        rest = next;
    }
    found.package()
}

/// Where the next `(` stands that begins an identifier.
fn next_bracket(text: &str) -> Option<usize> {
    text.match_indices('(').map(|(at, _)| at).find(|at| {
        let name = text.get(at + 1..).and_then(|rest| rest.split_once(')')).map(|(name, _)| name);
        name.and_then(Ai::read).is_some_and(|(_, rest)| rest.is_empty())
    })
}

/// Reads what a scanner sends, without its symbology identifier: `011690123456789921…`, with GS after a value whose length is not
/// predefined and that is not the last. A separator where none is needed is passed over, as the General Specifications ask.
/// `offset` characters stand before `text`. Errors as for [`bracketed`].
pub(super) fn raw(text: &str, offset: usize) -> Result<PackageCode, CodeError> {
    let mut found = Found::default();
    let mut rest = text.strip_prefix(GS).unwrap_or(text);
    if rest.is_empty() {
        return Err(CodeError::NoPackage);
    }
    while !rest.is_empty() {
        let position = offset + text.len() - rest.len() + 1;
        let (ai, after) = Ai::read(rest).ok_or_else(|| unknown(rest, position))?;
        let until_separator = after.find(GS).unwrap_or(after.len());
        let (_, most) = ai.lengths();
        let end = if ai.is_predefined() { most.min(until_separator) } else { until_separator };
        let (value, next) = after.split_at_checked(end).unwrap_or((after, ""));
        found.add(ai, value)?;
        rest = next.strip_prefix(GS).unwrap_or(next);
    }
    found.package()
}

fn unknown(text: &str, position: usize) -> CodeError {
    CodeError::UnknownAi { ai: text.chars().take(4).collect(), position }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GTIN: &str = "16901234567899";

    fn item(serial: &str) -> PackageCode {
        PackageCode::item(GTIN, serial).unwrap()
    }

    #[test]
    fn brackets() {
        for (text, serial) in [
            (format!("(01){GTIN}(21)7K3M9QX2T4WD"), "7K3M9QX2T4WD"),
            (format!("(21)7K3M9QX2T4WD(17)271231(01){GTIN}(10)LOT-7"), "7K3M9QX2T4WD"),
            (format!("(01){GTIN}(21)A(b)(05)"), "A(b)(05)"),
        ] {
            assert_eq!(bracketed(&text, 0), Ok(item(serial)), "{text}");
        }
        assert_eq!(bracketed("(00)106141412345678908(37)12", 0), PackageCode::logistic("106141412345678908"));
    }

    #[test]
    fn separators_only_where_needed() {
        for (text, serial) in [
            (format!("01{GTIN}217K3M9QX2T4WD"), "7K3M9QX2T4WD"),
            (format!("01{GTIN}17271231217K3M9QX2T4WD\u{1d}10LOT"), "7K3M9QX2T4WD"),
            (format!("10LOT-7\u{1d}3712\u{1d}01{GTIN}11260302217K3M9QX2T4WD"), "7K3M9QX2T4WD"),
            (format!("\u{1d}01{GTIN}\u{1d}217K3M9QX2T4WD\u{1d}"), "7K3M9QX2T4WD"),
            (format!("01{GTIN}3103000189217K\u{1d}422156\u{1d}7030156ABC"), "7K"),
        ] {
            assert_eq!(raw(&text, 0), Ok(item(serial)), "{text:?}");
        }
    }

    #[test]
    fn published_examples() {
        // GS1 General Specifications: the SSCC of the logistic label example, and GTIN with lot and expiry.
        assert_eq!(raw("00106141412345678908", 0), PackageCode::logistic("106141412345678908"));
        assert_eq!(bracketed("(01)09506000134352(21)12345", 0), PackageCode::item("09506000134352", "12345"));
        assert_eq!(raw("0109506000134352172012311012A", 0), Err(CodeError::Missing(Field::Serial)));
    }

    #[test]
    fn says_what_is_wrong() {
        let ai = |text| Field::of(Ai::read(text).unwrap().0);
        let cases = [
            (String::new(), CodeError::NoPackage),
            (format!("01{GTIN}"), CodeError::Missing(Field::Serial)),
            ("21ABC".into(), CodeError::Missing(Field::Gtin)),
            ("3712".into(), CodeError::NoPackage),
            (format!("01{GTIN}21"), CodeError::Length { field: Field::Serial, len: 0, min: 1, max: 20 }),
            ("0116901234".into(), CodeError::Length { field: Field::Gtin, len: 8, min: 14, max: 14 }),
            (format!("01{GTIN}21A\u{1d}01{GTIN}"), CodeError::Repeated(Field::Gtin)),
            (format!("01{GTIN}21A\u{1d}1427"), CodeError::UnknownAi { ai: "1427".into(), position: 21 }),
            (format!("01{GTIN}21A\u{1d}00106141412345678908"), CodeError::TwoPackages),
            (format!("1727\u{1d}01{GTIN}21A"), CodeError::Length { field: ai("17"), len: 2, min: 6, max: 6 }),
            (format!("37123456789\u{1d}01{GTIN}21A"), CodeError::Length { field: ai("37"), len: 9, min: 1, max: 8 }),
            (
                "01169012345678982112".into(),
                CodeError::CheckDigit { field: Field::Gtin, key: "16901234567898".into(), right: 9 },
            ),
            (format!("01{GTIN}21A#"), CodeError::Character { field: Field::Serial, found: '#', position: 2 }),
        ];
        for (text, error) in cases {
            assert_eq!(raw(&text, 0), Err(error), "{text:?}");
        }
        assert_eq!(bracketed("(01", 0), Err(CodeError::Bracket { position: 1 }));
        assert_eq!(bracketed("(01)x", 0), Err(CodeError::Length { field: Field::Gtin, len: 1, min: 14, max: 14 }));
        assert_eq!(bracketed("(0a)x", 0), Err(CodeError::UnknownAi { ai: "0a".into(), position: 2 }));
        assert_eq!(
            bracketed(&format!("(01){GTIN}(21)"), 0),
            Err(CodeError::Length { field: Field::Serial, len: 0, min: 1, max: 20 })
        );
    }
}
