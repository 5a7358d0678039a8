//! A frame of a moving code as the modules of a QR symbol.

use qrcode::{Color, EcLevel, QrCode};

/// Light modules that the standard wants around a symbol.
const QUIET_MODULES: usize = 4;

/// The symbol of a frame's text, row by row with its quiet zone, `true` is dark; and the modules a side. None for a text that no symbol
/// holds, which no frame's is.
#[must_use]
pub fn modules(text: &str) -> Option<(usize, Vec<bool>)> {
    // The least parity: what a camera misses is lost anyway, and the fountain makes up for it; a coarser symbol is missed less often.
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let (inner, colours) = (code.width(), code.to_colors());
    let side = inner + 2 * QUIET_MODULES;
    let dark = |at: usize| {
        let (x, y) = ((at % side).checked_sub(QUIET_MODULES), (at / side).checked_sub(QUIET_MODULES));
        let inside = x.zip(y).filter(|(x, y)| *x < inner && *y < inner);
        inside.is_some_and(|(x, y)| colours[y * inner + x] == Color::Dark)
    };
    Some((side, (0..side * side).map(dark).collect()))
}
