//! Enrolled terminals.

use shared::chain::PublicKey;
use shared::ids::{MemberId, SiteId, TerminalId};
use shared::time::Timestamp;
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::StoreError;

/// An enrolled device.
#[derive(Clone, Debug)]
pub struct Terminal {
    /// Its identity.
    pub terminal: TerminalId,
    /// The key that its batches are signed with.
    pub public_key: PublicKey,
    /// Whose it is.
    pub member: MemberId,
    /// Where it works.
    pub site: SiteId,
    /// What people call it.
    pub name: String,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Time of the last event held of it.
    pub reached_at: Option<Timestamp>,
}

const COLUMNS: &str = "select terminal, public_key, member, site, name, revoked_at, reached_at from terminal";

/// The terminal of this identity.
pub async fn find(conn: &mut AnyConnection, terminal: TerminalId) -> Result<Option<Terminal>, StoreError> {
    const SQL: &str = "select terminal, public_key, member, site, name, revoked_at, reached_at from terminal \
                       where terminal = $1";
    sqlx::query(SQL).bind(terminal.to_string()).fetch_optional(conn).await?.map(|row| read(&row)).transpose()
}

/// All terminals, by name.
pub async fn list(conn: &mut AnyConnection) -> Result<Vec<Terminal>, StoreError> {
    let mut terminals: Vec<Terminal> =
        sqlx::query(COLUMNS).fetch_all(conn).await?.iter().map(read).collect::<Result<_, _>>()?;
    terminals.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(terminals)
}

/// Enrols a terminal, or changes its member, site, name or key.
pub async fn put(conn: &mut AnyConnection, terminal: &Terminal) -> Result<(), StoreError> {
    sqlx::query(
        "insert into terminal (terminal, public_key, member, site, name) values ($1, $2, $3, $4, $5) \
         on conflict (terminal) do update set public_key = excluded.public_key, member = excluded.member, \
         site = excluded.site, name = excluded.name",
    )
    .bind(terminal.terminal.to_string())
    .bind(terminal.public_key.to_string())
    .bind(terminal.member.as_str())
    .bind(terminal.site.as_str())
    .bind(&terminal.name)
    .execute(conn)
    .await?;
    Ok(())
}

/// Revokes a terminal from now on. Answers whether it was there.
pub async fn revoke(conn: &mut AnyConnection, terminal: TerminalId, now: Timestamp) -> Result<bool, StoreError> {
    let done = sqlx::query("update terminal set revoked_at = coalesce(revoked_at, $2) where terminal = $1")
        .bind(terminal.to_string())
        .bind(now.as_ms())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Lifts a revocation. Answers whether there was one.
pub async fn reinstate(conn: &mut AnyConnection, terminal: TerminalId) -> Result<bool, StoreError> {
    let done = sqlx::query("update terminal set revoked_at = null where terminal = $1 and revoked_at is not null")
        .bind(terminal.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

fn read(row: &AnyRow) -> Result<Terminal, StoreError> {
    let terminal: String = row.try_get("terminal")?;
    let key: String = row.try_get("public_key")?;
    let ms = |column| -> Result<Option<Timestamp>, sqlx::Error> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(Timestamp::from_ms))
    };
    Ok(Terminal {
        terminal: terminal.parse().map_err(|_| StoreError::Corrupt("a terminal is not a UUID"))?,
        public_key: PublicKey::from_hex(&key).ok_or(StoreError::Corrupt("a terminal's key is not 64 hex digits"))?,
        member: row.try_get::<String, _>("member")?.into(),
        site: row.try_get::<String, _>("site")?.into(),
        name: row.try_get("name")?,
        revoked_at: ms("revoked_at")?,
        reached_at: ms("reached_at")?,
    })
}
