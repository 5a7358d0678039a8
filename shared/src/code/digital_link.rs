//! GS1 Digital Link URIs (GS1 Digital Link Standard: URI syntax 1.4), written in upper case so that one QR symbol of version
//! 3-M stays in alphanumeric mode: `HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD`.

use super::{CodeError, PackageCode};

/// The link for a code, under `host`, in upper case. 55 characters for a 13-character host and a 12-character serial.
#[must_use]
pub fn format_digital_link(host: &str, code: &PackageCode) -> String {
    match code {
        PackageCode::Item { gtin, serial } => {
            format!("HTTPS://{}/01/{gtin}/21/{}", host.to_ascii_uppercase(), percent_encode(serial))
        }
        PackageCode::Logistic { sscc } => format!("HTTPS://{}/00/{sscc}", host.to_ascii_uppercase()),
    }
}

/// Reads a link in either case, with any path before the key and any attributes after it.
pub fn parse_digital_link(text: &str) -> Result<PackageCode, CodeError> {
    let after_scheme = strip_scheme(text).ok_or(CodeError::NotALink)?;
    let path = after_scheme.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let value = |key: &str| {
        let mut pairs = segments.windows(2);
        pairs.find(|pair| pair[0] == key).map(|pair| pair[1])
    };
    if let (Some(gtin), Some(serial)) = (value("01"), value("21")) {
        let serial = percent_decode(serial).ok_or_else(|| CodeError::Serial(serial.to_owned()))?;
        return PackageCode::item(gtin, &serial);
    }
    value("00").map_or(Err(CodeError::NoPackage), PackageCode::logistic)
}

fn strip_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")).then_some(rest)
}

/// Characters of a serial that a path segment cannot hold as they are.
fn percent_encode(serial: &str) -> String {
    let encode = |c: char| {
        if c.is_ascii_alphanumeric() || "-._".contains(c) { c.to_string() } else { format!("%{:02X}", u32::from(c)) }
    };
    serial.chars().map(encode).collect()
}

fn percent_decode(segment: &str) -> Option<String> {
    let bytes = segment.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            let hex = segment.get(at + 1..at + 3)?;
            out.push(u8::from_str_radix(hex, 16).ok()?);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::check_digit::compute;
    use super::*;

    const LINK: &str = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD";

    #[test]
    fn reads_what_it_writes_and_any_case_path_or_attribute() {
        let code = PackageCode::item("16901234567899", "7K3M9QX2T4WD").unwrap();
        assert_eq!(format_digital_link("id.example.cn", &code), LINK);
        for text in [
            LINK,
            "https://id.example.cn/01/16901234567899/21/7K3M9QX2T4WD?17=271231#top",
            "http://other.example/some/path/01/16901234567899/10/LOT/21/7K3M9QX2T4WD",
        ] {
            assert_eq!(parse_digital_link(text).unwrap(), code, "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(parse_digital_link("WIFI:S:home;;"), Err(CodeError::NotALink));
        assert_eq!(parse_digital_link("https://example.cn/about"), Err(CodeError::NoPackage));
        assert_eq!(
            parse_digital_link("https://e.cn/01/16901234567898/21/A"),
            Err(CodeError::CheckDigit("16901234567898".into()))
        );
        assert!(matches!(parse_digital_link("https://e.cn/01/16901234567899/21/%zz"), Err(CodeError::Serial(_))));
    }

    proptest! {
        #[test]
        fn round_trips(body in "[0-9]{13}", serial in "[A-Za-z0-9!%&'()*+,./:;<=>?_-]{1,20}") {
            let gtin = format!("{body}{}", compute(&body));
            let code = PackageCode::item(&gtin, &serial).unwrap();
            prop_assert_eq!(parse_digital_link(&format_digital_link("ID.EXAMPLE.CN", &code)).unwrap(), code);
        }

        #[test]
        fn never_panics(text in "\\PC{0,80}") {
            let _ = parse_digital_link(&text);
        }
    }
}
