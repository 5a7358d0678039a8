//! Which texts are codes: the three grammars of `domain.md`. The payload grammar of the national platform is not public, so a
//! grammar is configuration.

use regex::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::digital_link::{is_link, parse_digital_link};
use super::{CodeError, PackageCode, element_string};

/// The longest text that is looked at, in bytes: more than any QR symbol of a label holds.
pub const TEXT_LEN_MAX: usize = 512;

/// A pattern of opaque texts: product and level are then known only from the registry.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpaquePattern {
    /// A name for the texts: part of their identity.
    pub namespace: String,
    /// What the whole text must be.
    pub pattern: Pattern,
    /// Whether lower case means the same: the text is folded to upper case.
    #[serde(default)]
    pub upper_case: bool,
}

/// The configured grammars. GS1 Digital Link and GS1 element strings are always read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grammars {
    /// Patterns of opaque texts, tried in order when nothing else fits.
    pub opaque: Vec<OpaquePattern>,
    /// GTIN prefixes whose serials mean the same in lower case; other serials are case-sensitive (GS1, AI 21).
    pub upper_case_gtins: Vec<String>,
}

impl Grammars {
    /// Reads the text of a label.
    pub fn parse(&self, text: &str) -> Result<PackageCode, CodeError> {
        if text.len() > TEXT_LEN_MAX {
            return Err(CodeError::TooLong(text.len()));
        }
        let read = parse_gs1(text);
        match read {
            Ok(code) => Ok(self.folded(code)),
            Err(error) => self.opaque(text).ok_or(error),
        }
    }

    fn folded(&self, code: PackageCode) -> PackageCode {
        match code {
            PackageCode::Item { gtin, mut serial } => {
                if self.upper_case_gtins.iter().any(|prefix| gtin.starts_with(prefix)) {
                    serial.make_ascii_uppercase();
                }
                PackageCode::Item { gtin, serial }
            }
            other => other,
        }
    }

    fn opaque(&self, text: &str) -> Option<PackageCode> {
        let found = self.opaque.iter().find(|opaque| opaque.pattern.0.is_match(text))?;
        let text = if found.upper_case { text.to_uppercase() } else { text.to_owned() };
        Some(PackageCode::Opaque { namespace: found.namespace.clone(), text })
    }
}

fn parse_gs1(text: &str) -> Result<PackageCode, CodeError> {
    characters(text)?;
    if is_link(text) {
        parse_digital_link(text)
    } else if element_string::is_element_string(text) {
        element_string::parse(text)
    } else {
        Err(CodeError::NotACode)
    }
}

/// GS1 keys are printable ASCII; the only other character is the separator.
fn characters(text: &str) -> Result<(), CodeError> {
    if text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ' || byte == 0x1d) {
        return Ok(());
    }
    for (place, found) in text.chars().enumerate() {
        let (column, code) = (place + 1, u32::from(found));
        if found.is_control() && found != element_string::GS {
            return Err(CodeError::Control { column, code });
        }
        if !found.is_ascii() {
            return Err(CodeError::LookAlike { column, found, code, meant: look_alike(found) });
        }
    }
    Ok(())
}

/// The ASCII character that a full-width, Cyrillic or Greek one looks like.
pub(super) fn look_alike(found: char) -> Option<char> {
    let wide = u32::from(found).checked_sub(0xFEE0).and_then(char::from_u32).filter(char::is_ascii_graphic);
    if matches!(u32::from(found), 0xFF01..=0xFF5E) {
        return wide;
    }
    let pairs =
        "АAВBЕEКKМMНHОOРPСCТTХXаaеeоoрpсcхxуyіiΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX。.·./—-–-−-‐-“\"”\"‘'’'《<》>、/　 ";
    let mut letters = pairs.chars();
    while let (Some(like), Some(meant)) = (letters.next(), letters.next()) {
        if like == found && meant.is_ascii() {
            return Some(meant);
        }
    }
    None
}

/// A regular expression that must match the whole text.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

/// The pattern is no regular expression.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no regular expression: {1}")]
pub struct PatternError(String, regex::Error);

impl Pattern {
    /// A pattern for whole texts.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        let whole = Regex::new(&format!("^(?:{pattern})$"));
        whole.map(Self).map_err(|error| PatternError(pattern.to_owned(), error))
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = self.0.as_str();
        serializer.serialize_str(whole.strip_prefix("^(?:").and_then(|rest| rest.strip_suffix(")$")).unwrap_or(whole))
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn configured() -> Grammars {
        let json = r#"{"opaque":[{"namespace":"YC","pattern":"YC[0-9A-Za-z]{6}","upper_case":true}],"upper_case_gtins":["0690"]}"#;
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn three_grammars_and_nothing_else() {
        let item = |gtin: &str, serial: &str| PackageCode::item(gtin, serial).unwrap();
        let grammars = configured();
        let link = grammars.parse("HTTPS://E.CN/01/16901234567899/21/ab").unwrap();
        assert_eq!(link, item("16901234567899", "ab"), "serials are case-sensitive");
        let folded = grammars.parse("https://e.cn/01/06901234567892/21/ab").unwrap();
        assert_eq!(folded, item("06901234567892", "AB"), "but in namespaces that say otherwise");
        assert_eq!(grammars.parse("(01)16901234567899(21)X").unwrap(), item("16901234567899", "X"));
        let opaque = grammars.parse("yc12ab34").unwrap_err();
        assert_eq!(opaque, CodeError::NotACode);
        let opaque = grammars.parse("YC12ab34").unwrap();
        assert_eq!(opaque, PackageCode::Opaque { namespace: "YC".into(), text: "YC12AB34".into() });
        assert_eq!(opaque.to_string().parse::<PackageCode>().unwrap(), opaque);
        assert_eq!(grammars.parse("YC12ab34x"), Err(CodeError::NotACode), "the whole text must match");
        let wrong = serde_json::from_str::<Grammars>(r#"{"opaque":[{"namespace":"X","pattern":"("}]}"#).unwrap_err();
        assert!(wrong.to_string().contains("`(` is no regular expression"), "{wrong}");
    }

    #[test]
    fn odd_characters_are_named_where_they_stand() {
        let said = |text: &str| Grammars::default().parse(text).unwrap_err().to_string();
        assert_eq!(said("https\u{ff1a}//e.cn"), "character 6 is `\u{ff1a}` (U+FF1A), which looks like `:`");
        assert_eq!(said("HTTPS://E.CN/01/1\0"), "character 18 is the control character U+0000");
        assert_eq!(said("\u{410}BC"), "character 1 is `\u{410}` (U+0410), which looks like `A`");
        assert_eq!(said("码"), "character 1 is `码` (U+7801)");
        assert_eq!(said(&"A".repeat(600)), "the text has 600 bytes; a code has at most 512");
    }

    proptest! {
        #[test]
        fn never_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = configured().parse(&String::from_utf8_lossy(&bytes));
        }
    }
}
