//! What keyboard-wedge scanners do to a text on its way through a keyboard driver, recognised and explained. Nothing is accepted in
//! silence: whoever asks decides what to do with the restored text.

use super::element_string::GS;
use super::grammar::look_alike;
use super::{Grammars, PackageCode, serial_tag};

/// What happened to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `CapsLock` was on, or the scanner sends lower case.
    Case,
    /// A Chinese input method was on: full-width characters.
    InputMethod,
    /// The scanner types for another keyboard than the system has.
    Layout,
    /// The separator between two elements was dropped or written out.
    Separator,
    /// The text came twice.
    Doubled,
    /// The text ends too early.
    Truncated,
}

impl Fault {
    /// What people are told, in Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Case => (
                "大小写被改变:关闭大写锁定,或设置扫码枪保留大小写",
                "The case was changed: switch CapsLock off, or have the scanner keep the case",
            ),
            Self::InputMethod => (
                "中文输入法改变了字符:切换到英文输入",
                "A Chinese input method changed the text: switch to English input",
            ),
            Self::Layout => (
                "键盘布局不符:把系统或扫码枪设为美式键盘",
                "The keyboard layouts differ: set system or scanner to the US layout",
            ),
            Self::Separator => {
                ("分隔符丢失:设置扫码枪发送 GS 分隔符", "The separator is lost: have the scanner send GS")
            }
            Self::Doubled => ("同一码读了两次:再扫一次", "The code was read twice in one: scan it again"),
            Self::Truncated => ("码没有读完:再扫一次", "The code was cut short: scan it again"),
        }
    }
}

/// A recognised fault, and the text as it was meant where that is certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WedgeFault {
    /// What happened.
    pub fault: Fault,
    /// The text before it happened; it reads as a code.
    pub restored: Option<String>,
}

/// How a text was before, where it can be.
type Restore = fn(&str) -> Option<String>;

/// Explains a text from a wedge that is no code, or a code of ours in the wrong case. None: it is well, or nothing is recognised.
#[must_use]
pub fn explain(text: &str, grammars: &Grammars) -> Option<WedgeFault> {
    let read = grammars.parse(text).ok();
    if read.is_some() {
        return wrong_case(text, grammars);
    }
    let tries: [(Fault, Restore); 7] = [
        (Fault::InputMethod, from_input_method),
        (Fault::Separator, written_separator),
        (Fault::Doubled, first_half),
        (Fault::Case, upper),
        (Fault::Layout, from_qwertz),
        (Fault::Layout, from_azerty),
        (Fault::Layout, from_uk),
    ];
    for (fault, restore) in tries {
        if let Some(restored) = restore(text).filter(|restored| grammars.parse(restored).is_ok()) {
            // A restored text may be ours in the wrong case: what a Chinese input method typed with CapsLock on.
            let restored = wrong_case(&restored, grammars).and_then(|fault| fault.restored).unwrap_or(restored);
            return Some(WedgeFault { fault, restored: Some(restored) });
        }
    }
    if is_cut_short(text) {
        return Some(WedgeFault { fault: Fault::Truncated, restored: None });
    }
    runs_on(text).then_some(WedgeFault { fault: Fault::Separator, restored: None })
}

/// A serial of ours is upper case and carries a tag: one that does so only in upper case was changed.
fn wrong_case(text: &str, grammars: &Grammars) -> Option<WedgeFault> {
    let own = |text: &str| match grammars.parse(text) {
        Ok(PackageCode::Item { serial, .. }) => serial_tag(&serial).is_some(),
        _ => false,
    };
    let restored = upper(text)?;
    let changed = text.chars().any(|c| c.is_ascii_lowercase()) && !own(text) && own(&restored);
    changed.then_some(WedgeFault { fault: Fault::Case, restored: Some(restored) })
}

fn upper(text: &str) -> Option<String> {
    let restored = text.to_ascii_uppercase();
    (restored != text).then_some(restored)
}

fn from_input_method(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    text.chars().map(|c| if c.is_ascii() { Some(c) } else { look_alike(c) }).collect()
}

/// A separator written out as text.
fn written_separator(text: &str) -> Option<String> {
    let forms = ["<GS>", "{GS}", "[GS]", "^]", "\\x1d", "\\x1D", "\\u001d", "\u{241d}", "|", "~"];
    let found = forms.into_iter().find(|form| text.contains(form))?;
    Some(text.replace(found, &GS.to_string()))
}

/// The first of two readings that came as one.
fn first_half(text: &str) -> Option<String> {
    let (half, odd) = (text.len() / 2, text.len() % 2);
    let halves = (odd == 0).then(|| text.get(..half).zip(text.get(half..))).flatten();
    if let Some((first, _)) = halves.filter(|(first, second)| first == second) {
        return Some(first.to_owned());
    }
    // Two readings of different codes: only the first is restored.
    let start = text.get(..8)?;
    let again = text.get(8..)?.find(start)?;
    text.get(..again + 8).map(str::to_owned)
}

fn mapped(text: &str, pairs: &[(char, char)]) -> Option<String> {
    let back = |c: char| pairs.iter().find(|(typed, _)| *typed == c).map_or(c, |(_, meant)| *meant);
    let restored: String = text.chars().map(back).collect();
    (restored != text).then_some(restored)
}

/// What a US scanner types on a German keyboard.
fn from_qwertz(text: &str) -> Option<String> {
    let pairs = [
        ('Y', 'Z'),
        ('Z', 'Y'),
        ('y', 'z'),
        ('z', 'y'),
        ('Ö', ':'),
        ('ö', ';'),
        ('-', '/'),
        ('_', '?'),
        ('ß', '-'),
        ('?', '_'),
        (')', '('),
        ('=', ')'),
        ('(', '*'),
        ('/', '&'),
        ('`', '+'),
        ('´', '='),
    ];
    mapped(text, &pairs)
}

