//! The code of one package (追溯码): its canonical form, the texts that carry it, its key in stores.
//!
//! | to find | look in |
//! |---|---|
//! | links, plain and compressed | `digital_link`, `compressed` |
//! | element strings of scanners | `element_string`, `ai` |
//! | texts of configured patterns | [`Grammars`] |
//! | what a keyboard did to a text | [`wedge`] |
//! | whether the label is as prescribed | [`label_faults`] |

mod ai;
pub mod check_digit;
mod compressed;
mod digital_link;
mod element_string;
mod error;
mod grammar;
mod key;
mod label;
mod package_parts;
mod percent;
mod serial;
pub mod wedge;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use digital_link::{format_digital_link, parse_digital_link};
pub use error::CodeError;
pub use grammar::{Grammars, OpaquePattern, Pattern, PatternError, TEXT_LEN_MAX};
pub use key::CodeKey;
pub use label::{LabelFault, label_faults};
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
    /// A text that a configured pattern accepts.
    Opaque {
        /// The pattern's name.
        namespace: String,
        /// The text, folded where the pattern says so.
        text: String,
    },
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
            Self::Logistic { .. } | Self::Opaque { .. } => None,
        }
    }

    /// The last four characters, as screens show a code.
    #[must_use]
    pub fn tail(&self) -> &str {
        let text = match self {
            Self::Item { serial, .. } => serial,
            Self::Logistic { sscc } => sscc,
            Self::Opaque { text, .. } => text,
        };
        let from = text.char_indices().rev().nth(3).map_or(0, |(from, _)| from);
        text.get(from..).unwrap_or(text)
    }
}

/// Reads the text of a label by the grammars that need no configuration.
pub fn parse(text: &str) -> Result<PackageCode, CodeError> {
    static PLAIN: Grammars = Grammars { opaque: Vec::new(), upper_case_gtins: Vec::new() };
    PLAIN.parse(text)
}

/// `01/GTIN/21/SERIAL`, `00/SSCC` or `text/NAMESPACE/TEXT` (percent-encoded): the canonical form in JSON, SQL and on screens that show a code whole.
impl fmt::Display for PackageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item { gtin, serial } => write!(f, "01/{gtin}/21/{serial}"),
            Self::Logistic { sscc } => write!(f, "00/{sscc}"),
            Self::Opaque { namespace, text } => {
                write!(f, "text/{}/{}", percent::encode(namespace), percent::encode(text))
            }
        }
    }
}

impl FromStr for PackageCode {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let wrong = || CodeError::NotCanonical(text.to_owned());
        if let Some(sscc) = text.strip_prefix("00/") {
            return Self::logistic(sscc);
        }
        if let Some((namespace, opaque)) = text.strip_prefix("text/").and_then(|rest| rest.split_once('/')) {
            let (namespace, text) = (percent::decode(namespace)?.into_owned(), percent::decode(opaque)?.into_owned());
            return Ok(Self::Opaque { namespace, text });
        }
        let (gtin, serial) = text.strip_prefix("01/").and_then(|rest| rest.split_once("/21/")).ok_or_else(wrong)?;
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
