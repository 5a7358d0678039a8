//! The CA: it signs the server's own certificate and those of terminals. Keys lie in the data folder (0600), ECDSA P-256, since
//! browsers refuse Ed25519.

mod files;
mod rotation;

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ED25519, PublicKeyData, SerialNumber, SignatureAlgorithm,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use shared::chain::{Hash, PublicKey, sha256};
use shared::enrolment::Certificate;
use shared::ids::TerminalId;
use shared::time::Timestamp;
use time::OffsetDateTime;

use super::random;
use crate::keys::KeyError;
use crate::store::certificate::ClientCertificate;
use files::{CA, CA_KEY, NEXT_CA, OLD_CAS, SERVER, SERVER_KEY, read, read_if_there};

pub use rotation::Adopted;

const DAY_MS: i64 = 24 * 3_600_000;

/// Days that the server's own certificate holds; a new one is made at a start once a third of them is left.
const SERVER_DAYS: i64 = 825;

/// The CA of one server, opened.
pub struct Authority {
    folder: PathBuf,
    ca_pem: String,
    ca_der: CertificateDer<'static>,
    key: KeyPair,
    old: Vec<CertificateDer<'static>>,
    next_pem: Option<String>,
}

impl Authority {
    /// Opens the CA in the data folder's `keys`; makes what is missing, and the server's certificate anew where its names changed or
    /// its end is near.
    pub fn open(data: &Path, names: &[String], now: Timestamp) -> Result<Self, KeyError> {
        let folder = files::folder(data)?;
        rotation::finish(&folder)?;
        if !folder.join(CA).exists() {
            let (key, pem) = make_ca()?;
            files::write_secret(&folder.join(CA_KEY), key.serialize_pem().as_bytes())?;
            // Written last: its presence says that both are there.
            files::write_public(&folder.join(CA), pem.as_bytes())?;
        }
        let ca_pem = read(&folder.join(CA))?;
        let damaged = |name: &str| KeyError::Damaged(folder.join(name).display().to_string());
        let ca_der = CertificateDer::from_pem_slice(ca_pem.as_bytes()).map_err(|_| damaged(CA))?;
        let key = KeyPair::from_pem(&read(&folder.join(CA_KEY))?).map_err(|_| damaged(CA_KEY))?;
        let old = match read_if_there(&folder.join(OLD_CAS))? {
            None => Vec::new(),
            Some(pem) => CertificateDer::pem_slice_iter(pem.as_bytes())
                .collect::<Result<Vec<_>, _>>()
                .map_err(|_| damaged(OLD_CAS))?,
        };
        let next_pem = read_if_there(&folder.join(NEXT_CA))?;
        let authority = Self { folder, ca_pem, ca_der, key, old, next_pem };
        authority.keep_server_certificate(names, now)?;
        Ok(authority)
    }

    /// The CA's certificate, PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The CA after this one, PEM, where one was made.
    #[must_use]
    pub fn next_ca_pem(&self) -> Option<&str> {
        self.next_pem.as_deref()
    }

    /// SHA-256 of the CA's certificate.
    #[must_use]
    pub fn ca_hash(&self) -> Hash {
        sha256(&[&self.ca_der])
    }

    /// CAs whose client certificates are taken: this one and those before it.
    pub fn trusted(&self) -> impl Iterator<Item = &CertificateDer<'static>> {
        std::iter::once(&self.ca_der).chain(&self.old)
    }

    /// The files of the server's certificate (with the CA, so that an enrolling terminal can compare its pin) and of its key.
    #[must_use]
    pub fn server_files(&self) -> (PathBuf, PathBuf) {
        (self.folder.join(SERVER), self.folder.join(SERVER_KEY))
    }

    /// Signs a client certificate for a terminal's key. It begins a day early, for clocks that are behind.
    pub fn certify(
        &self,
        terminal: TerminalId,
        public_key: &PublicKey,
        now: Timestamp,
        days: u16,
    ) -> Result<ClientCertificate, KeyError> {
        let expires_at = Timestamp::from_ms(now.as_ms().div_euclid(1_000) * 1_000).plus_ms(i64::from(days) * DAY_MS);
        let mut params = leaf(Vec::new(), &terminal.to_string(), (now.plus_ms(-DAY_MS), expires_at))?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(&TerminalKey(*public_key.as_bytes()), &self.issuer()?)?;
        let der = certificate.der().to_vec();
        Ok(ClientCertificate {
            fingerprint: sha256(&[&der]),
            terminal,
            public_key: *public_key,
            issued_at: now,
            expires_at,
            der,
        })
    }

    fn keep_server_certificate(&self, names: &[String], now: Timestamp) -> Result<(), KeyError> {
        let mut subjects = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        for name in names {
            if !subjects.contains(name) {
                subjects.push(name.clone());
            }
        }
        let wanted = files::Made { ca: self.ca_hash(), names: subjects, expires_at: now.plus_ms(SERVER_DAYS * DAY_MS) };
        if files::made(&self.folder)?.is_some_and(|made| made.will_do(&wanted, now, SERVER_DAYS * DAY_MS / 3)) {
            return Ok(());
        }
        let mut params = leaf(wanted.names.clone(), "Tallyman server", (now.plus_ms(-DAY_MS), wanted.expires_at))?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer()?)?;
        files::forget_made(&self.folder)?;
        files::write_secret(&self.folder.join(SERVER_KEY), key.serialize_pem().as_bytes())?;
        let chain = format!("{}{}", certificate.pem(), self.ca_pem);
        files::write_public(&self.folder.join(SERVER), chain.as_bytes())?;
        files::note_made(&self.folder, &wanted)
    }

    fn issuer(&self) -> Result<Issuer<'_, &KeyPair>, KeyError> {
        Ok(Issuer::new(ca_params()?, &self.key))
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// A certificate as its terminal keeps it: to be renewed once a third of its life is left.
#[must_use]
pub fn as_kept(held: &ClientCertificate) -> Certificate {
    let life_ms = held.expires_at.as_ms().saturating_sub(held.issued_at.as_ms());
    Certificate {
        pem: files::certificate_pem(&held.der),
        renew_from: held.expires_at.plus_ms(-life_ms / 3),
        expires_at: held.expires_at,
    }
}

fn make_ca() -> Result<(KeyPair, String), KeyError> {
    let key = KeyPair::generate()?;
    let mut params = ca_params()?;
    params.serial_number = Some(serial()?);
    let pem = params.self_signed(&key)?.pem();
    Ok((key, pem))
}

/// What each of our CAs says of itself. They share a name; key identifiers tell them apart. It holds for as long as there are dates,
/// so that no clock can make it void: what ends is the trust in it.
fn ca_params() -> Result<CertificateParams, KeyError> {
    let mut ca = CertificateParams::new(Vec::new())?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    ca.distinguished_name.push(DnType::CommonName, "Tallyman CA");
    Ok(ca)
}

fn leaf(
    names: Vec<String>,
    common_name: &str,
    (from, until): (Timestamp, Timestamp),
) -> Result<CertificateParams, KeyError> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, common_name);
    (params.not_before, params.not_after) = (date(from), date(until));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.serial_number = Some(serial()?);
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// 120 random bits: unlike the default, another one for each certificate of a key.
fn serial() -> Result<SerialNumber, KeyError> {
    Ok(SerialNumber::from_slice(&random::<15>()?))
}

fn date(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.as_ms().div_euclid(1_000)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// A terminal's key as a certificate holds it.
struct TerminalKey([u8; 32]);

impl PublicKeyData for TerminalKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ED25519
    }
}

#[cfg(test)]
mod tests;
