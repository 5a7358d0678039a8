//! The first bits of a symbol's stream, which say how its payload is encoded: no decoder at hand tells.

use crate::symbol::{EcLevel, Mode};

/// The mode of a symbol of a single segment; `None` where its first bits do not prove it.
///
/// `bit(x, y)` is true for a dark module. Only symbols of one block are read, where the stream starts with its first
/// codewords in order. Damage may hide the mode but not change it: the length that follows has to fit the payload.
pub(crate) fn mode_of(
    bit: &dyn Fn(usize, usize) -> bool,
    version: u8,
    ec_level: EcLevel,
    mask: u16,
    payload: &[u8],
) -> Option<Mode> {
    if !one_block(version, ec_level) {
        return None;
    }
    let head = first_bits(bit, 17 + 4 * usize::from(version), mask);
    // Versions 1 to 9 write the length in 10, 9, 8 and 8 bits.
    let (mode, length_bits, length) = match head >> 12 {
        1 => (Mode::Numeric, 10, payload.len()),
        2 => (Mode::Alphanumeric, 9, payload.len()),
        4 => (Mode::Byte, 8, payload.len()),
        8 => (Mode::Kanji, 8, payload.len() / 2),
        _ => return None,
    };
    let stated = usize::from((head << 4) >> (16 - length_bits));
    let fits = match mode {
        Mode::Numeric => payload.iter().all(u8::is_ascii_digit),
        Mode::Alphanumeric => payload.iter().all(|byte| is_alphanumeric(*byte)),
        _ => true,
    };
    (stated == length && fits).then_some(mode)
}

/// Whether QR's alphanumeric mode can write the byte.
pub(crate) fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase() || b" $%*+-./:".contains(&byte)
}

/// Symbols whose codewords are not interleaved (ISO/IEC 18004, table 9).
fn one_block(version: u8, ec_level: EcLevel) -> bool {
    match ec_level {
        EcLevel::L => version <= 5,
        EcLevel::M => version <= 3,
        EcLevel::Q | EcLevel::H => version <= 2,
    }
}

/// The first 16 bits: up the two rightmost columns, right before left, the mask taken off.
fn first_bits(bit: &dyn Fn(usize, usize) -> bool, size: usize, mask: u16) -> u16 {
    let mut bits = 0;
    for row in 0..8 {
        for column in 0..2 {
            let (x, y) = (size - 1 - column, size - 1 - row);
            bits = (bits << 1) | u16::from(bit(x, y) != masked(mask, x, y));
        }
    }
    bits
}

fn masked(mask: u16, x: usize, y: usize) -> bool {
    let product = x * y;
    match mask {
        0 => (x + y).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (x + y).is_multiple_of(3),
        4 => (y / 2 + x / 3).is_multiple_of(2),
        5 => product % 2 + product % 3 == 0,
        6 => (product % 2 + product % 3).is_multiple_of(2),
        _ => ((x + y) % 2 + product % 3).is_multiple_of(2),
    }
}
