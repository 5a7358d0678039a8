use super::super::*;

const LINK: &str = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD";

fn item(gtin: &str, serial: &str) -> PackageCode {
    PackageCode::item(gtin, serial).unwrap()
}

#[test]
fn reads_what_it_writes_and_any_case_path_or_attribute() {
    let code = item("16901234567899", "7K3M9QX2T4WD");
    assert_eq!(format_digital_link("id.example.cn", &code), LINK);
    for text in [
        LINK,
        "https://id.example.cn/01/16901234567899/21/7K3M9QX2T4WD?17=271231#top",
        "hTTp://other.example:8443/some/path/01/16901234567899/10/LOT/21/7K3M9QX2T4WD",
        "https://id.example.cn/01/16901234567899/22/2A/10/LOT%2F7/21/7K3M9QX2T4WD/?linkType=https://e.cn/00/1",
        "https://id.example.cn/01/0/01/16901234567899/21/7K3M9QX2T4WD",
        "https://id.example.cn/01/16901234567899/10/21/21/%37K3M9QX2T4WD",
        "https://id.example.cn/GTIN/16901234567899/lot/A/ser/7K3M9QX2T4WD",
        "]Q1HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD",
        "01/16901234567899/21/7K3M9QX2T4WD",
        "(01)16901234567899(21)7K3M9QX2T4WD",
        "]Q30116901234567899217K3M9QX2T4WD",
        "]d2\u{1d}0116901234567899217K3M9QX2T4WD\u{1d}10LOT",
        "]C10116901234567899217K3M9QX2T4WD",
        "0116901234567899217K3M9QX2T4WD",
    ] {
        assert_eq!(parse(text), Ok(code.clone()), "{text:?}");
    }
}

#[test]
fn examples_of_the_standard() {
    // GS1 Digital Link Standard: URI syntax, section 4.9 (path element order) and section 5 (examples).
    for text in [
        "https://example.com/01/09520123456788/22/2A/10/ABC123/21/12345XYZ",
        "https://example.com/01/09520123456788/10/ABC123/21/12345XYZ",
        "https://example.com/01/09520123456788/21/12345XYZ",
        "https://example.com/some-extra/pathinfo/01/9520123456788/21/12345XYZ?3103=000195",
    ] {
        assert_eq!(parse(text), Ok(item("09520123456788", "12345XYZ")), "{text}");
    }
    assert_eq!(
        parse("https://example.com/01/09520123456788/21/12345XYZ/10/ABC123"),
        Err(CodeError::Misplaced(Field::Other(Ai::LOT)))
    );
    let sscc = PackageCode::logistic("106141412345678908");
    assert_eq!(parse("https://example.com/00/106141412345678908?400=PO-7"), sscc);
}

#[test]
fn a_short_gtin_means_the_one_with_14_digits() {
    for gtin in ["6291041500213", "06291041500213"] {
        assert_eq!(parse(&format!("https://e.cn/01/{gtin}/21/A")), Ok(item("06291041500213", "A")));
    }
    // GTIN-12 and GTIN-8 of the General Specifications, section 7.9.
    assert_eq!(parse("https://e.cn/01/614141007349/21/A"), Ok(item("00614141007349", "A")));
    assert_eq!(parse("https://e.cn/01/95050003/21/A"), Ok(item("00000095050003", "A")));
    // Not in element strings, where 14 digits are predefined.
    assert!(parse("(01)6291041500213(21)A").is_err());
}

