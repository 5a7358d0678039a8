use super::super::*;

fn grammars(json: &str) -> Grammars {
    serde_json::from_str(json).unwrap()
}

fn refused(json: &str) -> GrammarError {
    let config: GrammarConfig = serde_json::from_str(json).unwrap();
    Grammars::try_from(config).unwrap_err()
}

fn opaque(namespace: &str, text: &str) -> PackageCode {
    PackageCode::opaque(namespace, text).unwrap()
}

#[test]
fn the_first_pattern_that_accepts_the_whole_text_makes_the_code() {
    let grammars = grammars(
        r#"{"opaque": [
            {"namespace": "CTP", "pattern": "[0-9]{10}|[0-9]{32}", "gtin": "06901234567892"},
            {"namespace": "CTP", "pattern": "C[0-9A-Z]{7}", "upper_case": true, "gtin": "16901234567899"},
            {"namespace": "ALL", "pattern": "[!-~]{4,8}"},
            {"namespace": "PINYIN", "pattern": "京\\d{3}"}
        ]}"#,
    );
    for (text, code) in [
        ("0123456789", opaque("CTP", "0123456789")),
        ("c1234abc", opaque("CTP", "C1234ABC")),
        ("d1234abc", opaque("ALL", "d1234abc")),
        ("]Q1d1234abc", opaque("ALL", "d1234abc")),
        ("A/b%", opaque("ALL", "A/b%")),
        ("京123", opaque("PINYIN", "京123")),
    ] {
        assert_eq!(grammars.parse(text), Ok(code.clone()), "{text}");
        assert_eq!(grammars.parse(&code.to_string()), Ok(code), "the canonical form is read too");
    }
    for text in ["01234567890", "x0123456789", "0123456789\n", "京12", "abc", "京１２３"] {
        assert!(grammars.parse(text).is_err(), "{text:?}");
    }
    assert_eq!(grammars.gtin_of(&opaque("CTP", "0123456789")), Some("06901234567892"));
    assert_eq!(grammars.gtin_of(&opaque("CTP", "C1234ABC")), Some("16901234567899"));
    assert_eq!(grammars.gtin_of(&opaque("ALL", "abcd")), None);
    assert_eq!(opaque("CTP", "0123456789").gtin(), None);
}

#[test]
fn what_declares_itself_is_judged_by_its_own_grammar() {
    let grammars = grammars(r#"{"opaque": [{"namespace": "ALL", "pattern": "[!-~]+"}]}"#);
    let item = PackageCode::item("16901234567899", "A").unwrap();
    for text in ["https://e.cn/01/16901234567899/21/A", "(01)16901234567899(21)A", "]d2011690123456789921A"] {
        assert_eq!(grammars.parse(text), Ok(item.clone()), "{text}");
    }
    for text in ["https://e.cn/01/16901234567898/21/A", "(01)1(21)A", "]d2x", "]d210LOT", "text/OTHER/x", "text/ALL/"] {
        assert!(grammars.parse(text).is_err(), "{text}");
    }
    // Without a declaration, or without a key, the pattern speaks first.
    for text in ["011690123456789921A", "https://e.cn/code?c=12345", "01/02/2026"] {
        assert_eq!(grammars.parse(text), Ok(opaque("ALL", text)), "{text}");
    }
    // A separator is never part of an opaque text.
    assert_eq!(grammars.parse("011690123456789921A\u{1d}"), Ok(item));
    assert!(grammars.parse("abc\u{1d}").is_err());
}

#[test]
fn serials_are_folded_for_configured_gtins_only() {
    let grammars = grammars(r#"{"upper_case_gtins": ["1690"]}"#);
    let folded = PackageCode::item("16901234567899", "AB").unwrap();
    for text in ["https://e.cn/01/16901234567899/21/aB", "(01)16901234567899(21)ab", "01/16901234567899/21/Ab"] {
        assert_eq!(grammars.parse(text), Ok(folded.clone()), "{text}");
    }
    let kept = PackageCode::item("09520123456788", "aB").unwrap();
    assert_eq!(grammars.parse("https://e.cn/01/09520123456788/21/aB"), Ok(kept));
}

#[test]
fn canonical_forms_round_trip() {
    for code in [opaque("CTP", "a/b c%2F烟"), opaque("A-_.9", "?#")] {
        let text = code.to_string();
        assert_eq!(text.parse(), Ok(code.clone()));
        let json = serde_json::to_string(&code).unwrap();
        assert_eq!(serde_json::from_str::<PackageCode>(&json).unwrap(), code);
    }
    assert_eq!(opaque("CTP", "a/b").to_string(), "text/CTP/a%2Fb");
    for text in ["text/CTP", "text//a", "text/ctp/a", "text/CTP/", "text/CTP/%00", "text/CTP/%EF%BC%A1", "TEXT/CTP/a"] {
        assert!(text.parse::<PackageCode>().is_err(), "{text}");
    }
}

#[test]
fn a_wrong_configuration_says_whose_fault_it_is() {
    let pattern = refused(r#"{"opaque": [{"namespace": "CTP", "pattern": "[0-9"}]}"#);
    assert!(matches!(&pattern, GrammarError::Pattern { namespace, .. } if namespace == "CTP"), "{pattern}");
    assert!(pattern.to_string().contains("`CTP`"));
    for escape in ["a)|(b", "(?u)[^a]+\\p{Han}", "((((a{100}){100}){100}){100}){100}"] {
        let json = serde_json::json!({"opaque": [{"namespace": "X", "pattern": escape}]}).to_string();
        assert!(matches!(refused(&json), GrammarError::Pattern { .. }), "{escape}");
    }
    assert_eq!(refused(r#"{"opaque": [{"namespace": "ctp", "pattern": "x"}]}"#), GrammarError::Namespace("ctp".into()));
    assert_eq!(
        refused(r#"{"opaque": [{"namespace": "C", "pattern": "x", "gtin": "16901234567898"}]}"#),
        GrammarError::Gtin {
            namespace: "C".into(),
            why: CodeError::CheckDigit { field: Field::Gtin, key: "16901234567898".into(), right: 9 }
        }
    );
    assert_eq!(refused(r#"{"upper_case_gtins": [""]}"#), GrammarError::UpperCaseGtin(String::new()));
    // A later server may say more: whoever reads a file refuses what nobody knows.
    let more = r#"{"patterns": [], "opaque": [{"namespace": "C", "pattern": "x", "regex": "y"}]}"#;
    assert_eq!(serde_json::from_str::<Grammars>(more).unwrap().parse("x").unwrap().to_string(), "text/C/x");
    let error = serde_json::from_str::<Grammars>(r#"{"opaque": [{"namespace": "CTP", "pattern": "("}]}"#).unwrap_err();
    assert!(error.to_string().contains("`CTP`"), "{error}");
}
