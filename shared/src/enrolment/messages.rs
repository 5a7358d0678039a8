//! `POST /v1/enrol` and `POST /v1/enrol/status`.

use ring::signature::Ed25519KeyPair;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Address, CheckCode, Token};
use crate::chain::{Hash, PublicKey, Signature, sign};
use crate::ids::{MemberId, SiteId, TerminalId};
use crate::time::Timestamp;

/// A terminal asks to become one of the server's. The same asking may be repeated; another with the same token is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// From the invitation.
    pub token: Token,
    /// Its identity, minted by itself.
    pub terminal: TerminalId,
    /// Its key, made by itself.
    pub public_key: PublicKey,
    /// Its app's version.
    pub app: String,
    /// That it holds the private key, and which CA it saw.
    pub proof: Signature,
}

impl EnrolRequest {
    /// Signs an asking. `ca` is the SHA-256 of the CA certificate that was seen.
    #[must_use]
    pub fn sign(
        token: Token,
        (terminal, public_key): (TerminalId, PublicKey),
        app: &str,
        ca: Hash,
        key: &Ed25519KeyPair,
    ) -> Self {
        let proof = sign(key, &[&enrol_message(ca, &token, terminal, &public_key, app)]);
        Self { token, terminal, public_key, app: app.to_owned(), proof }
    }

    /// Whether who asks holds the key and saw this CA.
    #[must_use]
    pub fn verifies(&self, ca: Hash) -> bool {
        let message = enrol_message(ca, &self.token, self.terminal, &self.public_key, &self.app);
        self.public_key.verifies(&[&message], &self.proof)
    }
}

fn enrol_message(ca: Hash, token: &Token, terminal: TerminalId, key: &PublicKey, app: &str) -> Vec<u8> {
    let fixed = [b"tallyman/enrol/1", ca.as_bytes().as_slice(), token.as_bytes(), terminal.as_bytes(), key.as_bytes()];
    [fixed.concat(), app.as_bytes().to_vec()].concat()
}

/// What became of an asking?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolQuestion {
    /// From the invitation.
    pub token: Token,
    /// Who asks.
    pub terminal: TerminalId,
    /// By the key of the asking.
    pub signature: Signature,
}

impl EnrolQuestion {
    /// Signs the question.
    #[must_use]
    pub fn sign(token: Token, terminal: TerminalId, key: &Ed25519KeyPair) -> Self {
        let signature = sign(key, &question_parts(&token, &terminal));
        Self { token, terminal, signature }
    }

    /// Whether the asking of this key is asked for.
    #[must_use]
    pub fn verifies(&self, key: &PublicKey) -> bool {
        key.verifies(&question_parts(&self.token, &self.terminal), &self.signature)
    }
}

fn question_parts<'a>(token: &'a Token, terminal: &'a TerminalId) -> [&'a [u8]; 3] {
    [b"tallyman/enrol-status/1", token.as_bytes(), terminal.as_bytes()]
}

/// How an asking stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum EnrolState {
    /// A person must compare the code and approve.
    Pending {
        /// What the server's screen shows.
        check_code: CheckCode,
    },
    /// A person refused.
    Refused,
    /// A person approved.
    Approved(Box<Enrolled>),
}

/// A client certificate as a terminal keeps it. The dates stand beside it, so that no certificate needs to be parsed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The certificate, PEM.
    pub pem: String,
    /// From when on it should be renewed: a third of its life is left.
    pub renew_from: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
}

/// Everything that a terminal needs to work with its server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// Its certificate.
    pub certificate: Certificate,
    /// The CA to trust, PEM.
    pub ca: String,
    /// Whose it is.
    pub member: MemberId,
    /// Where it works.
    pub site: SiteId,
    /// What people call it.
    pub name: String,
    /// Where the server listens, the best first; none: where it was reached.
    pub addresses: Vec<Address>,
    /// The key of the server's acknowledgements.
    pub server_key: PublicKey,
    /// Whom sealed batches are for (age, X25519), where the server takes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// The server's ledger.
    pub ledger_id: Uuid,
}

#[cfg(test)]
mod tests {
    use ring::signature::KeyPair;

    use super::*;

    #[test]
    fn a_proof_holds_for_its_ca_token_terminal_and_app_only() {
        let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let public = PublicKey::new(key.public_key().as_ref().try_into().unwrap());
        let terminal = TerminalId::new(Uuid::from_u128(1));
        let ca = Hash::new([1; 32]);
        let asked = EnrolRequest::sign(Token::new([2; 10]), (terminal, public), "0.1.0", ca, &key);
        assert!(asked.verifies(ca) && !asked.verifies(Hash::new([3; 32])));
        let changed = [
            EnrolRequest { token: Token::new([3; 10]), ..asked.clone() },
            EnrolRequest { terminal: TerminalId::new(Uuid::from_u128(2)), ..asked.clone() },
            EnrolRequest { app: "0.1.1".to_owned(), ..asked.clone() },
        ];
        assert!(changed.iter().all(|asked| !asked.verifies(ca)));
        let question = EnrolQuestion::sign(Token::new([2; 10]), terminal, &key);
        assert!(question.verifies(&public));
        assert!(!EnrolQuestion { token: Token::new([3; 10]), ..question }.verifies(&public));
    }
}
