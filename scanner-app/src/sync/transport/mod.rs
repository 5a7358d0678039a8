//! HTTP over TLS to the one server that this terminal was enrolled with.

mod answer;
mod call;
mod error;

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Certificate, Client, Response, Url};
use ring::signature::Ed25519KeyPair;
use serde::de::DeserializeOwned;
use shared::chain::PublicKey;
use shared::ids::TerminalId;
use shared::wire::{ChangesPage, REQUEST_HEADER, RequestSignature};
use uuid::Uuid;

pub(super) use call::Call;
pub use error::TransportError;
use error::innermost;

/// Reaching the server, at most.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a connection is asked whether it still lives, and how long it may take to say so: a half-open one is given up
/// within 20 s.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// The way to the server.
pub struct Transport {
    client: Client,
    server: Url,
    pub(super) terminal: TerminalId,
    pub(super) key: Arc<Ed25519KeyPair>,
    pub(super) server_key: PublicKey,
}

impl Transport {
    /// Trusts the CA of this PEM text and no other.
    pub fn new(
        server: &str,
        ca_pem: &[u8],
        (terminal, key): (TerminalId, Ed25519KeyPair),
        server_key: PublicKey,
    ) -> Result<Self, TransportError> {
        // A second call in one process finds the provider installed: that is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let wrong =
            |what: &str, why: String| TransportError::Configuration(format!("{what}: {why}. Mend the configuration"));
        let url: Url = server.parse().map_err(|e| wrong("`server` is no address", format!("{e}")))?;
        if url.scheme() != "https" {
            return Err(wrong("`server` must begin with https://", format!("it is `{server}`")));
        }
        let certificates =
            Certificate::from_pem_bundle(ca_pem).map_err(|e| wrong("`ca` is no PEM certificate", e.to_string()))?;
        let client = Client::builder()
            .tls_certs_only(certificates)
            .https_only(true)
            .connect_timeout(CONNECT_TIMEOUT)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .http2_keep_alive_timeout(KEEP_ALIVE)
            .build()
            .map_err(|e| wrong("TLS cannot be set up", e.to_string()))?;
        Ok(Self { client, server: url, terminal, key: Arc::new(key), server_key })
    }

    /// Sends a request and reads its JSON answer; an answer without content reads as `()`.
    pub(super) async fn send<T: DeserializeOwned>(&self, call: Call) -> Result<T, TransportError> {
        answer::read(self.send_for_response(call).await?).await
    }

    /// Sends a request. Answers a successful response with its headers, its body not read yet.
    pub(super) async fn send_for_response(&self, call: Call) -> Result<Response, TransportError> {
        let Call { method, target, headers, body, timeout, signed } = call;
        let url = self.server.join(&target).map_err(|error| TransportError::Configuration(error.to_string()))?;
        let mut request = self.client.request(method.clone(), url).timeout(timeout).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if signed {
            let signature = RequestSignature::sign(self.terminal, method.as_str(), &target, &self.key);
            request = request.header(REQUEST_HEADER, signature.to_string());
        }
        answer::accepted(request.send().await.map_err(|error| self.failed(&error))?).await
    }

    pub(super) async fn changes(&self, ledger: Option<Uuid>, since: u64) -> Result<ChangesPage, TransportError> {
        let target = match ledger {
            Some(ledger) => format!("/v1/changes?since={since}&ledger={ledger}"),
            None => "/v1/changes?since=0".to_owned(),
        };
        self.send(Call::get(target)).await
    }

    fn failed(&self, error: &reqwest::Error) -> TransportError {
        let why = innermost(error);
        let server = self.server.to_string();
        if why.contains("certificate") || why.contains("UnknownIssuer") {
            TransportError::WrongServer { server, why }
        } else {
            TransportError::Offline { server, why }
        }
    }
}