#[test]
fn says_what_is_wrong() {
    let length = |field, len, min, max| CodeError::Length { field, len, min, max };
    let other = |text| Field::Other(Ai::read(text).unwrap().0);
    for (text, error) in [
        ("", CodeError::Empty),
        ("WIFI:S:home;;", CodeError::NotACode),
        ("6901234567892", CodeError::NotACode),
        ("https:///01/16901234567899/21/A", CodeError::NotALink),
        ("https://example.cn", CodeError::NoPackage),
        ("https://example.cn/about", CodeError::NoPackage),
        ("https://example.cn/?01=16901234567899&21=A", CodeError::NoPackage),
        ("https://e.cn/01/16901234567899", CodeError::Missing(Field::Serial)),
        ("https://e.cn/01/16901234567899?21=A", CodeError::Missing(Field::Serial)),
        ("https://e.cn/01/16901234567899/21", length(Field::Serial, 0, 1, 20)),
        ("https://e.cn/01/16901234567899/21/", length(Field::Serial, 0, 1, 20)),
        (
            "https://e.cn/01/1690123456789/21/A",
            CodeError::CheckDigit { field: Field::Gtin, key: "01690123456789".into(), right: 6 },
        ),
        (
            "https://e.cn/01/169012345678/21/A",
            CodeError::CheckDigit { field: Field::Gtin, key: "00169012345678".into(), right: 4 },
        ),
        ("https://e.cn/01/1690123/21/A", length(Field::Gtin, 7, 14, 14)),
        (
            "https://e.cn/01/16901234567898/21/A",
            CodeError::CheckDigit { field: Field::Gtin, key: "16901234567898".into(), right: 9 },
        ),
        ("https://e.cn/01/16901234567899/21/%zz", CodeError::PercentEncoding { field: Field::Serial, position: 1 }),
        (
            "https://e.cn/01/16901234567899/21/A%20",
            CodeError::Character { field: Field::Serial, found: ' ', position: 2 },
        ),
        ("https://e.cn/01/16901234567899/21/A/21/B", CodeError::Repeated(Field::Serial)),
        ("https://e.cn/01/16901234567899/17/271231/21/A", CodeError::Misplaced(other("17"))),
        ("https://e.cn/00/106141412345678908/21/A", CodeError::Misplaced(Field::Serial)),
        ("https://e.cn/01/16901234567899/235/A/21/B", CodeError::Misplaced(Field::Serial)),
        ("https://e.cn/01/16901234567899/21/ABCDEFGHIJKLMNOPQRSTU", length(Field::Serial, 21, 1, 20)),
        ("ＨTTPS://e.cn", CodeError::LookAlike { found: 'Ｈ', means: 'H', position: 1 }),
        ("https://e.cn/01/16901234567899/21/А", CodeError::LookAlike { found: 'А', means: 'A', position: 35 }),
        ("https://e.cn/01/16901234567899/21/é", CodeError::NotAscii { found: 'é', position: 35 }),
        ("https://e.cn/01/16901234567899/21/A\0", CodeError::Control { found: '\0', position: 36 }),
        ("https://e.cn/01/16901234567899/21/A\u{1d}", CodeError::Control { found: '\u{1d}', position: 36 }),
        ("]E06901234567892", CodeError::NotACode),
        ("]C0HELLO", CodeError::NotACode),
        ("]d2HELLO", CodeError::UnknownAi { ai: "HELL".into(), position: 4 }),
        ("]Q1(01", CodeError::Bracket { position: 4 }),
        ("text/CTP/1234", CodeError::NotConfigured("CTP".into())),
    ] {
        assert_eq!(parse(text), Err(error), "{text:?}");
    }
    assert_eq!(parse_digital_link("WIFI:S:home;;"), Err(CodeError::NotALink));
    assert_eq!(parse(&format!("{LINK}{LINK}")), Err(CodeError::SeveralLinks));
    assert_eq!(parse(&format!("{LINK}?{}", "A".repeat(512))), Err(CodeError::TooLong { len: 568, max: TEXT_LEN_MAX }));
}

#[test]
fn errors_are_said_in_words() {
    for (text, words) in [
        (
            "https://e.cn/01/16901234567898/21/A",
            "the check digit of the (01) GTIN `16901234567898` is wrong: 9 would be right",
        ),
        ("https://e.cn/01/1/21/A", "the (01) GTIN has 1 characters; 14 are needed"),
        ("0116901234567899", "the (21) serial is missing"),
        ("https://e.cn/01/16901234567899/21/%", "the percent-encoding of the (21) serial is broken at character 1"),
        ("HTTPS：//E.CN", "character 6 of the text is `：` (U+FF1A), which only looks like `:`"),
        ("A\u{7}", "character 2 of the text is the control character U+0007"),
        ("(01)16901234567899(21)A B", "character 2 of the (21) serial is ` `, which it may not have"),
        ("(37)123456789", "the (37) value has 9 characters; 1 to 8 are needed"),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), words, "{text:?}");
    }
}

#[test]
fn the_last_four_characters() {
    assert_eq!(item("16901234567899", "7K3M9QX2T4WD").tail(), "T4WD");
    assert_eq!(item("16901234567899", "7K").tail(), "7K");
    assert_eq!(PackageCode::logistic("106141412345678908").unwrap().tail(), "8908");
    assert_eq!(PackageCode::opaque("N", "第一二三四五").unwrap().tail(), "二三四五");
}
