//! A batch: NDJSON of a header line, the bodies exactly as stored, and a signature line.

use ring::signature::Ed25519KeyPair;
use serde::{Deserialize, Serialize};

use super::{BATCH_EVENTS_MAX, BODY_BYTES_MAX};
use crate::chain::{Hash, PublicKey, Signature, batch_message, event_hash, sign};
use crate::ids::{EpochId, TerminalId};
use crate::time::Timestamp;

/// Whether events are offered for the first time, or again after a fork (under their old numbers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offer {
    /// For the first time.
    New,
    /// Again, after the server closed their epoch.
    Disputed,
}

/// How old the terminal's reference data was: the position in the server's ledger that it had pulled up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataAsOf {
    /// Ledger position of the references.
    pub references: u64,
}

/// The header line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchHeader {
    /// Wire version that the bodies are written in.
    pub wire: u16,
    /// Who sends.
    pub terminal: TerminalId,
    /// Of which epoch.
    pub epoch: EpochId,
    /// Number of the first body.
    pub first_seq: u64,
    /// How many bodies.
    pub count: u64,
    /// The chain's value before the first body.
    pub previous_hash: Hash,
    /// First time, or again.
    pub offer: Offer,
    /// Events that wait on the terminal after this batch.
    pub pending_after: u64,
    /// What the terminal knew.
    pub data_as_of: DataAsOf,
    /// Version of the app.
    pub app: String,
    /// Version of the rules.
    pub rules: String,
    /// For people; never used to judge.
    pub sent_at: Timestamp,
    /// The newest form of reply that the sender reads. Senders of wire versions 1 and 2 do not say, and read form 1.
    #[serde(default = "form_one", skip_serializing_if = "is_form_one")]
    pub reply: u16,
}

const fn form_one() -> u16 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
const fn is_form_one(form: &u16) -> bool {
    *form == 1
}

#[derive(Serialize, Deserialize)]
struct SignatureLine {
    signature: Signature,
}

/// A batch, read or about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// What the header line says.
    pub header: BatchHeader,
    /// The header line's bytes, as signed.
    pub header_line: Vec<u8>,
    /// The bodies' bytes, as hashed.
    pub bodies: Vec<Vec<u8>>,
    /// The signature line.
    pub signature: Signature,
}

/// Why bytes are no batch, or not the batch that they claim to be.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// No header line, or not a JSON object of the known form.
    #[error("the first line is not a batch header: {0}")]
    Header(#[source] serde_json::Error),
    /// No signature line at the end.
    #[error("the last line is not a signature line")]
    SignatureLine,
    /// The header's count is not the number of bodies.
    #[error("the header counts {said} events, the batch holds {held}")]
    Count {
        /// What the header says.
        said: u64,
        /// What is there.
        held: u64,
    },
    /// More events than a batch may hold.
    #[error("{0} events are more than the {BATCH_EVENTS_MAX} that a batch may hold")]
    TooMany(u64),
    /// A batch holds at least one event, and numbers start at 1.
    #[error("a batch holds at least one event, numbered from 1")]
    Empty,
    /// One body is too long.
    #[error("event {0} is longer than {BODY_BYTES_MAX} bytes")]
    BodyTooLong(u64),
    /// The signature does not hold for these bytes and this key.
    #[error("the signature does not hold: the bytes were changed, or another key signed them")]
    Signature,
}

impl Batch {
    /// Signs `bodies` under `header` (whose `count` is set here).
    pub fn sign(mut header: BatchHeader, bodies: Vec<Vec<u8>>, key: &Ed25519KeyPair) -> Result<Self, BatchError> {
        header.count = bodies.len() as u64;
        let header_line = serde_json::to_vec(&header).map_err(BatchError::Header)?;
        let last = last_hash(header.previous_hash, &bodies);
        let signature = sign(key, &[&batch_message(&header_line, last)]);
        Ok(Self { header, header_line, bodies, signature })
    }

    /// The NDJSON bytes, not yet compressed.
    pub fn to_ndjson(&self) -> Result<Vec<u8>, BatchError> {
        let mut out = self.header_line.clone();
        for body in &self.bodies {
            out.push(b'\n');
            out.extend_from_slice(body);
        }
        out.push(b'\n');
        let line = SignatureLine { signature: self.signature };
        serde_json::to_writer(&mut out, &line).map_err(BatchError::Header)?;
        out.push(b'\n');
        Ok(out)
    }

    /// Reads NDJSON bytes; checks form and limits, not yet the signature.
    pub fn from_ndjson(bytes: &[u8]) -> Result<Self, BatchError> {
        let mut lines: Vec<&[u8]> = bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|byte| *byte == b'\n').collect();
        let last = lines.pop().filter(|_| !lines.is_empty()).ok_or(BatchError::SignatureLine)?;
        let signature: SignatureLine = serde_json::from_slice(last).map_err(|_| BatchError::SignatureLine)?;
        let header_line = lines.remove(0).to_vec();
        let header: BatchHeader = serde_json::from_slice(&header_line).map_err(BatchError::Header)?;
        let held = lines.len() as u64;
        if header.count != held {
            return Err(BatchError::Count { said: header.count, held });
        }
        if held > BATCH_EVENTS_MAX {
            return Err(BatchError::TooMany(held));
        }
        if held == 0 || header.first_seq == 0 {
            return Err(BatchError::Empty);
        }
        if let Some(place) = lines.iter().position(|line| line.len() > BODY_BYTES_MAX) {
            return Err(BatchError::BodyTooLong(header.first_seq.saturating_add(place as u64)));
        }
        let bodies = lines.into_iter().map(<[u8]>::to_vec).collect();
        Ok(Self { header, header_line, bodies, signature: signature.signature })
    }

    /// Checks the signature over header and chain.
    pub fn verify(&self, key: &PublicKey) -> Result<(), BatchError> {
        self.verify_at(key, last_hash(self.header.previous_hash, &self.bodies))
    }

    /// The same by one who made the chain of these bodies already: `last` is its value after the last.
    pub fn verify_at(&self, key: &PublicKey, last: Hash) -> Result<(), BatchError> {
        let message = batch_message(&self.header_line, last);
        if key.verifies(&[&message], &self.signature) { Ok(()) } else { Err(BatchError::Signature) }
    }

    /// The chain's value after each body, in order.
    #[must_use]
    pub fn hashes(&self) -> Vec<Hash> {
        let mut previous = self.header.previous_hash;
        let step = |body: &Vec<u8>| {
            previous = event_hash(previous, body);
            previous
        };
        self.bodies.iter().map(step).collect()
    }
}

fn last_hash(previous: Hash, bodies: &[Vec<u8>]) -> Hash {
    bodies.iter().fold(previous, |hash, body| event_hash(hash, body))
}
