//! The printed symbol: QR version 3, level M, alphanumeric mode, as the national format has it, or another on request.

use qrcode::bits::Bits;
use qrcode::{Color, QrCode, Version};

use crate::luma::Luma;
use crate::modules::is_alphanumeric;
use crate::symbol::{EcLevel, Mode};

/// The most characters that version 3-M holds in alphanumeric mode.
pub const LABEL_MAX_CHARS: usize = 61;

/// Light modules that the standard wants around a symbol.
pub(crate) const QUIET_MODULES: usize = 4;

/// How a label's symbol is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelFormat {
    /// QR version, 1 to 40.
    pub version: u8,
    /// Error-correction level.
    pub ec_level: EcLevel,
    /// How the payload is encoded: one segment, or `Mixed` for the shortest row of segments. Kanji cannot be drawn.
    pub mode: Mode,
}

impl LabelFormat {
    /// Version 3, level M, alphanumeric: the label of the national format.
    pub const NATIONAL: Self = Self { version: 3, ec_level: EcLevel::M, mode: Mode::Alphanumeric };

    fn holds(self, character: char) -> bool {
        match self.mode {
            Mode::Numeric => character.is_ascii_digit(),
            Mode::Alphanumeric => u8::try_from(character).is_ok_and(is_alphanumeric),
            _ => true,
        }
    }
}

impl std::fmt::Display for LabelFormat {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mode = match self.mode {
            Mode::Numeric => "digits",
            Mode::Alphanumeric => "digits, upper-case letters, space and $%*+-./:",
            Mode::Byte => "bytes of text",
            Mode::Kanji => "kanji",
            Mode::Mixed => "text",
        };
        write!(out, "a {}-{:?} label of {mode}", self.version, self.ec_level)
    }
}

/// Why a text cannot be printed as a label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// A character that the mode does not have.
    #[error("{format} cannot carry {character:?} of {text:?}; leave it out or ask for byte mode")]
    Character {
        /// The text that was asked for.
        text: String,
        /// The first character that does not fit.
        character: char,
        /// The format that was asked for.
        format: LabelFormat,
    },
    /// No text, or more than the symbol holds (in the national format [`LABEL_MAX_CHARS`]).
    #[error("{length} characters do not fit: {format} holds 1 to {most}; change {text:?} or take a higher version")]
    Length {
        /// The text that was asked for.
        text: String,
        /// Its characters; its bytes in byte and mixed mode.
        length: usize,
        /// How many fit; in mixed mode how many bytes fit whatever they are.
        most: usize,
        /// The format that was asked for.
        format: LabelFormat,
    },
    /// A version that does not exist, or kanji mode.
    #[error("there is no {format} here; take a version of 1 to 40 and a mode other than kanji")]
    Format {
        /// The format that was asked for.
        format: LabelFormat,
    },
}

/// A text as a QR symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    text: String,
    format: LabelFormat,
    side: usize,
    modules: Vec<bool>,
}

impl Label {
    /// The symbol of the national format for a text of 1 to [`LABEL_MAX_CHARS`] characters of QR's alphanumeric set.
    pub fn new(text: &str) -> Result<Self, LabelError> {
        Self::with_format(text, LabelFormat::NATIONAL)
    }

    /// The symbol of any format that holds the text.
    pub fn with_format(text: &str, format: LabelFormat) -> Result<Self, LabelError> {
        let bits_most = most_bits(format).ok_or(LabelError::Format { format })?;
        if let Some(character) = text.chars().find(|character| !format.holds(*character)) {
            return Err(LabelError::Character { text: text.to_owned(), character, format });
        }
        let too_long = || {
            let most = most_characters(format, bits_most);
            LabelError::Length { text: text.to_owned(), length: text.len(), most, format }
        };
        if text.is_empty() {
            return Err(too_long());
        }
        let code = encode(text, format).map_err(|_| too_long())?;
        let side = code.width();
        let modules = code.into_colors().into_iter().map(|colour| colour == Color::Dark).collect();
        Ok(Self { text: text.to_owned(), format, side, modules })
    }

