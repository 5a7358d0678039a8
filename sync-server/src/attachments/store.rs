//! The rows of attachments and of those under way.

use std::collections::BTreeSet;

use shared::chain::{Hash, sha256};
use shared::event::Event;
use shared::ids::{BasisId, MemberId, TerminalId};
use shared::time::{HOUR_MS, Timestamp};
use shared::wire::{ATTACHMENT_BYTES_MAX, ATTACHMENT_CHUNK_BYTES_MAX, AttachmentState};
use sqlx::{AnyConnection, Row};

use super::{AttachmentError, PENDING_BYTES_MAX};
use crate::store::{StoreError, from_i64, to_i64};

/// An upload that nothing was added to for so long is given up when its terminal needs the room, in milliseconds.
const STALE_MS: i64 = 24 * HOUR_MS;

/// Who brings what.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The terminal that asks.
    pub terminal: TerminalId,
    /// Whose terminal.
    pub member: &'a MemberId,
}

/// One chunk of an attachment.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    /// The attachment's name.
    pub hash: Hash,
    /// Where it starts.
    pub offset: u64,
    /// Bytes of the whole attachment.
    pub length: u64,
    /// Its bytes.
    pub body: &'a [u8],
}

/// How much of an attachment is held.
pub async fn state(conn: &mut AnyConnection, owner: Owner<'_>, hash: Hash) -> Result<AttachmentState, StoreError> {
    let name = hash.as_bytes().to_vec();
    let sql = "select length(body) as length from attachment where member = $1 and sha256 = $2";
    let whole = sqlx::query(sql).bind(owner.member.as_str()).bind(&name).fetch_optional(&mut *conn).await?;
    if let Some(row) = whole {
        return Ok(AttachmentState { offset: from_i64(row.try_get("length")?), complete: true });
    }
    let sql = "select cast(coalesce(sum(length(body)), 0) as bigint) as held from upload_part where terminal = $1 and sha256 = $2";
    let row = sqlx::query(sql).bind(owner.terminal.to_string()).bind(&name).fetch_one(conn).await?;
    Ok(AttachmentState { offset: from_i64(row.try_get("held")?), complete: false })
}

/// Takes a chunk in, inside a transaction; with the last one the attachment is whole. A chunk that starts elsewhere than where the
/// held part ends changes nothing. A wrong hash throws the parts away: that must be committed as well.
pub async fn put(
    conn: &mut AnyConnection,
    owner: Owner<'_>,
    chunk: &Chunk<'_>,
    now: Timestamp,
) -> Result<AttachmentState, AttachmentError> {
    if chunk.length == 0 || chunk.length > ATTACHMENT_BYTES_MAX {
        return Err(AttachmentError::Length(chunk.length));
    }
    if chunk.body.len() > ATTACHMENT_CHUNK_BYTES_MAX {
        return Err(AttachmentError::Chunk);
    }
    let mut held = state(conn, owner, chunk.hash).await?;
    if held.complete {
        return Ok(held);
    }
    if started(conn, owner, chunk.hash).await? != Some(chunk.length) {
        forget(conn, owner.terminal, chunk.hash).await?;
        start(conn, owner, chunk, now).await?;
        held.offset = 0;
    }
    if chunk.offset != held.offset || chunk.body.is_empty() {
        return Ok(held);
    }
    let end = held.offset + chunk.body.len() as u64;
    if end > chunk.length {
        return Err(AttachmentError::Beyond);
    }
    sqlx::query("insert into upload_part (terminal, sha256, at, body) values ($1, $2, $3, $4)")
        .bind(owner.terminal.to_string())
        .bind(chunk.hash.as_bytes().to_vec())
        .bind(to_i64(chunk.offset))
        .bind(chunk.body)
        .execute(&mut *conn)
        .await
        .map_err(StoreError::from)?;
    if end == chunk.length {
        finish(conn, owner, chunk.hash, now).await?;
    }
    Ok(AttachmentState { offset: end, complete: end == chunk.length })
}

