//! Client certificates, and when terminals were last heard.

use std::collections::BTreeMap;

use shared::chain::{Hash, PublicKey};
use shared::ids::TerminalId;
use shared::time::Timestamp;
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::StoreError;

/// How long a certificate that is out of date is still known by its hash, so that its terminal is told to renew it.
const KEPT_MS: i64 = 400 * 24 * 3_600_000;

/// A certificate that was given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// SHA-256 of its DER.
    pub fingerprint: Hash,
    /// Whose it is.
    pub terminal: TerminalId,
    /// For which key.
    pub public_key: PublicKey,
    /// When it was given out.
    pub issued_at: Timestamp,
    /// From when on it is not taken.
    pub expires_at: Timestamp,
    /// The certificate itself.
    pub der: Vec<u8>,
}

/// Keeps a certificate; those of the same terminal that ran out long ago go.
pub async fn keep(conn: &mut AnyConnection, new: &ClientCertificate) -> Result<(), StoreError> {
    sqlx::query(
        "insert into certificate (fingerprint, terminal, public_key, issued_at, expires_at, der) \
         values ($1, $2, $3, $4, $5, $6) on conflict (fingerprint) do nothing",
    )
    .bind(new.fingerprint.as_bytes().to_vec())
    .bind(new.terminal.to_string())
    .bind(new.public_key.to_string())
    .bind(new.issued_at.as_ms())
    .bind(new.expires_at.as_ms())
    .bind(&new.der)
    .execute(&mut *conn)
    .await?;
    sqlx::query("delete from certificate where terminal = $1 and expires_at < $2")
        .bind(new.terminal.to_string())
        .bind(new.issued_at.plus_ms(-KEPT_MS).as_ms())
        .execute(conn)
        .await?;
    Ok(())
}

/// Whose certificate this is, and until when.
pub async fn find(conn: &mut AnyConnection, fingerprint: Hash) -> Result<Option<(TerminalId, Timestamp)>, StoreError> {
    let sql = "select terminal, expires_at from certificate where fingerprint = $1";
    let row = sqlx::query(sql).bind(fingerprint.as_bytes().to_vec()).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok(None) };
    let terminal: String = row.try_get("terminal")?;
    let terminal = terminal.parse().map_err(|_| StoreError::Corrupt("a terminal is not a UUID"))?;
    Ok(Some((terminal, Timestamp::from_ms(row.try_get("expires_at")?))))
}

/// Whose certificate this is, and whether it is for the key that this terminal has now: one that was enrolled again may have another.
pub async fn holder(conn: &mut AnyConnection, fingerprint: Hash) -> Result<Option<(TerminalId, bool)>, StoreError> {
    let sql = "select certificate.terminal, case when terminal.public_key = certificate.public_key then 1 else 0 end as is_current \
               from certificate left join terminal on terminal.terminal = certificate.terminal where fingerprint = $1";
    let row = sqlx::query(sql).bind(fingerprint.as_bytes().to_vec()).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok(None) };
    let terminal: String = row.try_get("terminal")?;
    let terminal = terminal.parse().map_err(|_| StoreError::Corrupt("a terminal is not a UUID"))?;
    Ok(Some((terminal, row.try_get::<i32, _>("is_current")? == 1)))
}

/// The newest certificate of a terminal's key.
pub async fn newest(
    conn: &mut AnyConnection,
    terminal: TerminalId,
    key: &PublicKey,
) -> Result<Option<ClientCertificate>, StoreError> {
    let sql = "select fingerprint, terminal, public_key, issued_at, expires_at, der from certificate \
               where terminal = $1 and public_key = $2 order by issued_at desc, expires_at desc limit 1";
    let row = sqlx::query(sql).bind(terminal.to_string()).bind(key.to_string()).fetch_optional(conn).await?;
    row.map(|row| read(&row)).transpose()
}

/// Whether a terminal was ever given a certificate: then its request signature alone is not enough any more.
pub async fn is_certified(conn: &mut AnyConnection, terminal: TerminalId) -> Result<bool, StoreError> {
    let sql = "select 1 from certificate where terminal = $1 limit 1";
    Ok(sqlx::query(sql).bind(terminal.to_string()).fetch_optional(conn).await?.is_some())
}

/// Until when each terminal's newest certificate holds.
pub async fn ends(conn: &mut AnyConnection) -> Result<BTreeMap<TerminalId, Timestamp>, StoreError> {
    times(conn, "select terminal, max(expires_at) as at from certificate group by terminal").await
}

/// When each terminal last asked for anything, to the minute.
pub async fn contacts(conn: &mut AnyConnection) -> Result<BTreeMap<TerminalId, Timestamp>, StoreError> {
    times(conn, "select terminal, at from terminal_contact").await
}

/// Notes that a terminal was heard.
pub async fn note_contact(conn: &mut AnyConnection, terminal: TerminalId, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "insert into terminal_contact (terminal, at) values ($1, $2) \
         on conflict (terminal) do update set at = excluded.at where terminal_contact.at < excluded.at",
    )
    .bind(terminal.to_string())
    .bind(at.as_ms())
    .execute(conn)
    .await?;
    Ok(())
}

async fn times(conn: &mut AnyConnection, sql: &'static str) -> Result<BTreeMap<TerminalId, Timestamp>, StoreError> {
    let rows = sqlx::query(sql).fetch_all(conn).await?;
    let time = |row: &AnyRow| -> Result<_, StoreError> {
        let terminal: String = row.try_get("terminal")?;
        let terminal = terminal.parse().map_err(|_| StoreError::Corrupt("a terminal is not a UUID"))?;
        Ok((terminal, Timestamp::from_ms(row.try_get("at")?)))
    };
    rows.iter().map(time).collect()
}

fn read(row: &AnyRow) -> Result<ClientCertificate, StoreError> {
    let (terminal, key): (String, String) = (row.try_get("terminal")?, row.try_get("public_key")?);
    let fingerprint: Vec<u8> = row.try_get("fingerprint")?;
    let damaged = |_| StoreError::Corrupt("a certificate's hash is not 32 bytes");
    Ok(ClientCertificate {
        fingerprint: Hash::new(fingerprint.try_into().map_err(damaged)?),
        terminal: terminal.parse().map_err(|_| StoreError::Corrupt("a terminal is not a UUID"))?,
        public_key: PublicKey::from_hex(&key).ok_or(StoreError::Corrupt("a key is not 64 hex digits"))?,
        issued_at: Timestamp::from_ms(row.try_get("issued_at")?),
        expires_at: Timestamp::from_ms(row.try_get("expires_at")?),
        der: row.try_get("der")?,
    })
}