    /// The symbol of bytes that need be no text, in byte mode; none where the version does not hold them.
    #[must_use]
    pub fn of_bytes(bytes: &[u8], version: u8, ec_level: EcLevel) -> Option<Self> {
        let format = LabelFormat { version, ec_level, mode: Mode::Byte };
        most_bits(format)?;
        let mut bits = Bits::new(Version::Normal(version.into()));
        bits.push_byte_data(bytes).ok()?;
        bits.push_terminator(self::ec_level(ec_level)).ok()?;
        let code = QrCode::with_bits(bits, self::ec_level(ec_level)).ok()?;
        let side = code.width();
        let modules = code.into_colors().into_iter().map(|colour| colour == Color::Dark).collect();
        Some(Self { text: String::from_utf8_lossy(bytes).into_owned(), format, side, modules })
    }

    /// The text as given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How the symbol is made.
    #[must_use]
    pub fn format(&self) -> LabelFormat {
        self.format
    }

    /// Modules a side, 21 to 177.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// Whether the module at column `x`, row `y` is dark; outside of the symbol all is light.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.side && y < self.side && self.modules[y * self.side + x]
    }

    /// The symbol with its quiet zone of 4 modules, `module_px` pixels (at least 1) to the module, black on white.
    #[must_use]
    pub fn to_luma(&self, module_px: usize) -> Luma {
        let module_px = module_px.max(1);
        let side = (self.side + 2 * QUIET_MODULES) * module_px;
        let module = |at: usize| (at / module_px).checked_sub(QUIET_MODULES);
        Luma::from_fn(side, side, |x, y| match (module(x), module(y)) {
            (Some(x), Some(y)) if self.is_dark(x, y) => 0,
            _ => 255,
        })
    }
}

fn ec_level(level: EcLevel) -> qrcode::EcLevel {
    match level {
        EcLevel::L => qrcode::EcLevel::L,
        EcLevel::M => qrcode::EcLevel::M,
        EcLevel::Q => qrcode::EcLevel::Q,
        EcLevel::H => qrcode::EcLevel::H,
    }
}

/// Data bits of the symbol; `None` for a format that cannot be drawn.
fn most_bits(format: LabelFormat) -> Option<usize> {
    if !(1..=40).contains(&format.version) || format.mode == Mode::Kanji {
        return None;
    }
    Bits::new(Version::Normal(format.version.into())).max_len(ec_level(format.ec_level)).ok()
}

/// Characters (or bytes) that one segment of so many bits holds.
fn most_characters(format: LabelFormat, bits: usize) -> usize {
    // The width of the length field grows with the version (ISO/IEC 18004, table 3).
    let class = match format.version {
        0..=9 => 0,
        10..=26 => 1,
        _ => 2,
    };
    let payload = |length_bits: [usize; 3]| bits.saturating_sub(4 + length_bits[class]);
    match format.mode {
        Mode::Numeric => {
            let bits = payload([10, 12, 14]);
            bits / 10 * 3 + [0, 0, 0, 0, 1, 1, 1, 2, 2, 2][bits % 10]
        }
        Mode::Alphanumeric => {
            let bits = payload([9, 11, 13]);
            bits / 11 * 2 + usize::from(bits % 11 >= 6)
        }
        _ => payload([8, 16, 16]) / 8,
    }
}

