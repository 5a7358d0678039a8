mod properties;

use super::super::{TEXT_LEN_MAX, parse};
use super::*;

const LINK: &str = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD";
const GTIN: &str = "16901234567899";

fn explained(text: &str) -> Option<(WedgeFaultKind, Option<String>)> {
    explain(text, &Grammars::default()).map(|fault| (fault.kind, fault.restored))
}

fn is_restored(text: &str, kind: WedgeFaultKind, original: &str) {
    assert_eq!(explained(text), Some((kind, Some(original.to_owned()))), "{text:?}");
}

fn is_hopeless(text: &str, kind: WedgeFaultKind) {
    assert_eq!(explained(text), Some((kind, None)), "{text:?}");
}

fn full_width(text: &str) -> String {
    text.chars().map(|c| char::from_u32(u32::from(c) - 0x21 + 0xFF01).unwrap()).collect()
}

/// As a Chinese input method in half-width mode types: letters and digits as they are, punctuation Chinese.
fn chinese_punctuation(text: &str) -> String {
    text.replace(':', "：")
        .replace('/', "／")
        .replace('.', "。")
        .replace('(', "（")
        .replace(')', "）")
        .replace('_', "——")
}

#[test]
fn what_is_read_has_no_fault() {
    for text in [
        LINK,
        "https://id.example.cn/01/16901234567899/21/7K3M9QX2T4WD",
        // Another maker's serial, and one without letters.
        "https://example.com/01/09520123456788/21/abc",
        "https://example.com/01/09520123456788/21/123456789012",
        "(01)16901234567899(21)7K3M9QX2T4WD",
        "]d2011690123456789921AB<>CD\u{1d}10LOT",
        "011690123456789921AB\u{1d}10AB",
        "00106141412345678908",
    ] {
        assert!(parse(text).is_ok(), "{text:?}");
        assert_eq!(explained(text), None, "{text:?}");
    }
}

#[test]
fn other_texts_are_not_explained() {
    for text in [
        "",
        "HELLO",
        "6901234567892",
        "WIFI:S:home;T:WPA;P:secret;;",
        "https://example.cn/about",
        "https://u.wechat.com/kPy6vCbNWqPvnxeWAbcd",
        "https://example.cn/01/16901234567898/21/A",
        "https://example.cn/01/16901234567899/17/271231/21/A",
        "BEGIN:VCARD",
        "姓名：张三，电话：13800138000",
    ] {
        assert_eq!(explained(text), None, "{text:?}");
    }
}

#[test]
fn case() {
    is_restored(&LINK.to_ascii_lowercase(), WedgeFaultKind::LowerCase, LINK);
    let element = format!("]d201{GTIN}217K3M9QX2T4WD");
    is_restored(&format!("]d201{GTIN}217k3m9qx2t4wd"), WedgeFaultKind::LowerCase, &element);
    is_restored(&format!("]D201{GTIN}217k3m9qx2t4wd"), WedgeFaultKind::InvertedCase, &element);
    is_restored(&format!("]q301{GTIN}21aB"), WedgeFaultKind::InvertedCase, &format!("]Q301{GTIN}21Ab"));
    // A compressed link is not read in another case.
    let compressed = "https://id.gs1.org/DB6-QCpVttnZW5nqC-yfCwY";
    is_restored("HTTPS://ID.GS1.ORG/db6-qcPvTTNzw5NQc-YFcWy", WedgeFaultKind::InvertedCase, compressed);
}

#[test]
fn chinese_input_methods() {
    is_restored(&full_width(LINK), WedgeFaultKind::FullWidth, LINK);
    is_restored(&chinese_punctuation(LINK), WedgeFaultKind::FullWidth, LINK);
    is_restored(&LINK.replace('/', "、").replace(':', "："), WedgeFaultKind::FullWidth, LINK);
    is_restored(&chinese_punctuation(&LINK.to_ascii_lowercase()), WedgeFaultKind::FullWidth, LINK);
    let brackets = format!("(01){GTIN}(21)A_B");
    is_restored(&chinese_punctuation(&brackets), WedgeFaultKind::FullWidth, &brackets);
    is_hopeless("HTTPS：//ID", WedgeFaultKind::FullWidth);
    is_hopeless("特特朋友S：／／16901234567899", WedgeFaultKind::InputMethod);
}

#[test]
fn layouts() {
    let german = "HTTPSÖ--ID.EXAMPLE.CN-01-16901234567899-21-7K3M9QX2T4WD";
    is_restored(german, WedgeFaultKind::Layout(Layout::German), LINK);
    let french = "HTTPSM!!ID:EXQ?PLE:CN!à&!&-çà&é\"'(-è_çç!é&!è";
    let start = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7";
    is_restored(french, WedgeFaultKind::Layout(Layout::French), start);
    // The scanner has the layout, the computer does not.
    let scanner = layout::Layout::German.to_us(LINK).unwrap();
    is_restored(&scanner, WedgeFaultKind::Layout(Layout::German), LINK);
    let british = format!("(01){GTIN}(21)A\"B");
    is_restored(&british.replace('"', "@"), WedgeFaultKind::Layout(Layout::British), &british);
    is_hopeless("HTTPSÖ--ID.EXAMPLE", WedgeFaultKind::Layout(Layout::German));
}

