//! One state of the way to the server: the client with what it trusts and shows, and the addresses that are tried in turn. It is
//! replaced whole when the certificate or the server's record changes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Client, Url};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use shared::enrolment::Certificate;

use super::TransportError;

/// Reaching the server, at most.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a connection is asked whether it still lives, and how long it may take to say so: a half-open one is given up
/// within 20 s.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// The client, the addresses, and what both were made from.
pub(super) struct Link {
    pub(super) client: Client,
    addresses: Vec<Url>,
    current: AtomicUsize,
    pub(super) cas: Vec<CertificateDer<'static>>,
    pub(super) certificate: Option<Certificate>,
}

impl Link {
    pub(super) fn new(
        client: Client,
        addresses: Vec<Url>,
        cas: Vec<CertificateDer<'static>>,
        certificate: Option<Certificate>,
    ) -> Self {
        Self { client, addresses, current: AtomicUsize::new(0), cas, certificate }
    }

    /// The addresses, beginning with the one that answered last.
    pub(super) fn in_turn(&self) -> impl Iterator<Item = (usize, &Url)> {
        let first = self.current.load(Ordering::Relaxed);
        let count = self.addresses.len();
        (0..count).map(move |step| (first + step) % count).map(|place| (place, &self.addresses[place]))
    }

    /// An address answered: it is tried first from now on.
    pub(super) fn answered(&self, place: usize) {
        self.current.store(place, Ordering::Relaxed);
    }

    pub(super) fn addresses(&self) -> &[Url] {
        &self.addresses
    }
}

/// A client with these TLS settings.
pub(crate) fn client(tls: ClientConfig) -> Result<Client, TransportError> {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .https_only(true)
        // The pinned server and nobody on the way: what the environment says of proxies is not for this.
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .http2_keep_alive_interval(KEEP_ALIVE)
        .http2_keep_alive_timeout(KEEP_ALIVE)
        .build()
        .map_err(|error| TransportError::Configuration(format!("TLS cannot be set up: {error}")))
}

/// The address of a server, as the configuration or its record says it.
pub(crate) fn address(text: &str) -> Result<Url, TransportError> {
    let wrong = |why: String| TransportError::Configuration(format!("{why}. Mend the configuration"));
    let url: Url = text.parse().map_err(|error| wrong(format!("`server` is no address: {error}")))?;
    if url.scheme() == "https" {
        Ok(url)
    } else {
        Err(wrong(format!("`server` must begin with https://: it is `{text}`")))
    }
}

/// The certificates of a PEM text, at least one.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TransportError> {
    let wrong = |why: String| {
        TransportError::Configuration(format!("`ca` is no PEM certificate: {why}. Mend the configuration"))
    };
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|error| wrong(error.to_string()))?;
    if found.is_empty() { Err(wrong("there is none in it".to_owned())) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_that_answered_is_tried_first_and_each_once() {
        let addresses: Vec<Url> =
            ["https://a:1", "https://b:1", "https://c:1"].iter().map(|at| at.parse().unwrap()).collect();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let link = Link::new(Client::new(), addresses, Vec::new(), None);
        let order = |link: &Link| link.in_turn().map(|(place, _)| place).collect::<Vec<_>>();
        assert_eq!(order(&link), [0, 1, 2]);
        link.answered(1);
        assert_eq!(order(&link), [1, 2, 0]);
    }

    #[test]
    fn what_is_no_certificate_or_address_is_told() {
        for pem in [b"".as_slice(), b"no PEM", b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
            assert!(matches!(certificates(pem), Err(TransportError::Configuration(_))));
        }
        for text in ["", "host", "http://host:1"] {
            assert!(matches!(address(text), Err(TransportError::Configuration(_))), "{text}");
        }
    }
}
