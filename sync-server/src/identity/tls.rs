//! TLS of the two listeners. The terminals' one takes a client certificate where one is shown and refuses those of foreign CAs; the
//! web's asks for none. Whether a certificate is out of date or its terminal revoked is no matter of TLS: a resumed session would
//! outlive the answer (`caller`).

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, ServerConfig, SignatureScheme,
};

use super::authority::Authority;
use crate::keys::KeyError;

/// The terminals' listener: a client certificate is optional.
pub fn terminal_config(authority: &Authority) -> Result<Arc<ServerConfig>, KeyError> {
    let mut roots = RootCertStore::empty();
    for ca in authority.trusted() {
        roots.add(ca.clone())?;
    }
    let inner = WebPkiClientVerifier::builder(Arc::new(roots)).allow_unauthenticated().build();
    let inner = inner.map_err(|error| KeyError::Tls(Error::General(error.to_string())))?;
    config(authority, Arc::new(AnyDate(inner)))
}

/// The web's listener: no client certificate.
pub fn web_config(authority: &Authority) -> Result<Arc<ServerConfig>, KeyError> {
    config(authority, WebPkiClientVerifier::no_client_auth())
}

fn config(authority: &Authority, clients: Arc<dyn ClientCertVerifier>) -> Result<Arc<ServerConfig>, KeyError> {
    // A second call in one process finds the provider installed: that is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (certificate, key) = authority.server_files();
    let damaged = |path: &Path| KeyError::Damaged(path.display().to_string());
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(&certificate).and_then(Iterator::collect).map_err(|_| damaged(&certificate))?;
    let private = PrivateKeyDer::from_pem_file(&key).map_err(|_| damaged(&key))?;
    let mut config = ServerConfig::builder().with_client_cert_verifier(clients).with_single_cert(chain, private)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Checks everything but the dates: a certificate that is out of date still tells whose it is, and its terminal must hear from the
/// route that it should renew it. TLS could only break the connection.
#[derive(Debug)]
struct AnyDate(Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for AnyDate {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn client_auth_mandatory(&self) -> bool {
        self.0.client_auth_mandatory()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let at = |time| self.0.verify_client_cert(end_entity, intermediates, time);
        match at(now) {
            Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => at(not_after),
            Err(Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. })) => at(not_before),
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
