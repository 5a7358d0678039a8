//! Words between two terminals on one local network. What they hand over is sealed and signed already; the pairing code only keeps
//! strangers from filling a disk.
//!
//! ```text
//! frame    = length of the rest (4 bytes, most significant first) ‖ kind (1 byte: 0 words, 1 bytes) ‖ content
//! words    = one JSON object with the key "say"
//! proof    = HMAC-SHA256(key = the pairing code's digits, "tallyman/lan/1" ‖ nonce ‖ the caller's terminal, 16 bytes)
//! ```

use ring::hmac;
use serde::{Deserialize, Serialize};

use crate::chain::Hash;
use crate::ids::TerminalId;

/// The version of the protocol.
pub const LAN_PROTOCOL: u16 = 1;

/// Digits of a pairing code.
pub const LAN_CODE_DIGITS: usize = 6;

/// Bytes of one frame of bytes, at most.
pub const LAN_CHUNK_BYTES_MAX: usize = 64 * 1024;

/// Bytes of one frame of words, at most.
pub const LAN_WORDS_BYTES_MAX: usize = 4 * 1024;

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "kebab-case")]
pub enum LanWord {
    /// The listener's first word.
    Hello {
        /// [`LAN_PROTOCOL`].
        protocol: u16,
        /// Drawn anew for each connection.
        nonce: Hash,
    },
    /// The caller's first word.
    Prove {
        /// Who calls.
        terminal: TerminalId,
        /// Shows that the caller knows the pairing code.
        proof: Hash,
    },
    /// The listener: the code was right.
    Welcome,
    /// The caller has a parcel.
    Offer {
        /// Its digest.
        parcel: Hash,
        /// Its length in bytes.
        length: u64,
    },
    /// The listener: send its bytes from here on. From its length on: nothing is missing.
    GoOn {
        /// The first byte that is missing.
        from: u64,
    },
    /// The listener keeps the parcel, durably.
    Kept {
        /// Its digest.
        parcel: Hash,
    },
    /// The caller asks for answers to its own parcels.
    Ask,
    /// The listener: a file of answers of this length follows as bytes.
    Answers {
        /// Its length in bytes; 0 where there are none yet.
        length: u64,
    },
    /// Either: no, and why. The connection ends.
    Sorry {
        /// For people.
        why: String,
    },
    /// The caller is done.
    Bye,
}

/// One frame's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LanFrame {
    /// A word.
    Word(LanWord),
    /// Bytes of what is handed over.
    Bytes(Vec<u8>),
}

/// Why bytes are no frame.
#[derive(Debug, thiserror::Error)]
pub enum LanError {
    /// Longer than a frame may be, or empty.
    #[error("the other side sent a frame of {0} bytes, which cannot be")]
    Length(usize),
    /// A kind of frame that this build does not know.
    #[error("the other side sent a frame of unknown kind {0}")]
    Kind(u8),
    /// Words that cannot be read.
    #[error("the other side's words cannot be read: {0}")]
    Word(#[from] serde_json::Error),
}

impl LanFrame {
    /// A frame's bytes, its length first.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LanError> {
        let (kind, content) = match self {
            Self::Word(word) => (0, serde_json::to_vec(word)?),
            Self::Bytes(bytes) => (1, bytes.clone()),
        };
        let length = Self::checked(content.len() + 1)?;
        Ok([&length.to_be_bytes()[..], &[kind], &content].concat())
    }

    /// Checks the length that a frame announces, before anything of it is read. Answers it.
    pub fn checked(length: usize) -> Result<u32, LanError> {
        let fits = (1..=LAN_CHUNK_BYTES_MAX + 1).contains(&length);
        u32::try_from(length).ok().filter(|_| fits).ok_or(LanError::Length(length))
    }

    /// Reads what follows the length.
    pub fn read(rest: &[u8]) -> Result<Self, LanError> {
        match rest.split_first() {
            Some((0, words)) if words.len() <= LAN_WORDS_BYTES_MAX => Ok(Self::Word(serde_json::from_slice(words)?)),
            Some((1, bytes)) if bytes.len() <= LAN_CHUNK_BYTES_MAX => Ok(Self::Bytes(bytes.to_vec())),
            Some((0 | 1, content)) => Err(LanError::Length(content.len())),
            Some((kind, _)) => Err(LanError::Kind(*kind)),
            None => Err(LanError::Length(0)),
        }
    }
}

/// What shows that `terminal` knows the pairing code.
#[must_use]
pub fn lan_proof(code: &str, nonce: Hash, terminal: TerminalId) -> Hash {
    let key = hmac::Key::new(hmac::HMAC_SHA256, code.as_bytes());
    let message = [b"tallyman/lan/1".as_slice(), nonce.as_bytes(), terminal.as_bytes()].concat();
    let mut proof = [0; 32];
    proof.copy_from_slice(hmac::sign(&key, &message).as_ref());
    Hash::new(proof)
}
