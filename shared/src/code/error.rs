//! Why a text is no package code: which field, what is wrong with it, and what would be right.

use std::fmt;

use super::ai::Ai;

/// The part of a code that an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// (01) GTIN.
    Gtin,
    /// (00) SSCC.
    Sscc,
    /// (21) serial.
    Serial,
    /// Another GS1 element, which no package is named by.
    Other(Ai),
    /// The namespace of an opaque code.
    Namespace,
    /// The text of an opaque code.
    Opaque,
}

impl Field {
    /// The field that an application identifier stands for.
    #[must_use]
    pub const fn of(ai: Ai) -> Self {
        match ai {
            Ai::GTIN => Self::Gtin,
            Ai::SSCC => Self::Sscc,
            Ai::SERIAL => Self::Serial,
            other => Self::Other(other),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gtin => f.write_str("(01) GTIN"),
            Self::Sscc => f.write_str("(00) SSCC"),
            Self::Serial => f.write_str("(21) serial"),
            Self::Other(ai) => write!(f, "({ai}) value"),
            Self::Namespace => f.write_str("namespace"),
            Self::Opaque => f.write_str("opaque text"),
        }
    }
}

/// Why a text is no package code. Positions count characters from 1: in the whole text where no field is named, else in the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Nothing was read.
    #[error("the text is empty")]
    Empty,
    /// Longer than any label.
    #[error("the text has {len} bytes; at most {max} are read")]
    TooLong {
        /// Bytes that the text has.
        len: usize,
        /// [`super::TEXT_LEN_MAX`].
        max: usize,
    },
    /// NUL, another control character, or one that leaves no mark on a screen.
    #[error("character {position} of the text is the control character U+{:04X}", u32::from(*.found))]
    Control {
        /// The character.
        found: char,
        /// Where in the text.
        position: usize,
    },
    /// A character outside ASCII that looks like one inside: full-width, Cyrillic, Greek, Chinese punctuation.
    #[error("character {position} of the text is `{found}` (U+{:04X}), which only looks like `{means}`", u32::from(*.found))]
    LookAlike {
        /// The character.
        found: char,
        /// What it looks like.
        means: char,
        /// Where in the text.
        position: usize,
    },
    /// A character outside ASCII, in a text that no opaque pattern accepts.
    #[error("character {position} of the text is `{found}` (U+{:04X}), which no code has", u32::from(*.found))]
    NotAscii {
        /// The character.
        found: char,
        /// Where in the text.
        position: usize,
    },
    /// No configured grammar begins like this.
    #[error("the text is no code: neither a GS1 Digital Link, a GS1 element string nor a configured form")]
    NotACode,
    /// No `http://` or `https://` and a host.
    #[error("the text is not a GS1 Digital Link")]
    NotALink,
    /// A second link follows in the path of the first.
    #[error("the text holds more than one link")]
    SeveralLinks,
    /// A link or element string without (01)+(21) or (00).
    #[error("the text names no package: (01) and (21), or (00), are needed")]
    NoPackage,
    /// An item and a logistic unit, or both a GTIN and an SSCC, in one text.
    #[error("the text names two packages: a (01) GTIN and a (00) SSCC")]
    TwoPackages,
    /// A GTIN without its serial, or a serial without its GTIN.
    #[error("the {0} is missing")]
    Missing(Field),
    /// The same element twice.
    #[error("the {0} stands twice")]
    Repeated(Field),
    /// An element in the path of a link that belongs in its query, or comes too early or too late.
    #[error("the {0} may not stand here in the path of a link")]
    Misplaced(Field),
    /// Digits that are no application identifier of the GS1 General Specifications.
    #[error("`{ai}` at character {position} is no GS1 application identifier")]
    UnknownAi {
        /// Up to four characters as read.
        ai: String,
        /// Where in the text.
        position: usize,
    },
    /// A bracket without its partner, or text before the first bracket.
    #[error("the brackets around an application identifier are broken at character {position}")]
    Bracket {
        /// Where in the text.
        position: usize,
    },
    /// Too short or too long.
    #[error("the {field} has {len} characters; {} needed", Wanted(*.min, *.max))]
    Length {
        /// Which field.
        field: Field,
        /// Characters that it has.
        len: usize,
        /// The least.
        min: usize,
        /// The most.
        max: usize,
    },
    /// A character that the field may not have: no digit in a number, none of GS1's set 82 in a serial.
    #[error("character {position} of the {field} is `{}`, which it may not have", .found.escape_debug())]
    Character {
        /// Which field.
        field: Field,
        /// The character.
        found: char,
        /// Where in the field.
        position: usize,
    },
    /// The last digit disagrees with the others.
    #[error("the check digit of the {field} `{key}` is wrong: {right} would be right")]
    CheckDigit {
        /// Which field.
        field: Field,
        /// As read.
        key: String,
        /// The digit that agrees.
        right: u8,
    },
    /// `%` without two hexadecimal digits, or bytes that are no text.
    #[error("the percent-encoding of the {field} is broken at character {position}")]
    PercentEncoding {
        /// Which field.
        field: Field,
        /// Where in the field, as written.
        position: usize,
    },
    /// A compressed link that cannot be read.
    #[error("the compressed link cannot be read: {0}")]
    Compression(CompressionFault),
    /// A canonical opaque form of a namespace that no pattern has, or a text that its pattern does not accept.
    #[error("no pattern of the namespace `{0}` accepts the text")]
    NotConfigured(String),
}

/// What is wrong inside a compressed link (GS1 Digital Link URI compression).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompressionFault {
    /// A character outside `A-Z a-z 0-9 - _`.
    #[error("it has a character outside the base64url alphabet")]
    Alphabet,
    /// The bits end inside a value.
    #[error("it ends inside a value")]
    Truncated,
    /// A code that the standard reserves, or digits that are no application identifier.
    #[error("it has a reserved code")]
    Reserved,
    /// A value longer, or a number greater, than its field can hold.
    #[error("a value does not fit its field")]
    Value,
    /// Read in the order of the standard and in that of GS1's toolkit it names two packages.
    #[error("it can be read in two ways")]
    Ambiguous,
    /// Bits after the last value that are not zero.
    #[error("bits are left over")]
    LeftOver,
}

/// `14 are` or `1 to 20 are`, for [`CodeError::Length`].
struct Wanted(usize, usize);

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(min, max) = self;
        if min == max { write!(f, "{max} are") } else { write!(f, "{min} to {max} are") }
    }
}
