//! TLS towards the server: the pinned CA and no other, this terminal's certificate, and dates that may be wrong.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ring::signature::Ed25519KeyPair;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureAlgorithm, SignatureScheme,
};

use super::time::TrustedTime;

/// What a connection trusts and shows.
pub(crate) struct Parties {
    /// The server's CAs: the one now and the next.
    pub(crate) cas: Vec<CertificateDer<'static>>,
    /// This terminal's certificate, where it has one, and its key.
    pub(crate) own: Option<(CertificateDer<'static>, Arc<Ed25519KeyPair>)>,
}

/// The configuration of a client. `dates_wrong` is set when the server's certificate is right but for its dates.
pub(super) fn config(
    parties: Parties,
    time: Arc<TrustedTime>,
    dates_wrong: Arc<AtomicBool>,
) -> Result<ClientConfig, Error> {
    config_with(pinned(parties.cas, dates_wrong)?, parties.own, time)
}

/// The same with any verifier.
pub(crate) fn config_with(
    verifier: Arc<dyn ServerCertVerifier>,
    own: Option<(CertificateDer<'static>, Arc<Ed25519KeyPair>)>,
    time: Arc<TrustedTime>,
) -> Result<ClientConfig, Error> {
    let builder = ClientConfig::builder_with_details(provider(), time).with_safe_default_protocol_versions()?;
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    let mut config = match own {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let certified = CertifiedKey::new(vec![certificate], Arc::new(TerminalKey(key)));
            builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(certified)))
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Takes servers whose certificate these CAs signed, at any date.
pub(crate) fn pinned(
    cas: Vec<CertificateDer<'static>>,
    dates_wrong: Arc<AtomicBool>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let mut roots = RootCertStore::empty();
    for ca in cas {
        roots.add(ca)?;
    }
    let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
    let inner = inner.map_err(|error| Error::General(error.to_string()))?;
    Ok(Arc::new(AnyDate { inner, dates_wrong }))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Checks chain and name strictly and takes wrong dates for what they mostly are: a clock that is off, here or there. A person is
/// told; the server of the enrolment is still the only one that is spoken to.
#[derive(Debug)]
struct AnyDate {
    inner: Arc<WebPkiServerVerifier>,
    dates_wrong: Arc<AtomicBool>,
}

impl ServerCertVerifier for AnyDate {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let at = |time| self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, time);
        let first = at(now);
        let right_at = match &first {
            Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => Some(*not_after),
            Err(Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. })) => {
                Some(*not_before)
            }
            _ => None,
        };
        self.dates_wrong.store(right_at.is_some(), Ordering::Relaxed);
        right_at.map_or(first, at)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// The terminal's key as TLS uses it; its bytes stay where they are.
struct TerminalKey(Arc<Ed25519KeyPair>);

impl fmt::Debug for TerminalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TerminalKey(..)")
    }
}

impl SigningKey for TerminalKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&SignatureScheme::ED25519).then(|| Box::new(Self(Arc::clone(&self.0))) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ED25519
    }
}

impl Signer for TerminalKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}
