//! Sealing: what a terminal keeps of a credential is worth nothing without the terminal's own key.

use ring::hmac;
use ring::signature::Ed25519KeyPair;

/// Bytes of a seal.
pub(super) const SEAL_LEN: usize = 32;

/// The key of one terminal's seals. It is derived from the terminal's private key, which lies outside the store and its backups:
/// whoever has the store alone can not even begin to guess PINs.
pub struct SealingKey {
    key: hmac::Key,
    id: [u8; 4],
}

/// The credential was sealed by a terminal key that is no longer this terminal's: it has to be pulled again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the PIN was stored with another key of this terminal; sync, so that it is fetched again")]
pub struct SealedElsewhere;

impl SealingKey {
    /// Derives it. Ed25519 signatures are deterministic, and this one leaves the function as a hash only.
    #[must_use]
    pub fn derive(terminal_key: &Ed25519KeyPair) -> Self {
        let seed = terminal_key.sign(b"tallyman/sealing-key/1");
        let key = hmac::Key::new(hmac::HMAC_SHA256, crate::chain::sha256(&[seed.as_ref()]).as_bytes());
        let tag = hmac::sign(&key, b"tallyman/sealing-key-id/1");
        let mut id = [0; 4];
        id.copy_from_slice(&tag.as_ref()[..4]);
        Self { key, id }
    }

    /// Names the key without telling it.
    pub(super) const fn id(&self) -> [u8; 4] {
        self.id
    }

    pub(super) fn seal(&self, purpose: &str, bytes: &[u8]) -> [u8; SEAL_LEN] {
        let tag = hmac::sign(&self.key, &[purpose.as_bytes(), b"\0", bytes].concat());
        let mut seal = [0; SEAL_LEN];
        seal.copy_from_slice(tag.as_ref());
        seal
    }

    /// In constant time.
    pub(super) fn holds(&self, purpose: &str, bytes: &[u8], seal: &[u8]) -> bool {
        hmac::verify(&self.key, &[purpose.as_bytes(), b"\0", bytes].concat(), seal).is_ok()
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(hidden)")
    }
}