#[test]
fn separators() {
    let original = format!("]d201{GTIN}217K3M9QX2T4WD\u{1d}10LOT");
    for shown in ["<GS>", "{GS}", "[gs]", "^]", "\\x1d", "\\x1D", "\\u001d", "␝", "<FNC1>", "|"] {
        is_restored(&original.replace('\u{1d}', shown), WedgeFaultKind::SeparatorShown, &original);
    }
    // Read as it stands, as another code.
    let hidden = format!("01{GTIN}217K<GS>1012");
    assert_eq!(parse(&hidden).unwrap().tail(), "1012");
    is_restored(&hidden, WedgeFaultKind::SeparatorShown, &format!("01{GTIN}217K\u{1d}1012"));
    for lost in [
        format!("]d201{GTIN}10LOT217K3M9QX2T4WD"),
        format!("01{GTIN}10LOT217K3M9QX2T4WD"),
        format!("01{GTIN}217K3M9QX2T4WD10A-LONG-LOT-1"),
        // Read as it stands: 20 characters are a serial.
        format!("01{GTIN}217K3M9QX2T4WD17271231"),
    ] {
        is_hopeless(&lost, WedgeFaultKind::SeparatorLost);
    }
}

#[test]
fn twice_or_with_more_around_it() {
    for text in [format!("{LINK}{LINK}"), format!("{LINK}\r\n{LINK}"), format!("{LINK} {LINK}")] {
        is_restored(&text, WedgeFaultKind::Doubled, LINK);
    }
    let with_query = format!("{LINK}?17=271231");
    assert!(parse(&with_query.repeat(2)).is_ok());
    is_restored(&with_query.repeat(2), WedgeFaultKind::Doubled, &with_query);
    let brackets = format!("(01){GTIN}(21)A");
    is_restored(&brackets.repeat(2), WedgeFaultKind::Doubled, &brackets);
    for text in [format!("{LINK}\r\n"), format!("\u{2}{LINK}\u{3}"), format!("\u{feff} {LINK}\t")] {
        is_restored(&text, WedgeFaultKind::Surplus, LINK);
    }
    is_restored(&full_width(LINK).repeat(2), WedgeFaultKind::Doubled, LINK);
    is_restored(&format!("{}\r\n", LINK.to_ascii_lowercase()), WedgeFaultKind::Surplus, LINK);
}

#[test]
fn beginnings_and_ends_lost() {
    for cut in 1..12 {
        let restored = format!("HTTPS://{}", &LINK[cut.max(8)..]);
        is_restored(&LINK[cut..], WedgeFaultKind::HeadLost, &restored);
    }
    is_restored(&format!("d201{GTIN}21A"), WedgeFaultKind::HeadLost, &format!("]d201{GTIN}21A"));
    is_restored(&format!("01){GTIN}(21)A"), WedgeFaultKind::HeadLost, &format!("(01){GTIN}(21)A"));
    let logistic = "HTTPS://ID.EXAMPLE.CN/00/106141412345678908";
    for whole in [
        LINK.to_owned(),
        logistic.to_owned(),
        format!("https://id.example.cn/01/{GTIN}/22/2A/10/LOT/21/%41"),
        format!("(01){GTIN}(21)A"),
        "(00)106141412345678908".to_owned(),
        format!("]d201{GTIN}10LOT\u{1d}21A"),
        format!("]Q301{GTIN}1727123121A"),
        "]C100106141412345678908".to_owned(),
        format!("01/{GTIN}/21/A"),
    ] {
        for cut in 1..whole.len() {
            let text = &whole[..cut];
            if parse(text).is_err() {
                is_hopeless(text, WedgeFaultKind::Truncated);
            }
        }
    }
    is_hopeless("https://id.gs1.org/DB6-QCpVttnZW5nqC-yfC", WedgeFaultKind::Truncated);
    is_hopeless("HTTPS://ID.EXAMPLE.CN/01/169012\r\n", WedgeFaultKind::Truncated);
}

#[test]
fn opaque_codes() {
    let config =
        r#"{"opaque": [{"namespace": "N", "pattern": "N[a-z]{4}(<GS>)?"}, {"namespace": "D", "pattern": "[0-9]{8}"}]}"#;
    let grammars: Grammars = serde_json::from_str(config).unwrap();
    for read in ["Nabcd", "Nabcd<GS>", "12341234"] {
        assert_eq!(explain(read, &grammars), None, "{read}");
    }
    for (text, kind) in [
        ("nABCD", WedgeFaultKind::InvertedCase),
        ("NABCD", WedgeFaultKind::InvertedCase),
        ("Ｎａｂｃｄ", WedgeFaultKind::FullWidth),
        ("NabcdNabcd", WedgeFaultKind::Doubled),
        (" Nabcd\n", WedgeFaultKind::Surplus),
    ] {
        let fault = explain(text, &grammars).map(|fault| (fault.kind, fault.restored));
        let expected = (text != "NABCD").then(|| (kind, Some("Nabcd".to_owned())));
        assert_eq!(fault, expected, "{text}");
    }
}

#[test]
fn every_kind_has_words_in_both_languages() {
    use WedgeFaultKind as Kind;
    let layouts = [Layout::German, Layout::French, Layout::British].map(Kind::Layout);
    let others = [
        Kind::LowerCase,
        Kind::InvertedCase,
        Kind::FullWidth,
        Kind::InputMethod,
        Kind::SeparatorShown,
        Kind::SeparatorLost,
        Kind::Doubled,
        Kind::HeadLost,
        Kind::Truncated,
        Kind::Surplus,
    ];
    for kind in others.into_iter().chain(layouts) {
        let (zh, en) = WedgeFault { kind, restored: None }.words();
        assert!(!zh.is_ascii() && en.is_ascii(), "{kind:?}");
    }
}

#[test]
fn long_texts_are_bearable() {
    for text in
        ["|".repeat(TEXT_LEN_MAX), "Ａ".repeat(TEXT_LEN_MAX * 2), "01".repeat(TEXT_LEN_MAX / 2), "é".repeat(9999)]
    {
        let _ = explain(&text, &Grammars::default());
    }
}
