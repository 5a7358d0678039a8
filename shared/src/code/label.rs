//! Label inspection: every scan tells what the decoder knows of the symbol. The national label is QR version 3, level M,
//! alphanumeric (notice 国烟办综〔2022〕162号).

/// What is not as prescribed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelFault {
    /// Another version than 3.
    Version(u8),
    /// Another error-correction level than M.
    Level,
    /// Another mode than alphanumeric.
    Mode,
}

impl LabelFault {
    /// What people are told, in Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Version(_) => ("二维码版本不是 3", "the symbol is not of version 3"),
            Self::Level => ("纠错等级不是 M", "the error-correction level is not M"),
            Self::Mode => ("编码方式不是字母数字", "the mode is not alphanumeric"),
        }
    }
}

/// Bytes that a version 3-M symbol holds in byte mode (ISO/IEC 18004, table 7): more characters are alphanumeric.
const BYTES_3M_MAX: usize = 42;

/// What is not as prescribed; what the decoder does not know is silent. A version 3-M symbol with more characters than byte mode
/// holds is alphanumeric, whatever the decoder says of its mode.
#[must_use]
pub fn label_faults(version: Option<u8>, ec_level: Option<&str>, mode: Option<&str>, text: &str) -> Vec<LabelFault> {
    let mut faults = Vec::new();
    faults.extend(version.filter(|version| *version != 3).map(LabelFault::Version));
    faults.extend(ec_level.filter(|level| *level != "M").map(|_| LabelFault::Level));
    let surely_alphanumeric = version == Some(3) && ec_level == Some("M") && text.len() > BYTES_3M_MAX;
    faults.extend(mode.filter(|mode| *mode != "alphanumeric" && !surely_alphanumeric).map(|_| LabelFault::Mode));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_can_be_wrong() {
        let long = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD";
        assert_eq!(label_faults(None, None, None, "x"), []);
        assert_eq!(label_faults(Some(3), Some("M"), Some("alphanumeric"), long), []);
        assert_eq!(label_faults(Some(3), Some("M"), Some("byte"), long), [], "55 characters do not fit in byte mode");
        assert_eq!(label_faults(Some(3), Some("M"), Some("byte"), "short"), [LabelFault::Mode]);
        assert_eq!(label_faults(Some(4), Some("L"), None, long), [LabelFault::Version(4), LabelFault::Level]);
    }
}
