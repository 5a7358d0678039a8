//! HTTP over TLS to the one server that this terminal was enrolled with: the pinned CA, the terminal's own certificate (renewed by
//! itself), the server's addresses in turn.

mod answer;
mod call;
pub(crate) mod certificate;
mod error;
pub(crate) mod link;
mod renew;
mod time;
pub(crate) mod tls;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::{Response, Url};
use ring::signature::Ed25519KeyPair;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::de::DeserializeOwned;
use shared::chain::PublicKey;
use shared::code::{CodeKey, PackageCode};
use shared::enrolment::{Address, Certificate};
use shared::ids::TerminalId;
use shared::time::Timestamp;
use shared::wire::{
    ChangesPage, CodeAnswer, ProblemCode, PushReply, REQUEST_HEADER, Record, RequestSignature, ServerRecord,
    SignedCheckpoint, SignedServer,
};
use uuid::Uuid;

pub(crate) use call::Call;
pub use error::TransportError;
use error::innermost;
use link::Link;
pub(crate) use renew::post;
pub use time::TrustedTime;
use tls::Parties;

/// The newest wire version whose pull records this build reads.
const PULL_WIRE: u16 = 3;

/// How long a person waits for the answer to a look-up: the sender does nothing else meanwhile.
const LOOK_UP: Duration = Duration::from_secs(5);

