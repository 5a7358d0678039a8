//! Enrolling this terminal: the invitation's CA and no other is spoken to, a check code is shown for a person to compare, and what the
//! approval brings is written (`docs/identity.md`).

mod files;
mod pin;

use std::sync::Arc;

use reqwest::{Client, Url};
use ring::signature::Ed25519KeyPair;
use rustls::pki_types::CertificateDer;
use shared::chain::{Hash, sha256};
use shared::enrolment::{CheckCode, EnrolQuestion, EnrolRequest, EnrolState, Enrolled, Invitation, Token};
use shared::ids::TerminalId;
use shared::time::Timestamp;

pub use files::{FileError, Place};
use pin::PinVerifier;

use crate::keys;
use crate::sync::transport::{Call, link, post, tls};
use crate::sync::{TransportError, TrustedTime};

/// Why there is no enrolment.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The server cannot be asked, or refuses.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// Who answers is not the server of the invitation.
    #[error(
        "{0} is not the server of the invitation: its CA is another. If the code was typed, compare its last four groups; otherwise somebody stands between, tell the supervisor. Nothing was sent"
    )]
    OtherCa(String),
    /// The approval names another CA than the one that was spoken to.
    #[error(
        "the server's approval is not for this enrolment: it names another CA. Tell the supervisor; nothing was written"
    )]
    OtherApproval,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// An asking that a person decides on.
pub struct Asking {
    client: Client,
    address: Url,
    token: Token,
    terminal: TerminalId,
    key: Arc<Ed25519KeyPair>,
    ca: Hash,
    check_code: CheckCode,
}

impl Asking {
    /// Asks the first address of the invitation that answers. Asking again with the same terminal and key is the same asking.
    pub async fn begin(
        invitation: &Invitation,
        (terminal, key): (TerminalId, Arc<Ed25519KeyPair>),
        app: &str,
    ) -> Result<Self, EnrolError> {
        let mut first_failure = None;
        for address in &invitation.addresses {
            let address = link::address(address.as_str())?;
            match Self::at(invitation, address, (terminal, Arc::clone(&key)), app).await {
                Err(EnrolError::Transport(TransportError::Offline { server, why })) => {
                    let failure = EnrolError::Transport(TransportError::Offline { server, why });
                    first_failure = first_failure.or(Some(failure));
                }
                asked => return asked,
            }
        }
        let none = || TransportError::Configuration("the invitation names no address".to_owned()).into();
        Err(first_failure.unwrap_or_else(none))
    }

    async fn at(
        invitation: &Invitation,
        address: Url,
        (terminal, key): (TerminalId, Arc<Ed25519KeyPair>),
        app: &str,
    ) -> Result<Self, EnrolError> {
        let verifier = Arc::new(PinVerifier::new(invitation.pin));
        let time = Arc::new(TrustedTime::of_build());
        let client = link::client(tls::config_with(Arc::clone(&verifier) as _, None, time)?)?;
        // The first word shows the CA; what is signed next names it.
        let heard = post::<Timestamp>(&client, &address, &Call::get("/v1/time")).await;
        heard.map_err(|error| told(error, &verifier))?;
        let ca: CertificateDer<'static> = verifier.seen().ok_or_else(|| EnrolError::OtherCa(address.to_string()))?;
        let (ca, public_key) = (sha256(&[&ca]), keys::public(&key));
        let request = EnrolRequest::sign(invitation.token.clone(), (terminal, public_key), app, ca, &key);
        let check_code = CheckCode::of(ca, &invitation.token, terminal, &public_key);
        let asking = Self { client, address, token: invitation.token.clone(), terminal, key, ca, check_code };
        let _: EnrolState = asking.post("/v1/enrol", &request).await?;
        Ok(asking)
    }

    /// What this screen shows; the console must show the same.
    #[must_use]
    pub const fn check_code(&self) -> CheckCode {
        self.check_code
    }

    /// Where the server answered.
    #[must_use]
    pub const fn address(&self) -> &Url {
        &self.address
    }

    /// How the asking stands. An approval that names another CA is an error.
    pub async fn state(&self) -> Result<EnrolState, EnrolError> {
        let question = EnrolQuestion::sign(self.token.clone(), self.terminal, &self.key);
        let state = self.post("/v1/enrol/status", &question).await?;
        if let EnrolState::Approved(enrolled) = &state {
            self.check(enrolled)?;
        }
        Ok(state)
    }

    fn check(&self, enrolled: &Enrolled) -> Result<(), EnrolError> {
        let cas = link::certificates(enrolled.ca.as_bytes())?;
        let is_same = cas.len() == 1 && sha256(&[&cas[0]]) == self.ca;
        if is_same { Ok(()) } else { Err(EnrolError::OtherApproval) }
    }

    async fn post(&self, target: &str, body: &impl serde::Serialize) -> Result<EnrolState, EnrolError> {
        Ok(post(&self.client, &self.address, &Call::post(target).json(body)?).await?)
    }
}

fn told(error: TransportError, verifier: &PinVerifier) -> EnrolError {
    match error {
        TransportError::WrongServer { server, .. } if verifier.seen().is_none() => EnrolError::OtherCa(server),
        other => other.into(),
    }
}