/// The length that an upload under way announced.
async fn started(conn: &mut AnyConnection, owner: Owner<'_>, hash: Hash) -> Result<Option<u64>, StoreError> {
    let sql = "select length from upload where terminal = $1 and sha256 = $2";
    let query = sqlx::query(sql).bind(owner.terminal.to_string()).bind(hash.as_bytes().to_vec());
    Ok(query.fetch_optional(conn).await?.map(|row| row.try_get("length")).transpose()?.map(from_i64))
}

async fn start(
    conn: &mut AnyConnection,
    owner: Owner<'_>,
    chunk: &Chunk<'_>,
    now: Timestamp,
) -> Result<(), AttachmentError> {
    if !is_named(conn, owner.member, chunk.hash).await? && !has_room(conn, owner, chunk.length, now).await? {
        return Err(AttachmentError::Quota);
    }
    sqlx::query("insert into upload (terminal, sha256, length, started_at) values ($1, $2, $3, $4)")
        .bind(owner.terminal.to_string())
        .bind(chunk.hash.as_bytes().to_vec())
        .bind(to_i64(chunk.length))
        .bind(now.as_ms())
        .execute(conn)
        .await
        .map_err(StoreError::from)?;
    Ok(())
}

/// The last chunk is there: the whole is checked by its name and kept.
async fn finish(conn: &mut AnyConnection, owner: Owner<'_>, hash: Hash, now: Timestamp) -> Result<(), AttachmentError> {
    let sql = "select body from upload_part where terminal = $1 and sha256 = $2 order by at";
    let query = sqlx::query(sql).bind(owner.terminal.to_string()).bind(hash.as_bytes().to_vec());
    let rows = query.fetch_all(&mut *conn).await.map_err(StoreError::from)?;
    let parts: Vec<Vec<u8>> =
        rows.iter().map(|row| row.try_get("body")).collect::<Result<_, _>>().map_err(StoreError::from)?;
    let body = parts.concat();
    forget(conn, owner.terminal, hash).await?;
    let found = sha256(&[&body]);
    if found != hash {
        return Err(AttachmentError::Mismatch { found });
    }
    let named = is_named(conn, owner.member, hash).await?;
    sqlx::query(
        "insert into attachment (member, sha256, terminal, received_at, named, body) values ($1, $2, $3, $4, $5, $6) \
         on conflict (member, sha256) do nothing",
    )
    .bind(owner.member.as_str())
    .bind(hash.as_bytes().to_vec())
    .bind(owner.terminal.to_string())
    .bind(now.as_ms())
    .bind(i64::from(named))
    .bind(body)
    .execute(conn)
    .await
    .map_err(StoreError::from)?;
    Ok(())
}