/// The way to the server.
pub struct Transport {
    link: Mutex<Arc<Link>>,
    /// Digest of the server's record that the link was made from.
    record: Mutex<Option<String>>,
    certificate_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
    renewal_tried: Mutex<Option<Instant>>,
    time: Arc<TrustedTime>,
    dates_wrong: Arc<AtomicBool>,
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
        let (time, dates_wrong) = (Arc::new(TrustedTime::of_build()), Arc::new(AtomicBool::new(false)));
        let key = Arc::new(key);
        let (addresses, cas) = (vec![link::address(server)?], link::certificates(ca_pem)?);
        let made = make_link(addresses, cas, None, (&key, &time, &dates_wrong))?;
        Ok(Self {
            link: Mutex::new(Arc::new(made)),
            record: Mutex::new(None),
            certificate_file: None,
            ca_file: None,
            renewal_tried: Mutex::new(None),
            time,
            dates_wrong,
            terminal,
            key,
            server_key,
        })
    }

    /// Shows the certificate of this file, and keeps renewed ones there.
    pub fn with_certificate(mut self, file: PathBuf) -> Result<Self, TransportError> {
        if let Some(certificate) = certificate::read(&file)? {
            self.show(certificate)?;
        }
        self.certificate_file = Some(file);
        Ok(self)
    }

    /// Tries these addresses as well, after the first.
    pub fn with_addresses(self, further: &[Address]) -> Result<Self, TransportError> {
        let link = self.link();
        let mut addresses = link.addresses().to_vec();
        for address in further {
            let address = link::address(address.as_str())?;
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        self.relink(addresses, link.cas.clone(), link.certificate.clone())?;
        Ok(self)
    }

    /// Keeps the server's CAs in this file as they change. The file is what is trusted: whoever replaces it decides, not what was
    /// pulled before. Without it the CAs stay as they were given.
    #[must_use]
    pub fn with_ca_file(mut self, file: PathBuf) -> Self {
        self.ca_file = Some(file);
        self
    }

    /// Takes the addresses that the server named at the last pull, and when that was.
    pub fn with_record(self, record: Option<&SignedServer>, heard: Option<Timestamp>) -> Result<Self, TransportError> {
        if let Some(heard) = heard {
            self.time.hear(heard);
        }
        if let Some(record) = record {
            let link = self.link();
            self.relink(addresses_of(record.value(), &link)?, link.cas.clone(), link.certificate.clone())?;
            // A record whose CAs are not those of the file is asked for again.
            if self.ca_file.is_none() || cas_of(record.value())? == link.cas {
                self.remember(record);
            }
        }
        Ok(self)
    }

    /// Whether the server's certificate was right but for its dates at the last handshake: its clock or its certificate is old.
    #[must_use]
    pub fn are_dates_wrong(&self) -> bool {
        self.dates_wrong.load(Ordering::Relaxed)
    }

    /// Until when this terminal's certificate holds; none where it has none.
    #[must_use]
    pub fn certificate_until(&self) -> Option<Timestamp> {
        self.link().certificate.as_ref().map(|certificate| certificate.expires_at)
    }

    /// Sends a request and reads its JSON answer; an answer without content reads as `()`.
    pub(super) async fn send<T: DeserializeOwned>(&self, call: Call) -> Result<T, TransportError> {
        answer::read(self.send_for_response(call).await?).await
    }

    /// Sends a request. Answers a successful response with its headers, its body not read yet. A certificate that ran out is renewed
    /// on the way, and the request sent once more.
    pub(super) async fn send_for_response(&self, call: Call) -> Result<Response, TransportError> {
        self.renew_in_time().await;
        match self.send_in_turn(&call).await {
            Err(TransportError::Refused(problem)) if self.is_for_renewal(problem.code) => {
                tracing::info!("the certificate is renewed: {}", problem.message);
                self.renew().await?;
                self.send_in_turn(&call).await
            }
            answered => answered,
        }
    }

    /// Sends a batch, which may take so long.
    pub(super) async fn push(&self, compressed: Vec<u8>, limit: Duration) -> Result<PushReply, TransportError> {
        let call = Call::post("/v1/batches").body("application/x-ndjson+zstd", compressed);
        let reply: PushReply = self.send(call.within(limit)).await?;
        if reply.acknowledgement.verifies(&self.server_key) {
            self.time.hear(reply.acknowledgement.value().received_at);
        }
        Ok(reply)
    }

    /// The checkpoints of the server's ledger from the one of so many entries on, oldest first.
    pub(super) async fn checkpoints(&self, from: u64) -> Result<Vec<SignedCheckpoint>, TransportError> {
        self.send(Call::get(format!("/v1/checkpoints?from={from}"))).await
    }

    /// What the server knows of a code, as far as this terminal's member may see it.
    pub async fn look_up(&self, code: &PackageCode) -> Result<CodeAnswer, TransportError> {
        self.send(Call::get(format!("/v1/codes/{}", CodeKey::of(code).to_hex())).within(LOOK_UP)).await
    }

    pub(super) async fn changes(
        &self,
        ledger: Option<Uuid>,
        (since, resume): (u64, Option<&str>),
        counts: bool,
    ) -> Result<ChangesPage, TransportError> {
        let resume = resume.map(|resume| format!("&resume={resume}")).unwrap_or_default();
        let ledger = ledger.map(|ledger| format!("&ledger={ledger}")).unwrap_or_default();
        let held = self.record.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let held = held.map(|digest| format!("&server={digest}")).unwrap_or_default();
        let left = if counts { "&left=true" } else { "" };
        let target = format!("/v1/changes?since={since}&wire={PULL_WIRE}{resume}{ledger}{held}{left}");
        let mut page: ChangesPage = self.send(Call::get(target)).await?;
        // Whom to trust is the server's own word, or nobody's: one that its key did not sign was never said.
        page.changes.retain(|change| match &change.record {
            Record::Server(record) => record.verifies(&self.server_key),
            _ => true,
        });
        self.time.hear(page.as_of);
        for change in &page.changes {
            if let Record::Server(record) = &change.record {
                self.adopt(record)?;
            }
        }
        Ok(page)
    }

    fn is_for_renewal(&self, code: ProblemCode) -> bool {
        let about_certificate = matches!(code, ProblemCode::CertificateExpired | ProblemCode::CertificateRequired);
        about_certificate && self.certificate_file.is_some()
    }

    /// Tries one address after the other, as long as nobody is there at all.
    async fn send_in_turn(&self, call: &Call) -> Result<Response, TransportError> {
        let link = self.link();
        let mut first_failure = None;
        for (place, address) in link.in_turn() {
            match self.send_to(&link, address, call).await {
                Err((failure, true)) => first_failure = first_failure.or(Some(failure)),
                Err((failure, false)) => return Err(failure),
                Ok(response) => {
                    link.answered(place);
                    return answer::accepted(response).await;
                }
            }
        }
        Err(first_failure.unwrap_or_else(|| TransportError::Configuration("the server has no address".to_owned())))
    }

    /// The failure says whether the request surely never reached the server, so that another address may be tried.
    async fn send_to(&self, link: &Link, address: &Url, call: &Call) -> Result<Response, (TransportError, bool)> {
        let url =
            address.join(&call.target).map_err(|error| (TransportError::Configuration(error.to_string()), false))?;
        let mut request = link.client.request(call.method.clone(), url).timeout(call.timeout).body(call.body.clone());
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        // A certificate proves the terminal; before it has one, each request is signed.
        if link.certificate.is_none() {
            let signature = RequestSignature::sign(self.terminal, call.method.as_str(), &call.target, &self.key);
            request = request.header(REQUEST_HEADER, signature.to_string());
        }
        request.send().await.map_err(|error| (failed(address, &error), error.is_connect()))
    }

    /// Where the server is and whom to trust from now on. The address of the enrolment stays the last resort.
    fn adopt(&self, signed: &SignedServer) -> Result<(), TransportError> {
        let (link, record) = (self.link(), signed.value());
        let cas = match &self.ca_file {
            None => link.cas.clone(),
            Some(file) => {
                let cas = cas_of(record)?;
                if cas != link.cas {
                    let pem = format!("{}{}", record.ca, record.next_ca.as_deref().unwrap_or_default());
                    certificate::write_file(file, pem.as_bytes())?;
                }
                cas
            }
        };
        self.relink(addresses_of(record, &link)?, cas, link.certificate.clone())?;
        self.remember(signed);
        Ok(())
    }

    fn remember(&self, record: &SignedServer) {
        *self.record.lock().unwrap_or_else(PoisonError::into_inner) = Some(record.digest());
    }

    fn show(&self, certificate: Certificate) -> Result<(), TransportError> {
        let link = self.link();
        self.relink(link.addresses().to_vec(), link.cas.clone(), Some(certificate))
    }

    fn relink(
        &self,
        addresses: Vec<Url>,
        cas: Vec<CertificateDer<'static>>,
        certificate: Option<Certificate>,
    ) -> Result<(), TransportError> {
        let made = make_link(addresses, cas, certificate, (&self.key, &self.time, &self.dates_wrong))?;
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(made);
        Ok(())
    }

    fn link(&self) -> Arc<Link> {
        Arc::clone(&self.link.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The server's list first, then what is known besides.
fn addresses_of(record: &ServerRecord, link: &Link) -> Result<Vec<Url>, TransportError> {
    let named = record.addresses.iter().map(|address| link::address(address.as_str()));
    let mut addresses = named.collect::<Result<Vec<_>, _>>()?;
    for known in link.addresses() {
        if !addresses.contains(known) {
            addresses.push(known.clone());
        }
    }
    Ok(addresses)
}

fn cas_of(record: &ServerRecord) -> Result<Vec<CertificateDer<'static>>, TransportError> {
    let mut cas = link::certificates(record.ca.as_bytes())?;
    if let Some(next) = &record.next_ca {
        cas.extend(link::certificates(next.as_bytes())?);
    }
    Ok(cas)
}

fn make_link(
    addresses: Vec<Url>,
    cas: Vec<CertificateDer<'static>>,
    certificate: Option<Certificate>,
    (key, time, dates_wrong): (&Arc<Ed25519KeyPair>, &Arc<TrustedTime>, &Arc<AtomicBool>),
) -> Result<Link, TransportError> {
    let wrong = |error: &dyn std::fmt::Display| TransportError::Configuration(format!("TLS cannot be set up: {error}"));
    let own = match &certificate {
        None => None,
        Some(certificate) => {
            let der = CertificateDer::from_pem_slice(certificate.pem.as_bytes()).map_err(|error| wrong(&error))?;
            Some((der, Arc::clone(key)))
        }
    };
    let parties = Parties { cas: cas.clone(), own };
    let config = tls::config(parties, Arc::clone(time), Arc::clone(dates_wrong)).map_err(|error| wrong(&error))?;
    Ok(Link::new(link::client(config)?, addresses, cas, certificate))
}

/// What a request's failure means.
pub(crate) fn failed(address: &Url, error: &reqwest::Error) -> TransportError {
    let why = innermost(error);
    let server = address.to_string();
    if why.contains("certificate") || why.contains("UnknownIssuer") {
        TransportError::WrongServer { server, why }
    } else {
        TransportError::Offline { server, why }
    }
}
