//! The printed symbol: QR version 3, level M, alphanumeric mode, as the national format has it.

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

use crate::luma::Luma;
use crate::modules::is_alphanumeric;

/// The most characters that version 3-M holds in alphanumeric mode.
pub const LABEL_MAX_CHARS: usize = 61;

/// Modules a side of version 3.
pub(crate) const SYMBOL_MODULES: usize = 29;

/// Light modules that the standard wants around a symbol.
pub(crate) const QUIET_MODULES: usize = 4;

/// Why a text cannot be printed as a label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// A character that alphanumeric mode does not have.
    #[error(
        "a label cannot carry {character:?} of {text:?}: it holds digits, upper-case letters, space and $%*+-./: only"
    )]
    Character {
        /// The text that was asked for.
        text: String,
        /// The first character that does not fit.
        character: char,
    },
    /// No text, or more than [`LABEL_MAX_CHARS`].
    #[error("a label holds 1 to {LABEL_MAX_CHARS} characters, not {length}; shorten {text:?}")]
    Length {
        /// The text that was asked for.
        text: String,
        /// Its characters.
        length: usize,
    },
}

/// A text as a QR symbol of 29x29 modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    text: String,
    modules: Vec<bool>,
}

impl Label {
    /// The symbol of a text of 1 to [`LABEL_MAX_CHARS`] characters of QR's alphanumeric set.
    pub fn new(text: &str) -> Result<Self, LabelError> {
        let fits = |character: &char| u8::try_from(*character).is_ok_and(is_alphanumeric);
        if let Some(character) = text.chars().find(|character| !fits(character)) {
            return Err(LabelError::Character { text: text.to_owned(), character });
        }
        let too_long = || LabelError::Length { text: text.to_owned(), length: text.len() };
        if text.is_empty() {
            return Err(too_long());
        }
        let code = encode(text).map_err(|_| too_long())?;
        let modules = code.into_colors().into_iter().map(|colour| colour == Color::Dark).collect();
        Ok(Self { text: text.to_owned(), modules })
    }

    /// The text as given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the module at column `x`, row `y` is dark; outside of the symbol all is light.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < SYMBOL_MODULES && y < SYMBOL_MODULES && self.modules[y * SYMBOL_MODULES + x]
    }

    /// The symbol with its quiet zone of 4 modules, `module_px` pixels (at least 1) to the module, black on white.
    #[must_use]
    pub fn to_luma(&self, module_px: usize) -> Luma {
        let module_px = module_px.max(1);
        let side = (SYMBOL_MODULES + 2 * QUIET_MODULES) * module_px;
        let module = |at: usize| (at / module_px).checked_sub(QUIET_MODULES);
        Luma::from_fn(side, side, |x, y| match (module(x), module(y)) {
            (Some(x), Some(y)) if self.is_dark(x, y) => 0,
            _ => 255,
        })
    }
}

fn encode(text: &str) -> qrcode::QrResult<QrCode> {
    let mut bits = Bits::new(Version::Normal(3));
    bits.push_alphanumeric_data(text.as_bytes())?;
    bits.push_terminator(EcLevel::M)?;
    QrCode::with_bits(bits, EcLevel::M)
}
