//! Who a terminal is: the CA and its certificates, invitations and approvals, renewal, and which terminal a request comes from
//! (`docs/identity.md`).

pub mod authority;
pub mod caller;
mod contacts;
mod credential;
pub mod enrolment;
pub mod http;
pub mod renewal;
pub mod tls;
mod tries;

use ring::rand::{SecureRandom, SystemRandom};
use shared::chain::PublicKey;
use shared::enrolment::Address;
use shared::wire::ServerRecord;

use crate::config::Config;
use crate::keys::{KeyError, ServerKeys};
use authority::Authority;
use contacts::Contacts;
use renewal::Nonces;
use tries::Tries;

pub use credential::Credential;

/// Everything about identities that one running server holds.
#[derive(Debug)]
pub struct Identity {
    /// The CA.
    pub authority: Authority,
    /// Days that a client certificate holds.
    pub certificate_days: u16,
    /// Where terminals reach this server, the best first; may be empty.
    pub addresses: Vec<Address>,
    /// The key of the acknowledgements.
    pub server_key: PublicKey,
    /// Whom sealed batches are for, where the server takes them.
    pub recipient: Option<String>,
    pub(crate) nonces: Nonces,
    pub(crate) tries: Tries,
    pub(crate) contacts: Contacts,
}

impl Identity {
    /// Around an opened CA. Nonces of before a start are void: whoever holds one asks for another.
    pub fn new(authority: Authority, keys: &ServerKeys, config: &Config) -> Result<Self, KeyError> {
        Ok(Self {
            authority,
            server_key: keys.server_key,
            recipient: Some(keys.sealed.recipient()),
            certificate_days: config.certificate_days.get(),
            addresses: config.addresses.clone(),
            nonces: Nonces::new(random()?),
            tries: Tries::default(),
            contacts: Contacts::default(),
        })
    }

    /// What terminals keep of this server.
    #[must_use]
    pub fn record(&self) -> ServerRecord {
        ServerRecord {
            addresses: self.addresses.clone(),
            ca: self.authority.ca_pem().to_owned(),
            next_ca: self.authority.next_ca_pem().map(str::to_owned),
        }
    }
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| KeyError::Random)?;
    Ok(bytes)
}
