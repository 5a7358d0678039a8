//! Renewing a certificate: without one, by a nonce that the terminal signs with its key, so that it works after the old one ran out.

use ring::hmac;
use shared::enrolment::{RenewAnswer, RenewProof};
use shared::ids::TerminalId;
use shared::time::Timestamp;

use super::{Identity, authority};
use crate::keys::KeyError;
use crate::store::{self, Store, StoreError};

/// How long a nonce may be signed.
const NONCE_MS: i64 = 5 * 60_000;

/// A certificate of this age, at most, is given again to who asks again.
const AGAIN_MS: i64 = 10 * 60_000;

/// Why there is no new certificate.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// No such terminal is enrolled here.
    #[error("this terminal is not enrolled on this server; a supervisor must invite it")]
    UnknownTerminal,
    /// The terminal was revoked.
    #[error("this terminal was revoked; only a supervisor's new invitation can lift that")]
    Revoked,
    /// The nonce is none of ours, or too old.
    #[error("the nonce is not of this server's last five minutes; ask for another and sign that")]
    Nonce,
    /// The signature over it is not the terminal's.
    #[error("the nonce is not signed with the key that this terminal was enrolled with")]
    Signature,
    /// The CA.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Nonces that need no memory: each says when it was given out and to whom, and carries this server's mark over both.
#[derive(Debug)]
pub(crate) struct Nonces(hmac::Key);

impl Nonces {
    /// Around a secret that the caller drew.
    pub(crate) fn new(secret: [u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &secret))
    }

    /// A nonce for one terminal: `TIME.MARK`.
    pub(crate) fn draw(&self, terminal: TerminalId, now: Timestamp) -> String {
        let time = now.as_ms().to_string();
        let mark = hmac::sign(&self.0, &message(terminal, &time));
        format!("{time}.{}", hex::encode(mark.as_ref()))
    }

    /// Whether a nonce is this terminal's and fresh.
    pub(crate) fn holds(&self, terminal: TerminalId, nonce: &str, now: Timestamp) -> bool {
        let Some((time, mark)) = nonce.split_once('.') else { return false };
        let (Ok(given), Ok(mark)) = (time.parse::<i64>(), hex::decode(mark)) else { return false };
        let age_ms = now.as_ms().saturating_sub(given);
        hmac::verify(&self.0, &message(terminal, time), &mark).is_ok() && (-NONCE_MS..=NONCE_MS).contains(&age_ms)
    }
}

fn message(terminal: TerminalId, time: &str) -> Vec<u8> {
    [b"tallyman/renew-nonce/1", terminal.as_bytes().as_slice(), time.as_bytes()].concat()
}

/// Answers a terminal that wants a new certificate for its key.
pub async fn renew(
    store: &Store,
    identity: &Identity,
    terminal: TerminalId,
    proof: Option<&RenewProof>,
    now: Timestamp,
) -> Result<RenewAnswer, RenewError> {
    let mut conn = store.read().await?;
    let found = store::terminal::find(&mut conn, terminal).await?.ok_or(RenewError::UnknownTerminal)?;
    if found.revoked_at.is_some() {
        return Err(RenewError::Revoked);
    }
    let Some(proof) = proof else { return Ok(RenewAnswer::Nonce { nonce: identity.nonces.draw(terminal, now) }) };
    if !identity.nonces.holds(terminal, &proof.nonce, now) {
        return Err(RenewError::Nonce);
    }
    if !proof.verifies(terminal, &found.public_key) {
        return Err(RenewError::Signature);
    }
    let newest = store::certificate::newest(&mut conn, terminal, &found.public_key).await?;
    drop(conn);
    // An answer that was lost on the way is given again, so that repeating fills no table.
    let age_ms = |issued_at: Timestamp| now.as_ms().saturating_sub(issued_at.as_ms());
    if let Some(held) = newest.filter(|held| (0..AGAIN_MS).contains(&age_ms(held.issued_at)) && held.expires_at > now) {
        return Ok(RenewAnswer::Renewed { certificate: authority::as_kept(&held) });
    }
    let made = identity.authority.certify(terminal, &found.public_key, now, identity.certificate_days)?;
    let mut tx = store.write().await?;
    store::certificate::keep(&mut tx, &made).await?;
    tx.commit().await.map_err(StoreError::from)?;
    tracing::info!(%terminal, until = %made.expires_at, "renewed a certificate");
    Ok(RenewAnswer::Renewed { certificate: authority::as_kept(&made) })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_nonce_is_its_terminals_for_five_minutes() {
        let (nonces, now) = (Nonces::new([7; 32]), Timestamp::from_ms(1_772_000_000_000));
        let (one, other) = (TerminalId::new(Uuid::from_u128(1)), TerminalId::new(Uuid::from_u128(2)));
        let nonce = nonces.draw(one, now);
        assert!(nonces.holds(one, &nonce, now.plus_ms(NONCE_MS)));
        assert!(!nonces.holds(one, &nonce, now.plus_ms(NONCE_MS + 1)));
        assert!(!nonces.holds(other, &nonce, now));
        assert!(!Nonces::new([8; 32]).holds(one, &nonce, now), "another server's, or of before a restart");
        let later = nonce.replacen("177", "178", 1);
        for wrong in ["", ".", "1.", "x.00", &nonce[1..], &later, "9223372036854775807.00"] {
            assert!(!nonces.holds(one, wrong, now), "{wrong}");
        }
    }
}
