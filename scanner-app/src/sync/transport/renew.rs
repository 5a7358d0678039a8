//! Renewing this terminal's certificate: in time by what is known of the time, and whenever the server says that it ran out. It is asked
//! for without a client certificate, so that it works after the end of the old one.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use reqwest::Url;
use serde::de::DeserializeOwned;
use shared::enrolment::{RenewAnswer, RenewRequest};

use super::call::Call;
use super::link::{self, Link};
use super::tls::{self, Parties};
use super::{Transport, TransportError, answer, certificate, failed};

/// A renewal that failed is not tried again before, as long as the old certificate still works.
const PAUSE: Duration = Duration::from_secs(15 * 60);

impl Transport {
    /// Renews once a third of the certificate's life is left. A failure only waits: the old one still holds.
    pub(super) async fn renew_in_time(&self) {
        let due = self.link().certificate.as_ref().is_some_and(|held| held.renew_from <= self.time.now());
        if !due || self.certificate_file.is_none() || !self.may_try() {
            return;
        }
        if let Err(error) = self.renew().await {
            tracing::warn!("the certificate could not be renewed yet: {error}");
        }
    }

    fn may_try(&self) -> bool {
        let mut tried = self.renewal_tried.lock().unwrap_or_else(PoisonError::into_inner);
        let may = tried.is_none_or(|last| last.elapsed() >= PAUSE);
        if may {
            *tried = Some(Instant::now());
        }
        may
    }

    /// Asks for a nonce, signs it, keeps the new certificate and shows it from now on.
    pub(super) async fn renew(&self) -> Result<(), TransportError> {
        let Some(file) = &self.certificate_file else {
            return Err(TransportError::Configuration("the configuration names no `certificate` to renew".to_owned()));
        };
        let held = self.link();
        let parties = Parties { cas: held.cas.clone(), own: None };
        let config = tls::config(parties, self.time.clone(), self.dates_wrong.clone())
            .map_err(|error| TransportError::Configuration(format!("TLS cannot be set up: {error}")))?;
        let bare = Link::new(link::client(config)?, held.addresses().to_vec(), Vec::new(), None);
        let question = RenewRequest { terminal: self.terminal, proof: None };
        let nonce = match ask(&bare, &question).await? {
            RenewAnswer::Nonce { nonce } => nonce,
            RenewAnswer::Renewed { .. } => return Err(out_of_turn()),
        };
        let RenewAnswer::Renewed { certificate } =
            ask(&bare, &RenewRequest::sign(self.terminal, nonce, &self.key)).await?
        else {
            return Err(out_of_turn());
        };
        certificate::write(file, &certificate)?;
        self.show(certificate)
    }
}

fn out_of_turn() -> TransportError {
    TransportError::Answer("a renewal was answered out of turn".to_owned())
}

async fn ask(bare: &Link, request: &RenewRequest) -> Result<RenewAnswer, TransportError> {
    let call = Call::post("/v1/renew").json(request)?;
    let mut first_failure = None;
    for (_, address) in bare.in_turn() {
        match post(&bare.client, address, &call).await {
            Err(TransportError::Offline { server, why }) => {
                first_failure = first_failure.or(Some(TransportError::Offline { server, why }));
            }
            answered => return answered,
        }
    }
    Err(first_failure.unwrap_or_else(|| TransportError::Configuration("the server has no address".to_owned())))
}

/// One POST of JSON with a client of one's own.
pub(crate) async fn post<T: DeserializeOwned>(
    client: &reqwest::Client,
    address: &Url,
    call: &Call,
) -> Result<T, TransportError> {
    let url = address.join(&call.target).map_err(|error| TransportError::Configuration(error.to_string()))?;
    let mut request = client.request(call.method.clone(), url).timeout(call.timeout).body(call.body.clone());
    for (name, value) in &call.headers {
        request = request.header(*name, value);
    }
    let response = request.send().await.map_err(|error| failed(address, &error))?;
    answer::read(answer::accepted(response).await?).await
}
