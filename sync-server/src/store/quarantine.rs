//! Evidence that could not be taken in: kept whole, the same bytes once, until a later version reads it or a person admits it.

use shared::chain::sha256;
use shared::ids::{EpochId, TerminalId};
use shared::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::entry::{self, EntryKind};
use super::{StoreError, from_i64, to_i64};

/// Bytes of evidence for each reason that anybody can give, at most: a stranger must not fill the disk.
const STRANGER_BYTES_MAX: i64 = 64 * 1024 * 1024;

/// Why bytes were not taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A whole batch that its terminal brought: its signature does not hold.
    Signature,
    /// A whole batch that anybody may have brought: its signature does not hold.
    Unproven,
    /// A whole batch of a terminal that was revoked.
    Revoked,
    /// A whole batch of a terminal that is not enrolled here.
    Stranger,
    /// A whole batch that was offered again after its epoch was closed.
    Disputed,
    /// One event that this version cannot read, and why not.
    Unreadable(String),
}

impl Reason {
    /// As it is stored and shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Signature => "signature does not hold",
            Self::Unproven => "signature does not hold, sender unknown",
            Self::Revoked => "terminal revoked",
            Self::Stranger => "terminal unknown",
            Self::Disputed => "disputed",
            Self::Unreadable(why) => why,
        }
    }

    /// Whether anybody can make the server keep evidence for this reason.
    const fn is_anybodys(&self) -> bool {
        matches!(self, Self::Stranger | Self::Unproven)
    }

    fn read(text: String) -> Self {
        let whole = [Self::Signature, Self::Unproven, Self::Revoked, Self::Stranger, Self::Disputed];
        whole.into_iter().find(|reason| reason.as_str() == text).unwrap_or(Self::Unreadable(text))
    }
}

/// Evidence: whose it claims to be, which event (none: a whole batch), why it was not taken in, and its bytes.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The terminal that it claims.
    pub terminal: TerminalId,
    /// The epoch that it claims.
    pub epoch: EpochId,
    /// The event's number, for a single event.
    pub seq: Option<u64>,
    /// Why it was not taken in.
    pub reason: &'a Reason,
    /// The bytes.
    pub body: &'a [u8],
}

/// A row of the quarantine.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its number.
    pub id: i64,
    /// The terminal that it claims.
    pub terminal: TerminalId,
    /// The epoch that it claims.
    pub epoch: EpochId,
    /// The event's number, for a single event.
    pub seq: Option<u64>,
    /// Why it was not taken in.
    pub reason: Reason,
    /// When it came.
    pub received_at: Timestamp,
    /// The bytes: a compressed batch as it came, or one body.
    pub body: Vec<u8>,
    /// How it was settled.
    pub settled: Option<String>,
}

/// Keeps evidence; the same bytes once, and of what anybody can bring only so much.
pub async fn keep(conn: &mut AnyConnection, evidence: &Evidence<'_>, received_at: Timestamp) -> Result<(), StoreError> {
    let digest = sha256(&[evidence.body]).as_bytes().to_vec();
    let held = sqlx::query("select 1 from quarantine where digest = $1").bind(&digest).fetch_optional(&mut *conn);
    if held.await?.is_some() || (evidence.reason.is_anybodys() && is_full(conn, evidence.reason).await?) {
        return Ok(());
    }
    let covered = entry::evidence_digest(evidence.reason.as_str(), received_at, evidence.body);
    let entry = entry::append(conn, EntryKind::Evidence, covered).await?;
    sqlx::query(
        "insert into quarantine (terminal, epoch, seq, reason, received_at, digest, body, entry) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(evidence.terminal.to_string())
    .bind(evidence.epoch.to_string())
    .bind(evidence.seq.map(to_i64))
    .bind(evidence.reason.as_str())
    .bind(received_at.as_ms())
    .bind(digest)
    .bind(evidence.body)
    .bind(to_i64(entry))
    .execute(conn)
    .await?;
    Ok(())
}

async fn is_full(conn: &mut AnyConnection, reason: &Reason) -> Result<bool, StoreError> {
    let sql = "select cast(coalesce(sum(length(body)), 0) as bigint) as bytes from quarantine where reason = $1";
    let row = sqlx::query(sql).bind(reason.as_str()).fetch_one(conn).await?;
    Ok(row.try_get::<i64, _>("bytes")? > STRANGER_BYTES_MAX)
}

/// Everything that nobody settled yet, oldest first; with `all` the settled as well.
pub async fn list(conn: &mut AnyConnection, all: bool) -> Result<Vec<Kept>, StoreError> {
    let sql = "select quarantine_id, terminal, epoch, seq, reason, received_at, body, settled from quarantine \
               where $1 or settled is null order by quarantine_id";
    sqlx::query(sql).bind(all).fetch_all(conn).await?.iter().map(read).collect()
}

/// One row.
pub async fn find(conn: &mut AnyConnection, id: i64) -> Result<Option<Kept>, StoreError> {
    let sql = "select quarantine_id, terminal, epoch, seq, reason, received_at, body, settled from quarantine \
               where quarantine_id = $1";
    sqlx::query(sql).bind(id).fetch_optional(conn).await?.map(|row| read(&row)).transpose()
}

/// Notes how evidence was settled, by whom and why.
pub async fn settle(
    conn: &mut AnyConnection,
    id: i64,
    how: &str,
    (by, why): (&str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "update quarantine set settled = $2, settled_by = $3, settled_why = $4, settled_at = $5 \
               where quarantine_id = $1";
    sqlx::query(sql).bind(id).bind(how).bind(by).bind(why).bind(now.as_ms()).execute(conn).await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<Kept, StoreError> {
    let damaged = |_| StoreError::Corrupt("a terminal or epoch in the quarantine is not a UUID");
    Ok(Kept {
        id: row.try_get("quarantine_id")?,
        terminal: row.try_get::<String, _>("terminal")?.parse().map_err(damaged)?,
        epoch: row.try_get::<String, _>("epoch")?.parse().map_err(damaged)?,
        seq: row.try_get::<Option<i64>, _>("seq")?.map(from_i64),
        reason: Reason::read(row.try_get("reason")?),
        received_at: Timestamp::from_ms(row.try_get("received_at")?),
        body: row.try_get("body")?,
        settled: row.try_get("settled")?,
    })
}