async fn forget(conn: &mut AnyConnection, terminal: TerminalId, hash: Hash) -> Result<(), StoreError> {
    for sql in [
        "delete from upload_part where terminal = $1 and sha256 = $2",
        "delete from upload where terminal = $1 and sha256 = $2",
    ] {
        sqlx::query(sql).bind(terminal.to_string()).bind(hash.as_bytes().to_vec()).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Whether a stored event of the member names it.
async fn is_named(conn: &mut AnyConnection, member: &MemberId, hash: Hash) -> Result<bool, StoreError> {
    // Each kind has an index of its own.
    for sql in [
        "select 1 as named from event where kind = 'report' and member = $1 and instr(body, $2) > 0 limit 1",
        "select 1 as named from event where kind = 'papers_checked' and member = $1 and instr(body, $2) > 0 limit 1",
    ] {
        let query = sqlx::query(sql).bind(member.as_str()).bind(hash.to_string().into_bytes());
        if query.fetch_optional(&mut *conn).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a terminal may bring so many more bytes that no event names yet.
async fn has_room(conn: &mut AnyConnection, owner: Owner<'_>, length: u64, now: Timestamp) -> Result<bool, StoreError> {
    if pending(conn, owner).await? + length <= PENDING_BYTES_MAX {
        return Ok(true);
    }
    // What lay still for long is given up, and what an event names by now does not count any more.
    let stale = now.as_ms().saturating_sub(STALE_MS);
    for sql in [
        "delete from upload_part where terminal = $1 and sha256 in (select sha256 from upload where terminal = $1 and started_at < $2)",
        "delete from upload where terminal = $1 and started_at < $2",
    ] {
        sqlx::query(sql).bind(owner.terminal.to_string()).bind(stale).execute(&mut *conn).await?;
    }
    note_named(conn, owner.terminal).await?;
    Ok(pending(conn, owner).await? + length <= PENDING_BYTES_MAX)
}

/// Notes which of a terminal's whole attachments an event names by now.
async fn note_named(conn: &mut AnyConnection, terminal: TerminalId) -> Result<(), StoreError> {
    let sql = "select member, sha256 from attachment where terminal = $1 and named = 0";
    for row in sqlx::query(sql).bind(terminal.to_string()).fetch_all(&mut *conn).await? {
        let member = MemberId::from(row.try_get::<String, _>("member")?);
        let hash = crate::store::entry::hash(row.try_get("sha256")?)?;
        if is_named(conn, &member, hash).await? {
            let sql = "update attachment set named = 1 where member = $1 and sha256 = $2";
            let query = sqlx::query(sql).bind(member.as_str()).bind(hash.as_bytes().to_vec());
            query.execute(&mut *conn).await?;
        }
    }
    Ok(())
}

async fn pending(conn: &mut AnyConnection, owner: Owner<'_>) -> Result<u64, StoreError> {
    let sql = "select cast((select coalesce(sum(length), 0) from upload where terminal = $1) + (select coalesce(sum(length(body)), 0) \
               from attachment where member = $2 and terminal = $1 and named = 0) as bigint) as bytes";
    let query = sqlx::query(sql).bind(owner.terminal.to_string()).bind(owner.member.as_str());
    let row = query.fetch_one(conn).await?;
    Ok(from_i64(row.try_get("bytes")?))
}

/// The bytes of a whole attachment, whoever brought it; none = it is still on its way.
pub async fn find(conn: &mut AnyConnection, hash: Hash) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "select body from attachment where sha256 = $1 limit 1";
    let row = sqlx::query(sql).bind(hash.as_bytes().to_vec()).fetch_optional(conn).await?;
    Ok(row.map(|row| row.try_get("body")).transpose()?)
}

/// Whether an attachment is held whole.
pub async fn is_held(conn: &mut AnyConnection, hash: Hash) -> Result<bool, StoreError> {
    let sql = "select 1 as held from attachment where sha256 = $1 limit 1";
    Ok(sqlx::query(sql).bind(hash.as_bytes().to_vec()).fetch_optional(conn).await?.is_some())
}

/// Whether a member brought this attachment.
pub async fn is_of(conn: &mut AnyConnection, member: &MemberId, hash: Hash) -> Result<bool, StoreError> {
    let sql = "select count(*) as held from attachment where member = $1 and sha256 = $2";
    let row = sqlx::query(sql).bind(member.as_str()).bind(hash.as_bytes().to_vec()).fetch_one(conn).await?;
    Ok(row.try_get::<i64, _>("held")? != 0)
}

/// The reports and checked papers under these bases: they alone name photos.
pub async fn reports_under(conn: &mut AnyConnection, bases: &BTreeSet<BasisId>) -> Result<Vec<Event>, StoreError> {
    let sql = "select body from event where kind in ('report', 'papers_checked') and basis in (select value from json_each($1))";
    let rows = sqlx::query(sql).bind(serde_json::to_string(bases)?).fetch_all(conn).await?;
    rows.iter().map(|row| Ok(Event::from_body(&row.try_get::<Vec<u8>, _>("body")?)?)).collect()
}
