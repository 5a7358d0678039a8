//! Which terminal asks. Everything is read from the database on every request: a resumed TLS session or an open HTTP/2 connection
//! proves who somebody was, not that he still may.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use shared::chain::Hash;
use shared::ids::TerminalId;
use shared::wire::{ProblemCode, REQUEST_HEADER, RequestSignature};
use sqlx::AnyConnection;

use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::identity::Credential;
use crate::store::terminal::Terminal;
use crate::store::{self, StoreError};

/// SHA-256 of the client certificate that the connection showed; its chain was checked by TLS. Put into each request's extensions
/// by the listener, and by nothing that comes with the request.
#[derive(Clone, Copy, Debug)]
pub struct PeerCertificate(pub Option<Hash>);

/// The terminal that asks, in force now: by its certificate, or by its request signature while it never had a certificate.
/// Extracting it refuses everybody else, revoked terminals included.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Its row, read for this request.
    pub terminal: Terminal,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let mut conn = state.store.read().await?;
        let terminal = match shown(parts) {
            Some(fingerprint) => by_certificate(&mut conn, state, fingerprint).await?,
            None => by_signature(&mut conn, parts).await?,
        };
        drop(conn);
        if terminal.revoked_at.is_some() {
            return Err(ApiError::new(ProblemCode::Revoked, "this terminal was revoked; ask the supervisor".into()));
        }
        note_contact(state, terminal.terminal);
        Ok(Self { terminal })
    }
}

/// Where a carrier is only noted: nobody is refused for showing nothing, but a bad proof is still refused.
impl OptionalFromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Option<Self>, ApiError> {
        if shown(parts).is_none() && !parts.headers.contains_key(REQUEST_HEADER) {
            return Ok(None);
        }
        <Self as FromRequestParts<AppState>>::from_request_parts(parts, state).await.map(Some)
    }
}

/// What a request showed of its sender, whether or not it is out of date or its terminal revoked: for requests whose authority is a
/// signature inside them.
#[derive(Clone, Debug)]
pub struct Shown {
    certificate: Option<Hash>,
    signed: Option<Signed>,
}

/// A request with the signature that came in its header.
#[derive(Clone, Debug)]
struct Signed {
    method: String,
    target: String,
    signature: RequestSignature,
}

impl FromRequestParts<AppState> for Shown {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(Self { certificate: shown(parts), signed: signed(parts) })
    }
}

impl Shown {
    /// Refuses where the connection showed another terminal's certificate than the one that is spoken for. Answers whether it proved
    /// that terminal; what proves nobody is no reason to refuse here.
    pub async fn may_speak_for(self, state: &AppState, terminal: TerminalId) -> Result<Credential, ApiError> {
        let mut conn = state.store.read().await?;
        let is_own = match (self.certificate, self.signed) {
            (Some(fingerprint), _) => match store::certificate::holder(&mut conn, fingerprint).await? {
                Some((owner, _)) if owner != terminal => {
                    tracing::warn!(certificate = %owner, claimed = %terminal, "a terminal tried to speak for another");
                    let message =
                        format!("the connection is terminal {owner}'s; it cannot speak for terminal {terminal}");
                    return Err(ApiError::new(ProblemCode::WrongTerminal, message));
                }
                held => held.is_some_and(|(_, is_current)| is_current),
            },
            (None, Some(signed)) if signed.signature.terminal == terminal => signed.proves(&mut conn).await?,
            (None, _) => false,
        };
        Ok(if is_own { Credential::Own } else { Credential::Nothing })
    }
}

impl Signed {
    /// Whether its terminal made it, and may prove itself this way.
    async fn proves(&self, conn: &mut AnyConnection) -> Result<bool, StoreError> {
        let Some(terminal) = store::terminal::find(conn, self.signature.terminal).await? else { return Ok(false) };
        Ok(self.signature.verifies(&self.method, &self.target, &terminal.public_key)
            && !store::certificate::is_certified(conn, terminal.terminal).await?)
    }
}

fn signed(parts: &Parts) -> Option<Signed> {
    let header = parts.headers.get(REQUEST_HEADER)?.to_str().ok()?;
    Some(Signed { method: parts.method.to_string(), target: target(parts).to_owned(), signature: header.parse().ok()? })
}

fn target(parts: &Parts) -> &str {
    parts.uri.path_and_query().map_or("", |target| target.as_str())
}

fn shown(parts: &Parts) -> Option<Hash> {
    parts.extensions.get::<PeerCertificate>().and_then(|peer| peer.0)
}

async fn by_certificate(conn: &mut AnyConnection, state: &AppState, fingerprint: Hash) -> Result<Terminal, ApiError> {
    let Some((terminal, expires_at)) = store::certificate::find(conn, fingerprint).await? else {
        let message = "this certificate is not known here; renew it with POST /v1/renew, then ask again";
        return Err(ApiError::new(ProblemCode::CertificateRequired, message.to_owned()));
    };
    // First of all whether the terminal is there at all: a renewal would not help it.
    let terminal = enrolled(conn, terminal).await?;
    if expires_at <= state.clock.now() {
        let message = format!(
            "the certificate ran out at {}; renew it with POST /v1/renew, then ask again",
            expires_at.to_minute()
        );
        return Err(ApiError::new(ProblemCode::CertificateExpired, message));
    }
    Ok(terminal)
}

/// A bare signature is enough only for a terminal that never got a certificate: it was enrolled by key, before there were any.
async fn by_signature(conn: &mut AnyConnection, parts: &Parts) -> Result<Terminal, ApiError> {
    let unsigned =
        || ApiError::new(ProblemCode::BadSignature, format!("the header `{REQUEST_HEADER}` does not prove a terminal"));
    let Signed { method, target, signature } = signed(parts).ok_or_else(unsigned)?;
    let terminal = enrolled(conn, signature.terminal).await?;
    if !signature.verifies(&method, &target, &terminal.public_key) {
        return Err(unsigned());
    }
    if store::certificate::is_certified(conn, terminal.terminal).await? {
        let message = "this terminal holds a certificate: show it, or renew it with POST /v1/renew";
        return Err(ApiError::new(ProblemCode::CertificateRequired, message.to_owned()));
    }
    Ok(terminal)
}

async fn enrolled(conn: &mut AnyConnection, terminal: TerminalId) -> Result<Terminal, ApiError> {
    store::terminal::find(conn, terminal).await?.ok_or_else(|| {
        ApiError::new(ProblemCode::UnknownTerminal, "this terminal is not enrolled on this server".into())
    })
}

/// The answer does not wait for the note: a contact that is lost with a crash is made again within a minute.
fn note_contact(state: &AppState, terminal: TerminalId) {
    let now = state.clock.now();
    if !state.identity.contacts.is_due(terminal, now) {
        return;
    }
    let store = state.store.clone();
    tokio::spawn(async move {
        let written = async {
            let mut tx = store.write().await?;
            store::certificate::note_contact(&mut tx, terminal, now).await?;
            tx.commit().await.map_err(StoreError::from)
        };
        if let Err(error) = written.await {
            tracing::warn!(%terminal, %error, "a contact could not be noted");
        }
    });
}
