//! A parcel: one file of sealed batches, with a header that whoever carries it may read.

use serde::{Deserialize, Serialize};

use crate::chain::{Hash, sha256};
use crate::ids::{EpochId, TerminalId};
use crate::time::Timestamp;

/// First line of a parcel: what it is, and in which version.
const MAGIC: &[u8] = b"tallyman-parcel/1\n";

/// Bytes of one parcel, at most: about 100,000 events.
pub const PARCEL_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes of its header line, at most.
pub const PARCEL_HEADER_BYTES_MAX: usize = 8 * 1024;

/// Stretches of numbers that one parcel names, at most.
pub const PARCEL_SPANS_MAX: usize = 48;

/// Consecutive events of one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Of which epoch.
    pub epoch: EpochId,
    /// First number.
    pub from: u64,
    /// Last number.
    pub to: u64,
}

/// What a carrier may know: whose events, which numbers, how many, when the parcel was made. It proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParcelHeader {
    /// Whose events.
    pub terminal: TerminalId,
    /// Which of them, at least one stretch.
    pub held: Vec<Span>,
    /// How many in all.
    pub count: u64,
    /// When the parcel was made, by the terminal's own clock.
    pub made_at: Timestamp,
}

/// Why bytes are no parcel.
#[derive(Debug, thiserror::Error)]
pub enum ParcelError {
    /// Not a parcel at all, or of a version that this build does not know.
    #[error("this is not a Tallyman parcel (it does not begin with `tallyman-parcel/1`); was another file meant?")]
    Magic,
    /// Beyond the bound.
    #[error("the parcel is longer than {PARCEL_BYTES_MAX} bytes; export again, which makes several")]
    TooLong,
    /// The header line does not end, or is too long.
    #[error("the parcel's header is cut off or longer than {PARCEL_HEADER_BYTES_MAX} bytes; copy the file again")]
    HeaderLength,
    /// The header line is not what it should be.
    #[error("the parcel's header cannot be read: {0}. Copy the file again")]
    Header(#[source] serde_json::Error),
    /// The header's numbers contradict each other.
    #[error("the parcel's header contradicts itself; copy the file again")]
    Numbers,
    /// Nothing follows the header.
    #[error("the parcel is cut off after its header; copy the file again")]
    Empty,
}

/// A parcel's bytes, whose outer form was checked. Whether the inside is whole only the server can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// What its carrier may know.
    pub header: ParcelHeader,
    bytes: Vec<u8>,
    sealed_at: usize,
}

impl Parcel {
    /// Puts a header before sealed bytes.
    pub fn new(header: &ParcelHeader, sealed: &[u8]) -> Result<Self, ParcelError> {
        let line = serde_json::to_vec(header).map_err(ParcelError::Header)?;
        Self::read([MAGIC, &line, b"\n", sealed].concat())
    }

    /// Reads a parcel's outer form. The caller reads no more than [`PARCEL_BYTES_MAX`] + 1 bytes.
    pub fn read(bytes: Vec<u8>) -> Result<Self, ParcelError> {
        let Some(rest) = bytes.strip_prefix(MAGIC) else { return Err(ParcelError::Magic) };
        if bytes.len() > PARCEL_BYTES_MAX {
            return Err(ParcelError::TooLong);
        }
        let searched = &rest[..rest.len().min(PARCEL_HEADER_BYTES_MAX)];
        let end = searched.iter().position(|byte| *byte == b'\n').ok_or(ParcelError::HeaderLength)?;
        let header: ParcelHeader = serde_json::from_slice(&rest[..end]).map_err(ParcelError::Header)?;
        if counted(&header.held) != Some(header.count) {
            return Err(ParcelError::Numbers);
        }
        let sealed_at = MAGIC.len() + end + 1;
        if sealed_at == bytes.len() {
            return Err(ParcelError::Empty);
        }
        Ok(Self { header, bytes, sealed_at })
    }

    /// The whole file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The sealed part: one age file.
    #[must_use]
    pub fn sealed(&self) -> &[u8] {
        &self.bytes[self.sealed_at..]
    }

    /// What names the parcel: SHA-256 of the whole file.
    #[must_use]
    pub fn digest(&self) -> Hash {
        sha256(&[&self.bytes])
    }
}

/// Events in all stretches; none where a stretch is empty or runs backwards, or there is none, or too many.
fn counted(held: &[Span]) -> Option<u64> {
    if held.is_empty() || held.len() > PARCEL_SPANS_MAX {
        return None;
    }
    held.iter().try_fold(0_u64, |sum, span| {
        let length = span.to.checked_sub(span.from)?.checked_add(1)?;
        if span.from == 0 { None } else { sum.checked_add(length) }
    })
}
