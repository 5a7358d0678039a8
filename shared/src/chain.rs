//! The hash chain over a terminal's log and the signature of a batch (`sync.md`, the log on the terminal).
//!
//! ```text
//! hash(0)   = SHA-256("tallyman/epoch/1" ‖ terminal ‖ epoch)
//! hash(seq) = SHA-256("tallyman/event/1" ‖ hash(seq-1) ‖ body)
//! signature = Ed25519("tallyman/batch/1" ‖ SHA-256(header line) ‖ hash(last))
//!
//! ledger(0) = SHA-256("tallyman/ledger/1" ‖ ledger id)
//! ledger(n) = SHA-256("tallyman/entry/1" ‖ ledger(n-1) ‖ kind ‖ 0x00 ‖ digest)
//! ```

use std::fmt;

use ring::digest::{Context, SHA256};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{EpochId, TerminalId};

/// A SHA-256 value; lower-case hex in JSON, raw bytes inside other hashes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(#[serde(with = "hex::serde")] [u8; 32]);

impl Hash {
    /// Wraps 32 bytes read back from a store.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The raw bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An Ed25519 signature; lower-case hex in JSON.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signature(#[serde(with = "hex::serde")] [u8; 64]);

impl Signature {
    /// Wraps 64 bytes read back from a store.
    #[must_use]
    pub const fn new(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The raw bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// An Ed25519 public key; lower-case hex in JSON and in configuration files.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(#[serde(with = "hex::serde")] [u8; 32]);

impl PublicKey {
    /// Wraps 32 bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The public half of a key pair.
    #[must_use]
    pub fn of(key: &Ed25519KeyPair) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(key.public_key().as_ref());
        Self(bytes)
    }

    /// From 64 hex digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = hex::decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// The raw bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether `signature` over the concatenated `parts` was made with this key's private half.
    #[must_use]
    pub fn verifies(&self, parts: &[&[u8]], signature: &Signature) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(&parts.concat(), &signature.0).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Names a public key: the first 8 bytes of its SHA-256; lower-case hex in JSON.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(#[serde(with = "hex::serde")] [u8; 8]);

impl KeyId {
    /// The name of a key.
    #[must_use]
    pub fn of(key: &PublicKey) -> Self {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&sha256(&[&key.0]).0[..8]);
        Self(bytes)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Signs the concatenated `parts`.
#[must_use]
pub fn sign(key: &Ed25519KeyPair, parts: &[&[u8]]) -> Signature {
    let mut bytes = [0; 64];
    bytes.copy_from_slice(key.sign(&parts.concat()).as_ref());
    Signature(bytes)
}

/// SHA-256 over the concatenation of `parts`.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    Hash(bytes)
}

/// The chain's value before the first event of an epoch.
#[must_use]
pub fn epoch_hash(terminal: TerminalId, epoch: EpochId) -> Hash {
    sha256(&[b"tallyman/epoch/1", terminal.as_bytes(), epoch.as_bytes()])
}

/// The chain's value after an event: `previous` is the value before it, `body` its bytes exactly as stored.
#[must_use]
pub fn event_hash(previous: Hash, body: &[u8]) -> Hash {
    sha256(&[b"tallyman/event/1", previous.as_bytes(), body])
}

/// The value of a ledger's chain before its first entry.
#[must_use]
pub fn ledger_hash(ledger_id: Uuid) -> Hash {
    sha256(&[b"tallyman/ledger/1", ledger_id.as_bytes()])
}

/// The value of a ledger's chain after an entry: `kind` is its word, `digest` the SHA-256 of what it stands for.
#[must_use]
pub fn entry_hash(previous: Hash, kind: &str, digest: Hash) -> Hash {
    sha256(&[b"tallyman/entry/1", previous.as_bytes(), kind.as_bytes(), b"\0", digest.as_bytes()])
}

/// The parts that a batch's signature covers, concatenated.
#[must_use]
pub fn batch_message(header_line: &[u8], last: Hash) -> Vec<u8> {
    [b"tallyman/batch/1".as_slice(), sha256(&[header_line]).as_bytes(), last.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chain_depends_on_terminal_epoch_order_and_every_byte() {
        let terminal: TerminalId = "00000000-0000-4000-8000-000000000001".parse().unwrap();
        let epoch: EpochId = "00000000-0000-4000-8000-000000000002".parse().unwrap();
        let start = epoch_hash(terminal, epoch);
        // Computed with another implementation (Python's hashlib) from the formulas of this module's head.
        let first = "dfd9c2e29af06a82b4c514fceeced6c36cfe64cc7da6d92ac4c2c7e004ea0964";
        assert_eq!(event_hash(start, br#"{"seq":1}"#).to_string(), first);
        let (ab, ba) = (event_hash(event_hash(start, b"a"), b"b"), event_hash(event_hash(start, b"b"), b"a"));
        assert_ne!(ab, ba);
    }

    #[test]
    fn a_signature_holds_for_its_bytes_only() {
        let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let public = PublicKey(ring::signature::KeyPair::public_key(&key).as_ref().try_into().unwrap());
        let signature = sign(&key, &[b"one", b"two"]);
        assert!(public.verifies(&[b"onetwo"], &signature));
        assert!(!public.verifies(&[b"onetwO"], &signature));
    }
}
