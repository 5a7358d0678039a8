//! HTTP over TLS to the one server that this terminal was enrolled with.

use std::time::Duration;

use reqwest::{Certificate, Client, Response, StatusCode, Url};
use ring::signature::Ed25519KeyPair;
use shared::chain::PublicKey;
use shared::ids::TerminalId;
use shared::wire::{ChangesPage, Problem, PushReply, REQUEST_HEADER, RequestSignature};
use uuid::Uuid;

/// A whole request, at most.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Reaching the server, at most.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a request brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Nobody answers.
    #[error(
        "the server {server} cannot be reached ({why}). Scanning goes on; what is recorded is sent when it answers"
    )]
    Offline {
        /// Whom.
        server: String,
        /// Why.
        why: String,
    },
    /// Somebody answers who is not the enrolled server.
    #[error(
        "{server} is not the server of the enrolment: its certificate is not from the pinned CA ({why}). Nothing was sent; check `server` and `ca` in the configuration, or tell the supervisor"
    )]
    WrongServer {
        /// Who.
        server: String,
        /// Why.
        why: String,
    },
    /// The configuration cannot be used.
    #[error("{0}")]
    Configuration(String),
    /// The server asks to come back.
    #[error("the server is busy; it is tried again by itself")]
    Busy {
        /// When, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// The server refuses.
    #[error("the server refused: {}. Everything stays on this terminal", .0.message)]
    Refused(Box<Problem>),
    /// The answer is of no known form.
    #[error("the server's answer cannot be read: {0}")]
    Answer(String),
}

impl TransportError {
    /// Whether trying again later cannot help without a person.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        match self {
            Self::Offline { .. } | Self::Busy { .. } | Self::Answer(_) => false,
            Self::WrongServer { .. } | Self::Configuration(_) | Self::Refused(_) => true,
        }
    }
}

/// The way to the server.
pub struct Transport {
    client: Client,
    server: Url,
    pub(super) terminal: TerminalId,
    pub(super) key: Ed25519KeyPair,
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
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(|e| wrong("TLS cannot be set up", e.to_string()))?;
        Ok(Self { client, server: url, terminal, key, server_key })
    }

    pub(super) async fn push(&self, compressed: Vec<u8>) -> Result<PushReply, TransportError> {
        let request = self.client.post(self.url("/v1/batches")?).header("content-type", "application/x-ndjson+zstd");
        let response = request.body(compressed).send().await.map_err(|error| self.failed(&error))?;
        answer(response).await
    }

    pub(super) async fn changes(&self, ledger: Option<Uuid>, since: u64) -> Result<ChangesPage, TransportError> {
        let target = match ledger {
            Some(ledger) => format!("/v1/changes?since={since}&ledger={ledger}"),
            None => "/v1/changes?since=0".to_owned(),
        };
        let signature = RequestSignature::sign(self.terminal, "GET", &target, &self.key);
        let request = self.client.get(self.url(&target)?).header(REQUEST_HEADER, signature.to_string());
        answer(request.send().await.map_err(|error| self.failed(&error))?).await
    }

    fn url(&self, target: &str) -> Result<Url, TransportError> {
        self.server.join(target).map_err(|error| TransportError::Configuration(error.to_string()))
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

fn innermost(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

async fn answer<T: serde::de::DeserializeOwned>(response: Response) -> Result<T, TransportError> {
    let status = response.status();
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        return Err(TransportError::Busy { retry_after_ms: seconds.map(|seconds| seconds.saturating_mul(1_000)) });
    }
    let unread = |error: reqwest::Error| TransportError::Answer(error.to_string());
    if status.is_success() {
        return response.json().await.map_err(unread);
    }
    if status.is_server_error() {
        return Err(TransportError::Busy { retry_after_ms: None });
    }
    match response.json::<Problem>().await {
        Ok(problem) => Err(TransportError::Refused(Box::new(problem))),
        Err(_) => Err(TransportError::Answer(format!("status {status} without a reason"))),
    }
}
