//! Sessions and tokens: secrets that only their holder has; the store keeps hashes.

use shared::chain::{Hash, sha256};
use shared::time::Timestamp;
use sqlx::AnyConnection;

use super::store::{self, Person};
use crate::store::{Store, StoreError};

/// A session ends so long after its last request.
pub const IDLE_MS: i64 = 30 * 60_000;

/// A session ends so long after the sign-in.
pub const LIFE_MS: i64 = 12 * 3_600_000;

/// How exactly the last request is kept.
const SEEN_MS: i64 = 60_000;

/// Before a token's hexadecimal digits, so that people and scanners for secrets know what they see.
pub const TOKEN_PREFIX: &str = "tallyman_";

/// What is stored of a session's secret.
#[must_use]
pub fn session_hash(secret: &[u8; 32]) -> Hash {
    sha256(&[b"tallyman/session/1", secret])
}

/// What is stored of a token's secret.
#[must_use]
pub fn token_hash(secret: &[u8; 32]) -> Hash {
    sha256(&[b"tallyman/token/1", secret])
}

/// What a session's forms carry: a page from elsewhere cannot know it.
#[must_use]
pub fn csrf(secret: &[u8; 32]) -> String {
    sha256(&[b"tallyman/csrf/1", secret]).to_string()
}

/// The person of a session that has not ended.
pub async fn by_secret(store: &Store, secret: &[u8; 32], now: Timestamp) -> Result<Option<Person>, StoreError> {
    let hash = session_hash(secret);
    let mut conn = store.read().await?;
    let Some((person, made_at, seen_at)) = store::session(&mut conn, hash).await? else { return Ok(None) };
    Ok(Some(person).filter(|person| is_open(made_at, seen_at, now) && person.disabled_at.is_none()))
}

/// The last request of a session is now.
pub async fn note_request(store: &Store, secret: &[u8; 32], now: Timestamp) -> Result<(), StoreError> {
    let hash = session_hash(secret);
    let Some((_, _, seen_at)) = store::session(&mut *store.read().await?, hash).await? else { return Ok(()) };
    if seen_at.plus_ms(SEEN_MS) <= now {
        let mut tx = store.write().await?;
        store::session_seen(&mut tx, hash, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Whether a session still holds.
#[must_use]
pub fn is_open(made_at: Timestamp, seen_at: Timestamp, now: Timestamp) -> bool {
    now < seen_at.plus_ms(IDLE_MS) && now < made_at.plus_ms(LIFE_MS)
}

/// The person of a token that holds.
pub async fn by_token(store: &Store, text: &str, now: Timestamp) -> Result<Option<Person>, StoreError> {
    let secret = text.strip_prefix(TOKEN_PREFIX).and_then(|digits| hex::decode(digits).ok());
    let Some(secret) = secret.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) else { return Ok(None) };
    let found = store::by_token(&mut *store.read().await?, token_hash(&secret), now).await?;
    Ok(found.filter(|person| person.disabled_at.is_none()))
}

/// Opens a session in place of the browser's old one. Those that have ended are cleared away.
pub async fn open(
    conn: &mut AnyConnection,
    person: &str,
    (secret, before): (&[u8; 32], Option<&[u8; 32]>),
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(before) = before {
        store::end_session(conn, session_hash(before)).await?;
    }
    store::clear_sessions(conn, now).await?;
    store::put_session(conn, session_hash(secret), person, now).await
}
