//! GS1 Digital Link URIs (GS1 Digital Link Standard: URI syntax 1.x), written in upper case so that one QR symbol of version
//! 3-M stays in alphanumeric mode: `HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD`.

use std::borrow::Cow;

use super::ai::Ai;
use super::compressed;
use super::error::{CodeError, Field};
use super::percent::{self, Encoded};
use super::{PackageCode, hygiene};

/// The link for a code, under `host`, in upper case. 55 characters for a 13-character host and a 12-character serial.
///
/// An opaque code has no GS1 key, hence no link: it gets its text, which is what its label says.
#[must_use]
pub fn format_digital_link(host: &str, code: &PackageCode) -> String {
    let host = host.to_ascii_uppercase();
    match code {
        PackageCode::Item { gtin, serial } => format!("HTTPS://{host}/01/{gtin}/21/{}", Encoded(serial)),
        PackageCode::Logistic { sscc } => format!("HTTPS://{host}/00/{sscc}"),
        PackageCode::Opaque { text, .. } => text.to_string(),
    }
}

/// Reads a link: scheme and host in any case, any path before the key, key and qualifiers in the path in the standard's order,
/// other elements in the query, a GTIN of 8, 12, 13 or 14 digits; or its compressed forms.
///
/// Deprecated names (`gtin`, `ser`, `sscc`, `lot`, `cpv`: URI syntax 1.0 and 1.1) are read like the identifiers they stand for.
/// Errors: [`CodeError::NotALink`], `NoPackage` where no key is named, else what is wrong with the key.
pub fn parse_digital_link(text: &str) -> Result<PackageCode, CodeError> {
    let contents = hygiene::inspect(text)?;
    contents.ascii()?;
    contents.without_separator()?;
    read(text)
}

/// The same for a text that is known to be printable ASCII.
pub(super) fn read(text: &str) -> Result<PackageCode, CodeError> {
    let rest = after_scheme(text).ok_or(CodeError::NotALink)?;
    let before_query = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = before_query.split_once('/').unwrap_or((before_query, ""));
    if host.is_empty() {
        return Err(CodeError::NotALink);
    }
    // Two reads run together would else pass as one link with a long path: the second code without the first.
    if path.contains("://") {
        return Err(CodeError::SeveralLinks);
    }
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut segments = path.rsplit('/');
    let mut qualifiers = Qualifiers::default();
    while let (Some(value), Some(name)) = (segments.next(), segments.next()) {
        match path_ai(name) {
            Some(Ai::GTIN) => return qualifiers.item(value),
            Some(Ai::SSCC) => return qualifiers.logistic(value),
            Some(qualifier) => qualifiers.add(qualifier, value)?,
            None => break,
        }
    }
    not_plain(path)
}

/// What follows `http://` or `https://`, in any case.
pub(super) fn after_scheme(text: &str) -> Option<&str> {
    ["https://", "http://"].into_iter().find_map(|scheme| {
        let (head, rest) = text.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}

/// The elements that the path of a link to a package may name.
fn path_ai(name: &str) -> Option<Ai> {
    match name {
        "01" => Some(Ai::GTIN),
        "00" => Some(Ai::SSCC),
        "21" => Some(Ai::SERIAL),
        "10" => Some(Ai::LOT),
        "22" => Some(Ai::VARIANT),
        "235" => Some(Ai::EXTENSION),
        _ => {
            let names =
                [("gtin", Ai::GTIN), ("sscc", Ai::SSCC), ("ser", Ai::SERIAL), ("lot", Ai::LOT), ("cpv", Ai::VARIANT)];
            names.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, ai)| ai)
        }
    }
}

/// Key qualifiers, met from the right: their order is (22), (10), (21), or (235) alone.
#[derive(Default)]
struct Qualifiers<'a> {
    last: Option<Ai>,
    serial: Option<&'a str>,
}

