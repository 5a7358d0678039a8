use proptest::prelude::*;

use super::super::check_digit::compute;
use super::super::*;

const SET_82: &str = "[A-Za-z0-9!\"%&'()*+,./:;<=>?_-]{1,20}";

fn with_check_digit(body: &str) -> String {
    format!("{body}{}", compute(body))
}

fn patterns() -> Grammars {
    let config =
        r#"{"opaque": [{"namespace": "N", "pattern": "N[ -~]{1,40}|京[^ ]{1,9}"}], "upper_case_gtins": ["2"]}"#;
    serde_json::from_str(config).unwrap()
}

fn try_all(text: &str) {
    let grammars = patterns();
    for code in [parse(text), grammars.parse(text)].into_iter().flatten() {
        assert_eq!(code.to_string().parse(), Ok(code.clone()), "{text:?}");
        assert_eq!(grammars.parse(&code.to_string()), Ok(code.clone()), "{text:?}");
        let _ = (CodeKey::of(&code), code.tail(), code.gtin());
    }
    let _ = parse_digital_link(text);
    let _ = text.parse::<PackageCode>();
    let _ = PackageCode::opaque("N", text).map(|code| code.tail().len());
    let _ = PackageCode::item(text, text).or_else(|_| PackageCode::logistic(text));
    let _ = (check_digit::compute(text), serial_tag(text));
    let _ = wedge::explain(text, &grammars);
    let _ = label::label_faults(None, Some(text), Some(text), text);
}

proptest! {
    #[test]
    fn links_and_canonical_forms_round_trip(body in "[0-9]{13}", serial in SET_82) {
        let code = PackageCode::item(&with_check_digit(&body), &serial).unwrap();
        prop_assert_eq!(parse(&format_digital_link("ID.EXAMPLE.CN", &code)), Ok(code.clone()));
        prop_assert_eq!(parse_digital_link(&format_digital_link("id.example.cn", &code)), Ok(code.clone()));
        prop_assert_eq!(parse(&code.to_string()), Ok(code.clone()));
        prop_assert_eq!(code.to_string().parse(), Ok(code));
    }

    #[test]
    fn element_strings_round_trip(body in "[0-9]{13}", serial in SET_82, lot in "[A-Z0-9]{1,20}", prefix in "(\\]d2|\\]Q3|\\]C1|)") {
        let gtin = with_check_digit(&body);
        let code = PackageCode::item(&gtin, &serial).unwrap();
        prop_assert_eq!(parse(&format!("{prefix}01{gtin}21{serial}")), Ok(code.clone()));
        prop_assert_eq!(parse(&format!("{prefix}01{gtin}11260302\u{1d}21{serial}\u{1d}10{lot}")), Ok(code.clone()));
        prop_assert_eq!(parse(&format!("{prefix}10{lot}\u{1d}37144\u{1d}01{gtin}21{serial}")), Ok(code.clone()));
        if !serial.contains('(') {
            prop_assert_eq!(parse(&format!("(17)271231(01){gtin}(21){serial}(10){lot}")), Ok(code));
        }
    }

    #[test]
    fn logistic_units_round_trip(body in "[0-9]{17}") {
        let sscc = with_check_digit(&body);
        let code = PackageCode::logistic(&sscc).unwrap();
        for text in [
            format_digital_link("ID.EXAMPLE.CN", &code),
            code.to_string(),
            format!("(00){sscc}(37)12"),
            format!("]C100{sscc}3712"),
        ] {
            prop_assert_eq!(parse(&text), Ok(code.clone()), "{}", text);
        }
    }

    #[test]
    fn opaque_codes_round_trip(text in "N[ -~]{1,40}") {
        let code = patterns().parse(&text).unwrap();
        prop_assert_eq!(&code, &PackageCode::opaque("N", &text).unwrap());
        prop_assert_eq!(patterns().parse(&format_digital_link("ID.EXAMPLE.CN", &code)), Ok(code.clone()));
        prop_assert_eq!(code.to_string().parse(), Ok(code));
    }

    #[test]
    fn a_wrong_digit_is_never_another_package(body in "[0-9]{13}", place in 0_usize..14, digit in 0_u8..10) {
        let mut gtin = with_check_digit(&body).into_bytes();
        let right = gtin[place];
        gtin[place] = b'0' + digit;
        let gtin = String::from_utf8(gtin).unwrap();
        let read = parse(&format!("HTTPS://ID.EXAMPLE.CN/01/{gtin}/21/A"));
        prop_assert_eq!(read.is_ok(), right == b'0' + digit);
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        try_all(&text);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        try_all(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_near_miss_panics(text in "(https?://|HTTPS://|\\]d2|\\(|text/N/|)[/01]{0,4}[0-9]{0,20}([/()\u{1d}%烟Ａ.<>A-Z0-9a-z]|21|10|00|01|%){0,40}") {
        try_all(&text);
    }
}