fn encode(text: &str, format: LabelFormat) -> qrcode::QrResult<QrCode> {
    let level = ec_level(format.ec_level);
    let mut bits = Bits::new(Version::Normal(format.version.into()));
    match format.mode {
        Mode::Numeric => bits.push_numeric_data(text.as_bytes())?,
        Mode::Alphanumeric => bits.push_alphanumeric_data(text.as_bytes())?,
        Mode::Byte | Mode::Kanji => bits.push_byte_data(text.as_bytes())?,
        Mode::Mixed => bits.push_optimal_data(text.as_bytes())?,
    }
    bits.push_terminator(level)?;
    QrCode::with_bits(bits, level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reader;

    const fn format(version: u8, ec_level: EcLevel, mode: Mode) -> LabelFormat {
        LabelFormat { version, ec_level, mode }
    }

    #[test]
    fn the_national_format_is_the_default() {
        let longest = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WDABCDEF";
        assert_eq!(longest.len(), LABEL_MAX_CHARS);
        for text in [longest, "A", "0123456789"] {
            let symbols = Reader::new().read(&Label::new(text).unwrap().to_luma(4).view());
            let [symbol] = symbols.as_slice() else { panic!("{symbols:?}") };
            assert_eq!(symbol.text, text);
            assert_eq!(
                (symbol.version, symbol.ec_level, symbol.mode),
                (Some(3), Some(EcLevel::M), Some(Mode::Alphanumeric))
            );
            assert!(symbol.accepted && symbol.agree >= 2 && !symbol.mirrored, "{symbol:?}");
        }
    }

    #[test]
    fn other_formats_are_drawn_as_asked() {
        let link = "https://id.example.cn/01/16901234567899/21/7K3M9QX2T4WD";
        for (text, asked) in [
            (link, format(5, EcLevel::L, Mode::Byte)),
            ("16901234567899", format(2, EcLevel::L, Mode::Numeric)),
            ("CASE 42", format(1, EcLevel::Q, Mode::Alphanumeric)),
            (link, format(10, EcLevel::H, Mode::Byte)),
        ] {
            let label = Label::with_format(text, asked).unwrap();
            assert_eq!(label.side(), 17 + 4 * usize::from(asked.version));
            let symbols = Reader::new().read(&label.to_luma(4).view());
            let [symbol] = symbols.as_slice() else { panic!("{asked}: {symbols:?}") };
            assert_eq!((symbol.text.as_str(), symbol.version), (text, Some(asked.version)), "{asked}");
            assert_eq!(symbol.ec_level, Some(asked.ec_level), "{asked}");
            if let Some(mode) = symbol.mode {
                assert_eq!(mode, asked.mode, "{asked}");
            }
        }
        let mixed = Label::with_format("abc123456789", format(2, EcLevel::M, Mode::Mixed)).unwrap();
        let symbols = Reader::new().read(&mixed.to_luma(4).view());
        assert_eq!(symbols.first().map(|symbol| symbol.text.as_str()), Some("abc123456789"));
    }

    #[test]
    fn what_a_label_cannot_carry_is_an_error() {
        assert!(matches!(Label::new("https"), Err(LabelError::Character { character: 'h', .. })));
        assert!(matches!(Label::new(""), Err(LabelError::Length { length: 0, most: 61, .. })));
        assert!(matches!(Label::new(&"A".repeat(62)), Err(LabelError::Length { length: 62, most: 61, .. })));
        let error = Label::new(&"A".repeat(62)).unwrap_err().to_string();
        assert!(error.contains("62") && error.contains("1 to 61") && error.contains("3-M"), "{error}");
        for unknown in
            [format(0, EcLevel::L, Mode::Byte), format(41, EcLevel::L, Mode::Byte), format(3, EcLevel::M, Mode::Kanji)]
        {
            assert_eq!(Label::with_format("A", unknown), Err(LabelError::Format { format: unknown }));
        }
    }

    /// The capacity that an error states is the longest text that can be drawn.
    #[test]
    fn the_stated_capacity_is_the_real_one() {
        for (version, ec_level) in
            [(1, EcLevel::H), (2, EcLevel::L), (5, EcLevel::L), (9, EcLevel::Q), (10, EcLevel::M)]
        {
            for mode in [Mode::Numeric, Mode::Alphanumeric, Mode::Byte] {
                let format = format(version, ec_level, mode);
                let Err(LabelError::Length { most, .. }) = Label::with_format("", format) else { panic!("{format}") };
                assert!(Label::with_format(&"7".repeat(most), format).is_ok(), "{format}: {most}");
                assert!(Label::with_format(&"7".repeat(most + 1), format).is_err(), "{format}: {most}");
            }
        }
    }
}
