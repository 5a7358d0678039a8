//! The code of one package (追溯码): its canonical form, the texts that carry it, its key in stores.
//!
//! | to find | look in |
//! |---|---|
//! | which texts are codes | [`Grammars`] |
//! | why a text is none | [`CodeError`] |
//! | what a keyboard-wedge scanner did to a text | [`wedge`] |
//! | whether a label is a national-format one | [`label`] |

mod ai;
mod ai_table;
mod bits;
mod charset;
pub mod check_digit;
mod compressed;
mod digital_link;
mod element_string;
mod error;
mod grammars;
mod hygiene;
mod key;
pub mod label;
mod lookalike;
mod percent;
mod serial;
#[cfg(test)]
mod tests;
pub mod wedge;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use arrayvec::ArrayString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use ai::Ai;
pub use digital_link::{format_digital_link, parse_digital_link};
pub use error::{CodeError, CompressionFault, Field};
pub use grammars::{GrammarConfig, GrammarError, Grammars, OpaqueConfig};
pub use key::CodeKey;
pub use label::{LabelFault, label_faults};
pub use serial::{SERIAL_LEN, format_serial, serial_tag};

/// Length of the longest text that a national-format label (QR version 3-M, alphanumeric) holds.
pub const LABEL_TEXT_LEN_MAX: usize = 61;

/// Bytes of the longest text that is read at all: links with many attributes fit, floods do not.
pub const TEXT_LEN_MAX: usize = 512;

/// Characters of the longest namespace of opaque codes.
const NAMESPACE_LEN_MAX: usize = 32;

/// The identity of one package, whatever text carried it: host, scheme and other attributes are gone. Judging copies, compares and
/// hashes codes all the time, so that those of GS1 lie in the value itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackageCode {
    /// A trade item: (01) GTIN-14 and (21) serial.
    Item {
        /// 14 digits with a right check digit.
        gtin: ArrayString<14>,
        /// 1 to 20 characters of GS1's set 82.
        serial: ArrayString<20>,
    },
    /// A logistic unit: (00) SSCC, 18 digits with a right check digit.
    Logistic {
        /// 18 digits.
        sscc: ArrayString<18>,
    },
    /// A text that a configured pattern accepts; only the registry knows its product and level.
    Opaque {
        /// The pattern's namespace: 1 to 32 of `A-Z 0-9 - _ .`.
        namespace: Arc<str>,
        /// The text, without control characters and look-alikes of ASCII.
        text: Arc<str>,
    },
}

impl PackageCode {
    /// A trade item; checks lengths, the check digit and the serial's characters.
    pub fn item(gtin: &str, serial: &str) -> Result<Self, CodeError> {
        check_digit::verify(gtin, 14)?;
        charset::check_serial(serial)?;
        Ok(Self::Item { gtin: held(gtin)?, serial: held(serial)? })
    }

    /// A logistic unit; checks length and check digit.
    pub fn logistic(sscc: &str) -> Result<Self, CodeError> {
        check_digit::verify(sscc, 18)?;
        Ok(Self::Logistic { sscc: held(sscc)? })
    }

    /// An opaque code; checks the namespace, the length (1 to [`TEXT_LEN_MAX`] bytes) and that no character deceives the eye.
    pub fn opaque(namespace: &str, text: &str) -> Result<Self, CodeError> {
        if !is_namespace(namespace) {
            return Err(wrong_namespace(namespace));
        }
        hygiene::inspect(text)?.without_separator()?;
        Ok(Self::Opaque { namespace: namespace.into(), text: text.into() })
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
        let text: &str = match self {
            Self::Item { serial, .. } => serial,
            Self::Logistic { sscc } => sscc,
            Self::Opaque { text, .. } => text,
        };
        let start = text.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
        text.get(start..).unwrap_or(text)
    }
}

/// A text that was checked to be no longer than this.
fn held<const N: usize>(text: &str) -> Result<ArrayString<N>, CodeError> {
    ArrayString::from(text).map_err(|_| CodeError::NotACode)
}

pub(crate) fn is_namespace(text: &str) -> bool {
    (1..=NAMESPACE_LEN_MAX).contains(&text.len()) && text.chars().all(is_namespace_char)
}

const fn is_namespace_char(c: char) -> bool {
    matches!(c, 'A'..='Z' | '0'..='9' | '-' | '_' | '.')
}

fn wrong_namespace(namespace: &str) -> CodeError {
    let field = Field::Namespace;
    match namespace.chars().enumerate().find(|(_, c)| !is_namespace_char(*c)) {
        Some((place, found)) => CodeError::Character { field, found, position: place + 1 },
        None => CodeError::Length { field, len: namespace.len(), min: 1, max: NAMESPACE_LEN_MAX },
    }
}

/// Reads the text of a label by the default grammars: GS1's, without opaque patterns. See [`Grammars::parse`].
pub fn parse(text: &str) -> Result<PackageCode, CodeError> {
    static DEFAULT: Grammars = Grammars::DEFAULT;
    DEFAULT.parse(text)
}

/// `01/GTIN/21/SERIAL`, `00/SSCC` or `text/NAMESPACE/percent-encoded text`: the canonical form in JSON, SQL and on screens that
/// show a code whole.
impl fmt::Display for PackageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item { gtin, serial } => write!(f, "01/{gtin}/21/{serial}"),
            Self::Logistic { sscc } => write!(f, "00/{sscc}"),
            Self::Opaque { namespace, text } => write!(f, "text/{namespace}/{}", percent::Encoded(text)),
        }
    }
}

/// Reads the canonical form. Whether an opaque code's namespace is configured is [`Grammars::parse`]'s to say.
impl FromStr for PackageCode {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        if let Some(sscc) = text.strip_prefix("00/") {
            return Self::logistic(sscc);
        }
        if let Some((namespace, encoded)) = text.strip_prefix("text/").and_then(|rest| rest.split_once('/')) {
            return Self::opaque(namespace, &percent::decode(Field::Opaque, encoded)?);
        }
        let (gtin, serial) =
            text.strip_prefix("01/").and_then(|rest| rest.split_once("/21/")).ok_or(CodeError::NotACode)?;
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
        crate::ids::from_text(deserializer)
    }
}
