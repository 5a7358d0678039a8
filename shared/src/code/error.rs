//! Why a text is no package code, each naming the field and what is wrong with it.

/// Why a text is no package code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// No grammar begins like this.
    #[error("the text is neither a GS1 Digital Link nor a GS1 element string, and no configured pattern accepts it")]
    NotACode,
    /// More bytes than any label holds.
    #[error("the text has {0} bytes; a code has at most {max}", max = super::TEXT_LEN_MAX)]
    TooLong(usize),
    /// NUL or another control character.
    #[error("character {column} is the control character U+{code:04X}")]
    Control {
        /// Which character, from 1.
        column: usize,
        /// Its code point.
        code: u32,
    },
    /// A character that no GS1 key has, often the look-alike of one.
    #[error("character {column} is `{found}` (U+{code:04X}){}", .meant.map_or(String::new(), |meant| format!(", which looks like `{meant}`")))]
    LookAlike {
        /// Which character, from 1.
        column: usize,
        /// What is there.
        found: char,
        /// Its code point.
        code: u32,
        /// What was probably meant.
        meant: Option<char>,
    },
    /// A link or string without (01)+(21) or (00).
    #[error("the text names no package: (01) GTIN and (21) serial, or (00) SSCC, are needed")]
    NoPackage,
    /// A GTIN or SSCC of the wrong length or with other characters than digits.
    #[error("`{text}` is no {}: {digits} digits are needed", field(*.digits))]
    NotDigits {
        /// What is there.
        text: String,
        /// How many digits it must have.
        digits: usize,
    },
    /// The last digit disagrees with the others.
    #[error("the check digit of the {} `{text}` is wrong: it would be {right}", field(.text.len()))]
    CheckDigit {
        /// The whole key.
        text: String,
        /// The right last digit.
        right: char,
    },
    /// The serial is empty, too long, or has a character that GS1 does not allow.
    #[error("`{0}` is no serial (21): 1 to 20 characters of GS1's set 82 are needed")]
    Serial(String),
    /// Two different values for one application identifier.
    #[error("the text says ({0}) twice, and differently")]
    Twice(&'static str),
    /// An application identifier that GS1 does not list.
    #[error("`{0}` begins no GS1 application identifier")]
    UnknownAi(String),
    /// A value is shorter than its application identifier says.
    #[error("the value of ({0}) is cut short")]
    Short(String),
    /// A `%` without two hexadecimal digits, or bytes that are no text.
    #[error("`{0}` has a `%` that encodes nothing")]
    PercentEncoding(String),
    /// Another form of our own than `01/GTIN/21/SERIAL`, `00/SSCC`, `text/NAMESPACE/TEXT`.
    #[error("`{0}` is not the canonical form of a code: 01/GTIN/21/SERIAL, 00/SSCC or text/NAMESPACE/TEXT")]
    NotCanonical(String),
}

/// What a key of so many digits is.
const fn field(digits: usize) -> &'static str {
    match digits {
        14 => "GTIN (01)",
        18 => "SSCC (00)",
        _ => "GS1 key",
    }
}
