//! `POST /v1/renew`: called without a client certificate, so that it works after the old one expired. First without a proof, which
//! brings a nonce; then with the nonce signed by the terminal's key, which brings the new certificate.

use ring::signature::Ed25519KeyPair;
use serde::{Deserialize, Serialize};

use super::Certificate;
use crate::chain::{PublicKey, Signature, sign};
use crate::ids::TerminalId;

/// A terminal wants a new certificate for the key that it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewRequest {
    /// Who asks.
    pub terminal: TerminalId,
    /// None in the first request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<RenewProof>,
}

/// The server's nonce and the terminal's signature over it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewProof {
    /// As the server gave it.
    pub nonce: String,
    /// `Ed25519("tallyman/renew/1" ‖ terminal ‖ nonce)`.
    pub signature: Signature,
}

impl RenewRequest {
    /// The second request.
    #[must_use]
    pub fn sign(terminal: TerminalId, nonce: String, key: &Ed25519KeyPair) -> Self {
        let signature = sign(key, &parts(&terminal, &nonce));
        Self { terminal, proof: Some(RenewProof { nonce, signature }) }
    }
}

impl RenewProof {
    /// Whether the terminal of this key signed the nonce. Whether the nonce is a fresh one is the server's to know.
    #[must_use]
    pub fn verifies(&self, terminal: TerminalId, key: &PublicKey) -> bool {
        key.verifies(&parts(&terminal, &self.nonce), &self.signature)
    }
}

fn parts<'a>(terminal: &'a TerminalId, nonce: &'a str) -> [&'a [u8]; 3] {
    [b"tallyman/renew/1", terminal.as_bytes(), nonce.as_bytes()]
}

/// The server's answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum RenewAnswer {
    /// Sign this and ask again, within five minutes.
    Nonce {
        /// What to sign.
        nonce: String,
    },
    /// The new certificate, for the same key.
    Renewed {
        /// To be shown from now on.
        certificate: Certificate,
    },
}