impl<'a> Qualifiers<'a> {
    fn add(&mut self, ai: Ai, value: &'a str) -> Result<(), CodeError> {
        let rank = |ai| [Ai::VARIANT, Ai::LOT, Ai::SERIAL].iter().position(|other| *other == ai);
        if let Some(last) = self.last {
            if last == ai {
                return Err(CodeError::Repeated(Field::of(ai)));
            }
            // No rank, no company: (235) stands alone.
            if rank(ai).is_none() || rank(ai) > rank(last) {
                return Err(CodeError::Misplaced(Field::of(last)));
            }
        }
        self.last = Some(ai);
        if ai == Ai::SERIAL {
            self.serial = Some(value);
        }
        Ok(())
    }

    fn item(&self, gtin: &str) -> Result<PackageCode, CodeError> {
        let gtin = percent::decode(Field::Gtin, gtin)?;
        let gtin = padded(&gtin);
        let Some(serial) = self.serial else {
            super::check_digit::verify(&gtin, 14)?;
            return Err(CodeError::Missing(Field::Serial));
        };
        PackageCode::item(&gtin, &percent::decode(Field::Serial, serial)?)
    }

    fn logistic(&self, sscc: &str) -> Result<PackageCode, CodeError> {
        match self.last {
            Some(qualifier) => Err(CodeError::Misplaced(Field::of(qualifier))),
            None => PackageCode::logistic(&percent::decode(Field::Sscc, sscc)?),
        }
    }
}

/// A GTIN-8, -12 or -13 as the GTIN-14 that means the same (General Specifications, section 3.3.2).
fn padded(gtin: &str) -> Cow<'_, str> {
    if matches!(gtin.len(), 8 | 12 | 13) { Cow::Owned(format!("{gtin:0>14}")) } else { Cow::Borrowed(gtin) }
}

/// A path that is no key with qualifiers: compressed, or wrong.
fn not_plain(path: &str) -> Result<PackageCode, CodeError> {
    let mut segments = path.rsplit('/');
    let last = segments.next().unwrap_or_default();
    let value = segments.next();
    let key = segments.next().and_then(path_ai);
    if let (Some(value), Some(key @ (Ai::GTIN | Ai::SSCC))) = (value, key) {
        if let Some(unfinished) = path_ai(last) {
            let (min, max) = unfinished.lengths();
            return Err(CodeError::Length { field: Field::of(unfinished), len: 0, min, max });
        }
        let found = compressed::read(last).map_err(|failure| CodeError::Compression(failure.fault))?;
        if found.gtin.is_some() || found.sscc.is_some() {
            return Err(CodeError::Repeated(Field::of(key)));
        }
        let qualifiers = Qualifiers { last: None, serial: None };
        return match (key, found.serial) {
            (Ai::SSCC, _) => qualifiers.logistic(value),
            (_, Some(serial)) => PackageCode::item(&padded(&percent::decode(Field::Gtin, value)?), &serial),
            (_, None) => qualifiers.item(value),
        };
    }
    match compressed::read(last) {
        Ok(found) if found.gtin.is_some() || found.sscc.is_some() => found.package(),
        // A path that is just a word decodes to something too: only what named a package first is a broken link to one.
        Err(failure) if failure.named => Err(CodeError::Compression(failure.fault)),
        _ => Err(misplaced(path)),
    }
}

/// Why a path with a key in it is not read: the first name after the key that may not stand there.
fn misplaced(path: &str) -> CodeError {
    let mut segments = path.split('/').skip_while(|segment| !matches!(path_ai(segment), Some(Ai::GTIN | Ai::SSCC)));
    if segments.next().is_none() || segments.next().is_none() {
        return CodeError::NoPackage;
    }
    let names: Vec<&str> = segments.step_by(2).collect();
    let wrong = names.into_iter().find(|name| path_ai(name).is_none()).and_then(Ai::read);
    match wrong {
        Some((ai, "")) => CodeError::Misplaced(Field::of(ai)),
        _ => CodeError::NoPackage,
    }
}
