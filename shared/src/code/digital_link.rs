//! GS1 Digital Link URIs (GS1 Digital Link Standard: URI syntax 1.4), written in upper case so that one QR symbol of version
//! 3-M stays in alphanumeric mode: `HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD`.

use super::package_parts::PackageParts;
use super::{CodeError, PackageCode, compressed, percent};

/// The link for a code, under `host`, in upper case. 55 characters for a 13-character host and a 12-character serial. An opaque code
/// has no link: its own text stands for it.
#[must_use]
pub fn format_digital_link(host: &str, code: &PackageCode) -> String {
    match code {
        PackageCode::Item { gtin, serial } => {
            format!("HTTPS://{}/01/{gtin}/21/{}", host.to_ascii_uppercase(), percent::encode(serial))
        }
        PackageCode::Logistic { sscc } => format!("HTTPS://{}/00/{sscc}", host.to_ascii_uppercase()),
        PackageCode::Opaque { text, .. } => text.clone(),
    }
}

/// Whether a text begins like a link.
pub(super) fn is_link(text: &str) -> bool {
    after_scheme(text).is_some()
}

/// Reads a link in either case, with any path before the key and any attributes after it, compressed wholly or in its last segment.
pub fn parse_digital_link(text: &str) -> Result<PackageCode, CodeError> {
    let after_scheme = after_scheme(text).ok_or(CodeError::NotACode)?;
    let path = after_scheme.split(['?', '#']).next().unwrap_or_default();
    let mut parts = PackageParts::default();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let identifier = match segment {
            "00" | "sscc" => "00",
            "01" | "gtin" => "01",
            "21" | "ser" => "21",
            _ => continue,
        };
        if let Some(value) = segments.peek() {
            parts.take(identifier, &percent::decode(value)?)?;
            segments.next();
        }
    }
    parts.package().or_else(|error| decompress(path, error))
}

/// A link that names no package plainly may do so in its last segment.
fn decompress(path: &str, error: CodeError) -> Result<PackageCode, CodeError> {
    if error != CodeError::NoPackage {
        return Err(error);
    }
    let mut parts = PackageParts::default();
    let (before, last) = path.rsplit_once('/').unwrap_or(("", path));
    let mut plain = before.split('/').skip(1).peekable();
    while let Some(segment) = plain.next() {
        if let ("01" | "gtin", Some(value)) = (segment, plain.peek()) {
            parts.take("01", value)?;
        }
    }
    // A last segment that is no compressed string belongs to some other page.
    compressed::read(last, &mut parts).map_err(|_| CodeError::NoPackage)?;
    parts.package().map_err(|_| CodeError::NoPackage)
}

fn after_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")).then_some(rest)
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
            "https://id.example.cn/gtin/16901234567899/ser/7K3M9QX2T4WD",
        ] {
            assert_eq!(parse_digital_link(text).unwrap(), code, "{text}");
        }
        let padded = parse_digital_link("https://e.cn/01/6901234567892/21/A").unwrap();
        assert_eq!(padded, PackageCode::item("06901234567892", "A").unwrap());
        let pallet = parse_digital_link("https://e.cn/00/106141412345678908").unwrap();
        assert_eq!(pallet, PackageCode::logistic("106141412345678908").unwrap());
    }

    #[test]
    fn reads_compressed_links() {
        // (01)16901234567899(21)AB12: sequence 0C, 47 bits of GTIN, upper-case hexadecimal, four of them.
        let gtin = format!("{:047b}", 16_901_234_567_899_u64);
        let bits = format!("00001100{gtin}010{:05b}{:016b}", 4, 0xAB12);
        let text: String = (0..bits.len().div_ceil(6))
            .map(|n| {
                let six = format!("{:0<6}", bits.get(n * 6..(n * 6 + 6).min(bits.len())).unwrap());
                char::from(
                    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                        [usize::from_str_radix(&six, 2).unwrap()],
                )
            })
            .collect();
        let code = PackageCode::item("16901234567899", "AB12").unwrap();
        assert_eq!(parse_digital_link(&format!("https://id.gs1.org/{text}")).unwrap(), code);
        // The published example (01)09506000134376(10)LOT01 reads whole, but names no single package.
        assert_eq!(parse_digital_link("https://id.gs1.org/ARFKk4XB0CDKWcnpq"), Err(CodeError::NoPackage));
        let mut parts = PackageParts::default();
        compressed::read("ARFKk4XB0CDKWcnpq", &mut parts).unwrap();
        parts.take("21", "7").unwrap();
        assert_eq!(parts.package().unwrap(), PackageCode::item("09506000134376", "7").unwrap());
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(parse_digital_link("WIFI:S:home;;"), Err(CodeError::NotACode));
        assert_eq!(parse_digital_link("https://example.cn/about"), Err(CodeError::NoPackage));
        let wrong = parse_digital_link("https://e.cn/01/16901234567898/21/A").unwrap_err();
        assert_eq!(wrong.to_string(), "the check digit of the GTIN (01) `16901234567898` is wrong: it would be 9");
        let short = parse_digital_link("https://e.cn/01/123/21/A").unwrap_err();
        assert_eq!(short.to_string(), "`123` is no GTIN (01): 14 digits are needed");
        assert_eq!(
            parse_digital_link("https://e.cn/01/16901234567899/21/%zz"),
            Err(CodeError::PercentEncoding("%zz".into()))
        );
        assert_eq!(parse_digital_link("https://e.cn/01/16901234567899/21/A/21/B"), Err(CodeError::Twice("21")));
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
            let _ = parse_digital_link(&format!("https://e.cn/{text}"));
        }

        #[test]
        fn compressed_never_panics(text in "[A-Za-z0-9_-]{0,80}") {
            let _ = parse_digital_link(&format!("https://e.cn/01/16901234567899/{text}"));
            let _ = parse_digital_link(&format!("https://e.cn/{text}"));
        }
    }
}
