//! A relay of requests: it ends TLS with the test server's own certificate and asks the server itself, so that single requests can
//! be doubled, held back, refused or answered with rubbish. Terminals that pass here prove themselves by signatures alone.

use std::collections::VecDeque;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum_server::tls_rustls::RustlsConfig;
use shared::wire::{Batch, Offer};

/// What befalls one batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mischief {
    /// It is delivered so many times; the last answer is given.
    Deliver(u32),
    /// It is delivered, and the answer breaks off.
    LoseAnswer,
    /// It is delivered, and an old copy of it once more after this time.
    LateCopy(Duration),
    /// It is not delivered; 503, with this `Retry-After`.
    Busy(String),
    /// It is not delivered; 429 as the server's limit on requests answers it, with this `Retry-After`.
    TooOften(String),
    /// It is not delivered; 200 with something that is no answer.
    Rubbish,
    /// It is not delivered; this status and text.
    Answer(u16, String),
}

/// The running relay.
pub struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    server: String,
    client: reqwest::Client,
    coming: Mutex<VecDeque<Mischief>>,
    /// No batch that offers this number as new is delivered.
    refused: Mutex<Option<u64>>,
    /// How many batches were asked for, delivered or not.
    batches: Mutex<u64>,
}

impl Relay {
    /// Starts a relay before the server at this address; `keys` is the folder with its certificate and CA.
    pub fn before(server: &str, keys: &Path) -> Result<Self> {
        // A second call in one process finds the provider installed: that is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let ca = std::fs::read(keys.join("ca.pem")).context("the test server's CA cannot be read")?;
        let client = reqwest::Client::builder()
            .tls_certs_only(reqwest::Certificate::from_pem_bundle(&ca)?)
            .timeout(Duration::from_secs(30))
            .build()?;
        let shared = Arc::new(Shared {
            server: server.to_owned(),
            client,
            coming: Mutex::default(),
            refused: Mutex::default(),
            batches: Mutex::default(),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port for the relay")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (certificate, key) = (keys.join("server.pem"), keys.join("server.key"));
        let routes = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let tls = runtime.block_on(RustlsConfig::from_pem_file(certificate, key))?;
        std::thread::spawn(move || {
            // Serves until the test's process ends.
            runtime.block_on(async {
                if let Ok(server) = axum_server::from_tcp_rustls(listener, tls) {
                    let _ = server.serve(routes.into_make_service()).await;
                }
            });
        });
        Ok(Self { address, shared })
    }

    /// Where the next cable leads to.
    #[must_use]
    pub const fn socket(&self) -> SocketAddr {
        self.address
    }

    /// What befalls the next batches, one each, in this order; those after them pass.
    pub fn befall(&self, coming: impl IntoIterator<Item = Mischief>) {
        self.shared.coming.lock().unwrap_or_else(PoisonError::into_inner).extend(coming);
    }

    /// Refuses every batch that offers this number as new, as a server of another mind would; none = no longer.
    pub fn refuse_new(&self, seq: Option<u64>) {
        *self.shared.refused.lock().unwrap_or_else(PoisonError::into_inner) = seq;
    }

    /// What has not befallen a batch yet.
    #[must_use]
    pub fn left(&self) -> usize {
        self.shared.coming.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// How many batches came to the relay so far.
    #[must_use]
    pub fn batches(&self) -> u64 {
        *self.shared.batches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn pass(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Request { method, uri, headers, body };
    if request.uri.path() != "/v1/batches" {
        return shared.deliver(&request).await;
    }
    *shared.batches.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    let refused = *shared.refused.lock().unwrap_or_else(PoisonError::into_inner);
    if refused.is_some_and(|seq| offers_as_new(&request.body, seq)) {
        let problem = r#"{"code":"bad-request","message":"event not to the relay's taste"}"#;
        return (StatusCode::BAD_REQUEST, [("content-type", "application/json")], problem).into_response();
    }
    let befalls = shared.coming.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    match befalls {
        None => shared.deliver(&request).await,
        Some(Mischief::Deliver(times)) => {
            for _ in 1..times {
                shared.deliver(&request).await;
            }
            shared.deliver(&request).await
        }
        Some(Mischief::LoseAnswer) => {
            shared.deliver(&request).await;
            broken_off()
        }
        Some(Mischief::LateCopy(after)) => {
            let answer = shared.deliver(&request).await;
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                shared.deliver(&request).await;
            });
            answer
        }
        Some(Mischief::Busy(retry_after)) => {
            (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", retry_after)], "busy").into_response()
        }
        Some(Mischief::TooOften(retry_after)) => {
            let problem = r#"{"code":"too-many-tries","message":"more requests than the server allows"}"#;
            let headers = [("retry-after", &*retry_after), ("content-type", "application/json")];
            (StatusCode::TOO_MANY_REQUESTS, headers, problem).into_response()
        }
        Some(Mischief::Rubbish) => (StatusCode::OK, "<html>please sign in to this network</html>").into_response(),
        Some(Mischief::Answer(status, text)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            (status, [("content-type", "application/json")], text).into_response()
        }
    }
}

fn offers_as_new(compressed: &[u8], seq: u64) -> bool {
    let Some(batch) = zstd::decode_all(compressed).ok().and_then(|bytes| Batch::from_ndjson(&bytes).ok()) else {
        return false;
    };
    let header = &batch.header;
    header.offer == Offer::New && (header.first_seq..header.first_seq + header.count).contains(&seq)
}

/// An answer that begins well and breaks off.
fn broken_off() -> Response {
    let pieces = [Ok(Bytes::from_static(b"{\"answers\":")), Err(std::io::Error::other("broken off"))];
    Response::new(Body::from_stream(futures_util::stream::iter(pieces)))
}

struct Request {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Shared {
    async fn deliver(&self, request: &Request) -> Response {
        let target = request.uri.path_and_query().map_or("/", |target| target.as_str());
        let mut asked = self.client.request(request.method.clone(), format!("{}{target}", self.server));
        for (name, value) in &request.headers {
            if !matches!(name.as_str(), "host" | "content-length" | "connection") {
                asked = asked.header(name, value);
            }
        }
        let answer = async {
            let response = asked.body(request.body.clone()).send().await?;
            let (status, headers) = (response.status(), response.headers().clone());
            Ok::<_, reqwest::Error>((status, headers, response.bytes().await?))
        };
        match answer.await {
            Ok((status, mut headers, body)) => {
                headers.remove("content-length");
                headers.remove("transfer-encoding");
                (status, headers, body).into_response()
            }
            Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        }
    }
}
