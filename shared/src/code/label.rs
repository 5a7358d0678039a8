//! Whether a label is of the national format: QR version 3, error correction M, alphanumeric mode (国烟办综〔2022〕162号).
//! What the decoder does not know of a symbol is silent.

/// Characters of the longest text that version 3-M holds in byte mode (ISO/IEC 18004, table 7).
pub const BYTE_TEXT_LEN_MAX: usize = 42;

/// Version of the national format.
const VERSION: u8 = 3;

/// How a label departs from the national format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelFault {
    /// Another version than 3.
    Version(u8),
    /// Another error-correction level than M.
    Level(String),
    /// Another mode than alphanumeric.
    Mode(String),
}

impl LabelFault {
    /// What a clerk is told, in Chinese and in English.
    #[must_use]
    pub const fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Version(_) => (
                "二维码版本不是 3：标签不合规，请通知供码方",
                "The symbol is not of version 3: tell who printed the label",
            ),
            Self::Level(_) => (
                "纠错等级不是 M：标签不合规，请通知供码方",
                "The error correction is not of level M: tell who printed the label",
            ),
            Self::Mode(_) => (
                "编码模式不是字母数字模式：请检查码内是否有小写字母，并通知供码方",
                "The mode is not alphanumeric: look for small letters in the text, and tell who printed the label",
            ),
        }
    }
}

/// What is wrong with a symbol. `version` is 1 to 40; `ec_level` is `L`, `M`, `Q` or `H`; `mode` is `numeric`, `alphanumeric`,
/// `byte`, `kanji` or `mixed`, each in any case; `text` is what the symbol says. In the order of the arguments.
///
/// A 3-M symbol has no room for more than [`BYTE_TEXT_LEN_MAX`] bytes, so `byte` over a longer text is not believed.
#[must_use]
pub fn label_faults(version: Option<u8>, ec_level: Option<&str>, mode: Option<&str>, text: &str) -> Vec<LabelFault> {
    let is_m = |level: &str| level.eq_ignore_ascii_case("M");
    let cannot_be_bytes = version == Some(VERSION) && ec_level.is_some_and(is_m) && text.len() > BYTE_TEXT_LEN_MAX;
    let conforms = |mode: &str| {
        mode.eq_ignore_ascii_case("alphanumeric") || (mode.eq_ignore_ascii_case("byte") && cannot_be_bytes)
    };
    let version = version.filter(|version| *version != VERSION).map(LabelFault::Version);
    let level = ec_level.filter(|level| !is_m(level)).map(|level| LabelFault::Level(level.to_owned()));
    let mode = mode.filter(|mode| !conforms(mode)).map(|mode| LabelFault::Mode(mode.to_owned()));
    [version, level, mode].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD";

    #[test]
    fn the_national_format_has_no_fault() {
        assert_eq!(label_faults(Some(3), Some("M"), Some("alphanumeric"), LINK), []);
        assert_eq!(label_faults(Some(3), Some("m"), Some("Alphanumeric"), LINK), []);
    }

    #[test]
    fn unknown_is_silent() {
        assert_eq!(label_faults(None, None, None, ""), []);
        assert_eq!(label_faults(Some(3), Some("M"), None, LINK), []);
        assert_eq!(label_faults(None, Some("Q"), None, LINK), [LabelFault::Level("Q".into())]);
    }

    #[test]
    fn each_departure_is_named() {
        let byte = LabelFault::Mode("byte".into());
        assert_eq!(
            label_faults(Some(4), Some("L"), Some("byte"), LINK),
            [LabelFault::Version(4), LabelFault::Level("L".into()), byte.clone()]
        );
        assert_eq!(label_faults(Some(3), Some("M"), Some("byte"), &LINK[..42]), [byte]);
        assert_eq!(label_faults(Some(3), Some("M"), Some("mixed"), LINK), [LabelFault::Mode("mixed".into())]);
        for fault in label_faults(Some(4), Some("L"), Some("byte"), LINK) {
            let (zh, en) = fault.words();
            assert!(!zh.is_ascii() && en.is_ascii(), "{fault:?}");
        }
    }

    #[test]
    fn three_m_holds_no_long_text_as_bytes() {
        assert_eq!(label_faults(Some(3), Some("M"), Some("byte"), &LINK[..43]), []);
        assert_eq!(label_faults(None, Some("M"), Some("byte"), LINK), [LabelFault::Mode("byte".into())]);
    }
}
