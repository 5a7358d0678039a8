//! How a terminal proves who it is on requests that carry no signed batch, until client certificates do it.

use std::fmt;
use std::str::FromStr;

use ring::signature::Ed25519KeyPair;

use crate::chain::{PublicKey, Signature, sign};
use crate::ids::TerminalId;

/// The header that carries a [`RequestSignature`].
pub const REQUEST_HEADER: &str = "tallyman-terminal";

/// `TERMINAL SIGNATURE`: `Ed25519("tallyman/request/1" ‖ method ‖ 0x00 ‖ path and query)`. A replayed request only reads what its
/// terminal may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSignature {
    /// Who asks.
    pub terminal: TerminalId,
    /// By that terminal's key.
    pub signature: Signature,
}

impl RequestSignature {
    /// Signs a request. `target` is the path with its query, as sent.
    #[must_use]
    pub fn sign(terminal: TerminalId, method: &str, target: &str, key: &Ed25519KeyPair) -> Self {
        Self { terminal, signature: sign(key, &parts(method, target)) }
    }

    /// Whether the terminal with this key made this request.
    #[must_use]
    pub fn verifies(&self, method: &str, target: &str, key: &PublicKey) -> bool {
        key.verifies(&parts(method, target), &self.signature)
    }
}

fn parts<'a>(method: &'a str, target: &'a str) -> [&'a [u8]; 4] {
    [b"tallyman/request/1", method.as_bytes(), b"\0", target.as_bytes()]
}

impl fmt::Display for RequestSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.terminal, hex::encode(self.signature.as_bytes()))
    }
}

/// The header's value is not `TERMINAL SIGNATURE`.
#[derive(Debug, thiserror::Error)]
#[error("the header `{REQUEST_HEADER}` is not a terminal and a signature")]
pub struct RequestSignatureError;

impl FromStr for RequestSignature {
    type Err = RequestSignatureError;
    fn from_str(text: &str) -> Result<Self, RequestSignatureError> {
        let (terminal, signature) = text.split_once(' ').ok_or(RequestSignatureError)?;
        let bytes = hex::decode(signature).map_err(|_| RequestSignatureError)?;
        Ok(Self {
            terminal: terminal.parse().map_err(|_| RequestSignatureError)?,
            signature: Signature::new(bytes.try_into().map_err(|_| RequestSignatureError)?),
        })
    }
}