/// What a US scanner types on a French keyboard.
fn from_azerty(text: &str) -> Option<String> {
    let pairs = [
        ('&', '1'),
        ('é', '2'),
        ('"', '3'),
        ('\'', '4'),
        ('(', '5'),
        ('-', '6'),
        ('è', '7'),
        ('_', '8'),
        ('ç', '9'),
        ('à', '0'),
        ('Q', 'A'),
        ('A', 'Q'),
        ('W', 'Z'),
        ('Z', 'W'),
        ('M', ':'),
        ('?', 'M'),
        ('!', '/'),
        (':', '.'),
        ('9', '('),
        ('0', ')'),
        ('q', 'a'),
        ('a', 'q'),
        ('w', 'z'),
        ('z', 'w'),
        (',', 'm'),
        (')', '-'),
    ];
    mapped(text, &pairs)
}

/// What a US scanner types on a British keyboard.
fn from_uk(text: &str) -> Option<String> {
    mapped(text, &[('@', '"'), ('"', '@'), ('£', '#'), ('¬', '~')])
}

/// A beginning of a link or of an element string.
fn is_cut_short(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    if let Some((scheme, rest)) = text.split_once("://") {
        let tail = rest.split_once("/01/").map(|(_, tail)| tail);
        let unfinished = tail.is_some_and(|tail| {
            let (gtin, after) = tail.split_once('/').unwrap_or((tail, ""));
            gtin.bytes().all(|byte| byte.is_ascii_digit())
                && (gtin.len() < 14 || after.is_empty() || after == "21" || after == "21/")
        });
        return matches!(scheme, "HTTP" | "HTTPS") && unfinished;
    }
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let start = text.strip_prefix("(01)").or_else(|| text.strip_prefix("01"));
    let scheme = ["HTTPS://", "HTTP://"].iter().any(|scheme| text.len() > 3 && scheme.starts_with(&text));
    scheme || start.is_some_and(|rest| rest.len() <= 14 && digits(rest))
}

/// A serial that runs on into the next element.
fn runs_on(text: &str) -> bool {
    let rest =
        text.get(16..).filter(|_| text.starts_with("01") && text.bytes().take(16).all(|byte| byte.is_ascii_digit()));
    rest.is_some_and(|rest| rest.starts_with("21") && rest.len() > 22)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{check_digit, format_digital_link, format_serial};
    use super::*;

    const LINK: &str = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/0002D00003XG";

    fn told(text: &str) -> Option<(Fault, Option<String>)> {
        explain(text, &Grammars::default()).map(|fault| (fault.fault, fault.restored))
    }

    #[test]
    fn faults_are_recognised_and_undone() {
        let whole = || Some(LINK.to_owned());
        assert_eq!(told(LINK), None);
        assert_eq!(told("https://id.example.cn/01/16901234567899/21/0002d00003xg"), Some((Fault::Case, whole())));
        assert_eq!(
            told("HTTPS：／／ID。EXAMPLE。CN／01／16901234567899／21／0002D00003XG"),
            Some((Fault::InputMethod, whole()))
        );
        assert_eq!(told("HTTPSÖ--ID.EXAMPLE.CN-01-16901234567899-21-0002D00003XG"), Some((Fault::Layout, whole())));
        assert_eq!(told(&format!("{LINK}{LINK}")), Some((Fault::Doubled, whole())));
        let second = LINK.replace("3XG", "3XH");
        assert_eq!(told(&format!("{LINK}{second}")), Some((Fault::Doubled, whole())));
        assert_eq!(told("HTTPS://ID.EXAMPLE.CN/01/169012345"), Some((Fault::Truncated, None)));
        assert_eq!(told("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21"), Some((Fault::Truncated, None)));
        assert_eq!(told("HELLO"), None);
    }

    #[test]
    fn a_lost_separator_is_told_and_restored_where_it_was_written_out() {
        let meant = "0116901234567899217K3M9QX2T4WD\u{1d}10LOT".to_owned();
        assert_eq!(told(&meant), None);
        assert_eq!(told(&meant.replace('\u{1d}', "<GS>")), Some((Fault::Separator, Some(meant))));
        assert_eq!(told("011690123456789921ABC<GS>10L"), None, "`<GS>` may be part of a serial of twenty");
        let long = "011690123456789921ABCDEFGHIJKLMNOPQRST\u{1d}10LOT";
        assert_eq!(told(&long.replace('\u{1d}', "<GS>")), Some((Fault::Separator, Some(long.to_owned()))));
        assert_eq!(told(&long.replace('\u{1d}', "")), Some((Fault::Separator, None)));
    }

    proptest! {
        #[test]
        fn our_own_links_come_back_from_every_fault(tag in 0_u32..1_048_576, random in 0_u64..1_099_511_627_776) {
            let gtin = format!("1690123456789{}", check_digit::compute("1690123456789"));
            let code = PackageCode::item(&gtin, &format_serial(tag, random)).unwrap();
            let link = format_digital_link("ID.EXAMPLE.CN", &code);
            let wide: String = link.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
            prop_assert_eq!(told(&wide), Some((Fault::InputMethod, Some(link.clone()))));
            prop_assert_eq!(told(&format!("{link}{link}")), Some((Fault::Doubled, Some(link.clone()))));
            if link[40..].chars().any(|c| c.is_ascii_alphabetic()) {
                prop_assert_eq!(told(&link.to_ascii_lowercase()), Some((Fault::Case, Some(link.clone()))));
            }
        }

        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            let _ = explain(&String::from_utf8_lossy(&bytes), &Grammars::default());
        }
    }
}
