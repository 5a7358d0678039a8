//! What the data codewords say: segments of a mode each, then a terminator and padding (ISO/IEC 18004:2015, 7.4).

use crate::symbol::Mode;

/// The payload of a symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payload {
    /// Its bytes; Kanji as Shift JIS.
    pub(crate) bytes: Vec<u8>,
    /// The mode, of all segments together.
    pub(crate) mode: Option<Mode>,
    /// Whether what follows the segments is as the standard wants it. Some encoders pad their own way.
    pub(crate) is_padded: bool,
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        self.bytes.len() * 8 - self.at
    }

    fn take(&mut self, count: usize) -> Option<usize> {
        if count > self.left() {
            return None;
        }
        let bit = |at: usize| usize::from((self.bytes[at / 8] >> (7 - at % 8)) & 1);
        let value = (self.at..self.at + count).fold(0, |value, at| (value << 1) | bit(at));
        self.at += count;
        Some(value)
    }
}

/// Reads the data codewords of a version; `None` where they break the standard's rules: no symbol is printed so.
pub(crate) fn parse(data: &[u8], version: u8) -> Option<Payload> {
    let mut bits = Bits { bytes: data, at: 0 };
    let mut payload = Payload { bytes: Vec::new(), mode: None, is_padded: false };
    let mut gs1 = false;
    while bits.left() >= 4 {
        let mode = match bits.take(4)? {
            0 => break,
            1 => numeric(&mut bits, version, &mut payload.bytes)?,
            2 => alphanumeric(&mut bits, version, gs1, &mut payload.bytes)?,
            4 => bytes(&mut bits, version, &mut payload.bytes)?,
            8 => kanji(&mut bits, version, &mut payload.bytes)?,
            3 => {
                // One of several symbols: which of how many, and the parity of all.
                bits.take(16)?;
                continue;
            }
            5 => {
                gs1 = true;
                continue;
            }
            7 => {
                character_set(&mut bits)?;
                continue;
            }
            9 => {
                bits.take(8)?;
                continue;
            }
            _ => return None,
        };
        payload.mode = Some(if payload.mode.is_none_or(|before| before == mode) { mode } else { Mode::Mixed });
    }
    payload.is_padded = is_padding(&mut bits);
    Some(payload)
}

/// Zero bits up to the next byte, then 236 and 17 in turn.
fn is_padding(bits: &mut Bits) -> bool {
    let to_byte = bits.left() % 8;
    if bits.take(to_byte) != Some(0) {
        return false;
    }
    let rest = &bits.bytes[bits.at / 8..];
    rest.iter().enumerate().all(|(at, byte)| *byte == if at % 2 == 0 { 236 } else { 17 })
}

/// Bits of a length field in versions 1 to 9, 10 to 26 and above (table 3).
fn length(bits: &mut Bits, version: u8, widths: [usize; 3]) -> Option<usize> {
    bits.take(match version {
        ..=9 => widths[0],
        10..=26 => widths[1],
        _ => widths[2],
    })
}

fn numeric(bits: &mut Bits, version: u8, out: &mut Vec<u8>) -> Option<Mode> {
    let mut left = length(bits, version, [10, 12, 14])?;
    while left > 0 {
        let digits = left.min(3);
        let mut value = bits.take([0, 4, 7, 10][digits])?;
        let start = out.len();
        for _ in 0..digits {
            out.insert(start, b'0' + u8::try_from(value % 10).ok()?);
            value /= 10;
        }
        if value > 0 {
            return None;
        }
        left -= digits;
    }
    Some(Mode::Numeric)
}

/// The characters of alphanumeric mode, in order of their values (table 5).
const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

fn alphanumeric(bits: &mut Bits, version: u8, gs1: bool, out: &mut Vec<u8>) -> Option<Mode> {
    let mut left = length(bits, version, [9, 11, 13])?;
    let start = out.len();
    while left > 1 {
        let value = bits.take(11)?;
        out.push(*ALPHANUMERIC.get(value / 45)?);
        out.push(ALPHANUMERIC[value % 45]);
        left -= 2;
    }
    if left == 1 {
        out.push(*ALPHANUMERIC.get(bits.take(6)?)?);
    }
    if gs1 {
        // A percent sign separates elements, two of them are one (7.4.8.3).
        let written = out.split_off(start);
        let mut at = 0;
        while at < written.len() {
            let double = written[at] == b'%' && written.get(at + 1) == Some(&b'%');
            out.push(if written[at] == b'%' && !double { 0x1D } else { written[at] });
            at += if double { 2 } else { 1 };
        }
    }
    Some(Mode::Alphanumeric)
}

fn bytes(bits: &mut Bits, version: u8, out: &mut Vec<u8>) -> Option<Mode> {
    for _ in 0..length(bits, version, [8, 16, 16])? {
        out.push(u8::try_from(bits.take(8)?).ok()?);
    }
    Some(Mode::Byte)
}

fn kanji(bits: &mut Bits, version: u8, out: &mut Vec<u8>) -> Option<Mode> {
    for _ in 0..length(bits, version, [8, 10, 12])? {
        let value = bits.take(13)?;
        let packed = ((value / 0xC0) << 8) | (value % 0xC0);
        let code = packed + if packed < 0x1F00 { 0x8140 } else { 0xC140 };
        out.extend(u16::try_from(code).ok()?.to_be_bytes());
    }
    Some(Mode::Kanji)
}

/// The number of a character set, in one to three bytes.
fn character_set(bits: &mut Bits) -> Option<()> {
    let first = bits.take(8)?;
    let more = match first {
        _ if first & 0x80 == 0 => 0,
        _ if first & 0xC0 == 0x80 => 8,
        _ if first & 0xE0 == 0xC0 => 16,
        _ => return None,
    };
    bits.take(more).map(|_| ())
}

/// Whether QR's alphanumeric mode can write the byte.
#[cfg(feature = "scene")]
pub(crate) fn is_alphanumeric(byte: u8) -> bool {
    ALPHANUMERIC.contains(&byte)
}
