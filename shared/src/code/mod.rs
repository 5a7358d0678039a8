//! The code of one package (追溯码): its canonical form, the texts that carry it, its key in stores.

pub mod check_digit;
mod digital_link;
mod key;
mod serial;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use digital_link::{format_digital_link, parse_digital_link};
pub use key::CodeKey;
pub use serial::{SERIAL_LEN, format_serial, serial_tag};

/// Length of the longest text that a national-format label (QR version 3-M, alphanumeric) holds.
pub const LABEL_TEXT_LEN_MAX: usize = 61;

/// The identity of one package, whatever text carried it: host, scheme and other attributes are gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackageCode {
    /// A trade item: (01) GTIN-14 and (21) serial.
    Item {
        /// 14 digits with a right check digit.
        gtin: String,
        /// 1 to 20 characters of GS1's set 82.
        serial: String,
    },
    /// A logistic unit: (00) SSCC, 18 digits with a right check digit.
    Logistic {
        /// 18 digits.
        sscc: String,
    },
}

/// Why a text is no package code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Neither a GS1 Digital Link nor a canonical form.
    #[error("the text is not a GS1 Digital Link")]
    NotALink,
    /// A link without (01)+(21) or (00).
    #[error("the link names no package: (01) and (21), or (00), are needed")]
    NoPackage,
    /// A GTIN or SSCC of the wrong length or with other characters than digits.
    #[error("`{0}` is not {1} digits")]
    NotDigits(String, usize),
    /// The last digit disagrees with the others.
    #[error("the check digit of `{0}` is wrong")]
    CheckDigit(String),
    /// The serial is empty, too long, or has a character that GS1 does not allow.
    #[error("`{0}` is not a serial of 1 to 20 GS1 characters")]
    Serial(String),
}

impl PackageCode {
    /// A trade item; checks lengths, the check digit and the serial's characters.
    pub fn item(gtin: &str, serial: &str) -> Result<Self, CodeError> {
        check_digit::verify(gtin, 14)?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || "!\"%&'()*+,-./:;<=>?_".contains(c);
        if serial.is_empty() || serial.len() > 20 || !serial.chars().all(allowed) {
            return Err(CodeError::Serial(serial.to_owned()));
        }
        Ok(Self::Item { gtin: gtin.to_owned(), serial: serial.to_owned() })
    }

    /// A logistic unit; checks length and check digit.
    pub fn logistic(sscc: &str) -> Result<Self, CodeError> {
        check_digit::verify(sscc, 18)?;
        Ok(Self::Logistic { sscc: sscc.to_owned() })
    }

    /// The GTIN, where the code has one.
    #[must_use]
    pub fn gtin(&self) -> Option<&str> {
        match self {
            Self::Item { gtin, .. } => Some(gtin),
            Self::Logistic { .. } => None,
        }
    }

    /// The last four characters, as screens show a code.
    #[must_use]
    pub fn tail(&self) -> &str {
        let text = match self {
            Self::Item { serial, .. } => serial,
            Self::Logistic { sscc } => sscc,
        };
        text.get(text.len().saturating_sub(4)..).unwrap_or(text)
    }
}

/// Placeholder.
#[must_use]
pub fn label_faults(version: Option<u8>, ec: Option<&str>, mode: Option<&str>, _text: &str) -> Vec<&'static str> {
    let mut faults = Vec::new();
    if version.is_some_and(|v| v != 3) {
        faults.push("version");
    }
    if ec.is_some_and(|v| v != "M") {
        faults.push("level");
    }
    if mode.is_some_and(|v| v != "alphanumeric") {
        faults.push("mode");
    }
    faults
}

/// The configured grammars.
#[derive(Clone, Debug, Default)]
pub struct Grammars;

impl Grammars {
    /// Reads the text of a label.
    pub fn parse(&self, text: &str) -> Result<PackageCode, CodeError> {
        parse(text)
    }
}

/// Reads the text of a label by the configured grammars.
pub fn parse(text: &str) -> Result<PackageCode, CodeError> {
    parse_digital_link(text)
}

/// `01/GTIN/21/SERIAL` or `00/SSCC`: the canonical form in JSON, SQL and on screens that show a code whole.
impl fmt::Display for PackageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item { gtin, serial } => write!(f, "01/{gtin}/21/{serial}"),
            Self::Logistic { sscc } => write!(f, "00/{sscc}"),
        }
    }
}

impl FromStr for PackageCode {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        if let Some(sscc) = text.strip_prefix("00/") {
            return Self::logistic(sscc);
        }
        let (gtin, serial) =
            text.strip_prefix("01/").and_then(|rest| rest.split_once("/21/")).ok_or(CodeError::NotALink)?;
        Self::item(gtin, serial)
    }
}

impl Serialize for PackageCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PackageCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
