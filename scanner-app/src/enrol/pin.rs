//! The first contact: the server's chain must hold the CA whose hash begins as the invitation says, and be signed by it.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use shared::chain::sha256;
use shared::enrolment::CaPin;

use crate::sync::transport::tls;

/// Takes one CA, told by 80 bits of its hash, and remembers it.
#[derive(Debug)]
pub(super) struct PinVerifier {
    pin: CaPin,
    seen: OnceLock<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl PinVerifier {
    pub(super) fn new(pin: CaPin) -> Self {
        let algorithms = ring::default_provider().signature_verification_algorithms;
        Self { pin, seen: OnceLock::new(), algorithms }
    }

    /// The CA, once a server proved to be of it.
    pub(super) fn seen(&self) -> Option<CertificateDer<'static>> {
        self.seen.get().cloned()
    }
}

impl ServerCertVerifier for PinVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let ca = intermediates.iter().find(|shown| self.pin.is_of(sha256(&[shown])));
        let ca = ca.ok_or(Error::InvalidCertificate(CertificateError::UnknownIssuer))?.clone().into_owned();
        // Dates are not judged here: before the first contact this device's idea of the time is worth nothing.
        let pinned = tls::pinned(vec![ca.clone()], Arc::new(AtomicBool::new(false)))?;
        let verified = pinned.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        // The same CA each time: the pin says so.
        let _ = self.seen.set(ca);
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
