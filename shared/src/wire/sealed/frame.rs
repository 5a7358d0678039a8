//! One picture of a moving QR code: a header, a fountain packet (`RaptorQ`, RFC 6330), written in Base45 (RFC 9285), so that it is
//! text of QR's alphanumeric mode and every reader gives it back unchanged.
//!
//! ```text
//! "TQ" ‖ kind (1 byte: 1 parcel, 2 answers) ‖ first 8 bytes of the whole's SHA-256 ‖ length of the whole (4 bytes)
//!      ‖ symbol size (2 bytes) ‖ payload id (4 bytes: source block 0, encoding symbol id) ‖ symbol
//! ```
//! Numbers have their most significant byte first. The whole is one source block without sub-blocks, symbols aligned to 8 bytes.

use crate::chain::Hash;

/// Bytes of one frame before Base45, header included, at most.
pub const FRAME_BYTES_MAX: usize = 500;

/// Bytes of a frame that are not symbol.
pub const FRAME_OVERHEAD_BYTES: usize = 21;

/// What a symbol's size is a multiple of.
pub const SYMBOL_ALIGNMENT_BYTES: u16 = 8;

/// Bytes of what one moving code carries, at most: beyond, a file is quicker.
pub const MOVING_BYTES_MAX: u32 = 1024 * 1024;

/// The least symbol, so that the largest load has fewer symbols than a source block may.
const SYMBOL_BYTES_MIN: u16 = 32;

const MAGIC: &[u8; 2] = b"TQ";

/// What a moving code carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// A parcel.
    Parcel,
    /// Answers.
    Answers,
}

/// What all frames of one moving code agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovingCode {
    /// What is carried.
    pub load: Load,
    /// First bytes of its SHA-256.
    pub digest: [u8; 8],
    /// Its length in bytes.
    pub length: u32,
    /// Bytes of one symbol.
    pub symbol_bytes: u16,
}

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Of which moving code.
    pub code: MovingCode,
    /// Number of the encoding symbol, below 2^24.
    pub symbol_id: u32,
    /// The symbol.
    pub symbol: Vec<u8>,
}

/// Why a text is no frame. Most often it is another QR code in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Not Base45, or not of a frame's length.
    #[error("no frame of a moving code")]
    Text,
    /// Another beginning.
    #[error("another QR code")]
    Magic,
    /// A size beyond its bounds.
    #[error("a frame whose sizes cannot be")]
    Size,
}

impl MovingCode {
    /// The code that carries `bytes`, whose digest is `digest`, in symbols of `symbol_bytes`.
    pub fn new(load: Load, bytes: &[u8], digest: Hash, symbol_bytes: u16) -> Result<Self, FrameError> {
        let length = u32::try_from(bytes.len()).map_err(|_| FrameError::Size)?;
        let mut prefix = [0; 8];
        prefix.copy_from_slice(&digest.as_bytes()[..8]);
        Self { load, digest: prefix, length, symbol_bytes }.checked()
    }

    fn checked(self) -> Result<Self, FrameError> {
        let longest = FRAME_BYTES_MAX - FRAME_OVERHEAD_BYTES;
        let sized = self.symbol_bytes >= SYMBOL_BYTES_MIN
            && usize::from(self.symbol_bytes) <= longest
            && self.symbol_bytes.is_multiple_of(SYMBOL_ALIGNMENT_BYTES)
            && (1..=MOVING_BYTES_MAX).contains(&self.length);
        if sized { Ok(self) } else { Err(FrameError::Size) }
    }

    /// Source symbols: the least number of frames that carry the whole.
    #[must_use]
    pub fn symbols(&self) -> u32 {
        self.length.div_ceil(u32::from(self.symbol_bytes))
    }
}

impl Frame {
    /// The text of the QR code.
    #[must_use]
    pub fn to_text(&self) -> String {
        base45(&self.to_bytes())
    }

    /// The frame's bytes, before they are written as text.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let code = &self.code;
        let mut bytes = MAGIC.to_vec();
        bytes.push(match code.load {
            Load::Parcel => 1,
            Load::Answers => 2,
        });
        bytes.extend_from_slice(&code.digest);
        bytes.extend_from_slice(&code.length.to_be_bytes());
        bytes.extend_from_slice(&code.symbol_bytes.to_be_bytes());
        // The first byte is the source block, which is 0.
        bytes.extend_from_slice(&(self.symbol_id & 0x00ff_ffff).to_be_bytes());
        bytes.extend_from_slice(&self.symbol);
        bytes
    }

    /// Reads the text of a QR code; every size is checked before it is used.
    pub fn from_text(text: &str) -> Result<Self, FrameError> {
        if text.len() > FRAME_BYTES_MAX.div_ceil(2) * 3 {
            return Err(FrameError::Text);
        }
        let bytes = from_base45(text).ok_or(FrameError::Text)?;
        let rest = bytes.strip_prefix(MAGIC).ok_or(FrameError::Magic)?;
        let (head, symbol) = rest.split_first_chunk::<19>().ok_or(FrameError::Text)?;
        let load = match head[0] {
            1 => Load::Parcel,
            2 => Load::Answers,
            _ => return Err(FrameError::Magic),
        };
        let [_, d0, d1, d2, d3, d4, d5, d6, d7, l0, l1, l2, l3, s0, s1, block, i0, i1, i2] = *head;
        let code = MovingCode {
            load,
            digest: [d0, d1, d2, d3, d4, d5, d6, d7],
            length: u32::from_be_bytes([l0, l1, l2, l3]),
            symbol_bytes: u16::from_be_bytes([s0, s1]),
        };
        let code = code.checked()?;
        if block != 0 || symbol.len() != usize::from(code.symbol_bytes) {
            return Err(FrameError::Size);
        }
        Ok(Self { code, symbol_id: u32::from_be_bytes([0, i0, i1, i2]), symbol: symbol.to_vec() })
    }
}

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

fn base45(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(2) * 3);
    let mut push = |mut value: usize, digits: usize| {
        for _ in 0..digits {
            text.push(char::from(ALPHABET[value % 45]));
            value /= 45;
        }
    };
    for pair in bytes.chunks(2) {
        match *pair {
            [high, low] => push(usize::from(high) * 256 + usize::from(low), 3),
            [last] => push(usize::from(last), 2),
            _ => {}
        }
    }
    text
}

fn from_base45(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for group in text.as_bytes().chunks(3) {
        let mut value = 0_u32;
        for character in group.iter().rev() {
            let digit = ALPHABET.iter().position(|known| known == character)?;
            value = value * 45 + u32::try_from(digit).ok()?;
        }
        match group.len() {
            3 => bytes.extend_from_slice(&u16::try_from(value).ok()?.to_be_bytes()),
            2 => bytes.push(u8::try_from(value).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}
