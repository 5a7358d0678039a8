//! The log's rows.

use serde::Serialize;
use shared::chain::{Hash, sha256};
use shared::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use crate::people::{Actor, Scope};
use crate::store::identity::{self, IdentityAct};
use crate::store::{StoreError, from_i64, to_i64};

/// One act, as it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Gap-free from 1.
    pub audit_no: u64,
    /// When.
    pub at: Timestamp,
    /// The person's name.
    pub who: String,
    /// Its role then.
    pub role: String,
    /// Whose person.
    pub member: Option<String>,
    /// What was done, a word.
    pub act: String,
    /// On what.
    pub on_what: String,
    /// Why, or with what.
    pub why: String,
    /// From which address.
    pub from_where: String,
    /// The chain's value after it.
    pub hash: Hash,
}

impl Entry {
    /// The chain's value after this row, from the value before it. Every text is preceded by its length.
    #[must_use]
    pub fn hash_after(&self, before: Hash) -> Hash {
        let member = self.member.as_deref();
        let texts = [&self.who, &self.role, &self.act, &self.on_what, &self.why, &self.from_where];
        let mut bytes = Vec::new();
        bytes.extend(self.audit_no.to_be_bytes());
        bytes.extend(self.at.as_ms().to_be_bytes());
        bytes.push(u8::from(member.is_some()));
        for text in texts.into_iter().map(String::as_str).chain(member) {
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        sha256(&[b"tallyman/audit/1", before.as_bytes(), &bytes])
    }
}

/// Writes an act down, inside the transaction that does it. `why` may be empty.
pub async fn append(
    conn: &mut AnyConnection,
    actor: &Actor,
    (act, on_what, why): (&str, &str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    // Moving the head first locks it: acts at the same moment wait for each other.
    let sql = "update audit_head set entries = entries + 1 returning entries, hash";
    let row = sqlx::query(sql).fetch_one(&mut *conn).await?;
    let mut entry = Entry {
        audit_no: from_i64(row.try_get("entries")?),
        at: now,
        who: actor.name.clone(),
        role: actor.role_word().to_owned(),
        member: actor.member.as_ref().map(ToString::to_string),
        act: act.to_owned(),
        on_what: on_what.to_owned(),
        why: why.to_owned(),
        from_where: actor.from.clone(),
        hash: hash(&row)?,
    };
    entry.hash = entry.hash_after(entry.hash);
    sqlx::query("update audit_head set hash = $1").bind(entry.hash.as_bytes().to_vec()).execute(&mut *conn).await?;
    sqlx::query(
        "insert into audit (audit_no, at, who, role, member, act, on_what, why, from_where, hash) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(to_i64(entry.audit_no))
    .bind(entry.at.as_ms())
    .bind(&entry.who)
    .bind(&entry.role)
    .bind(&entry.member)
    .bind(&entry.act)
    .bind(&entry.on_what)
    .bind(&entry.why)
    .bind(&entry.from_where)
    .bind(entry.hash.as_bytes().to_vec())
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes an act on identities down: in their own list, and in the log.
pub async fn note_identity(
    conn: &mut AnyConnection,
    actor: &Actor,
    act: &IdentityAct<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    identity::note_act(conn, act, now).await?;
    let on_what = act.terminal.map_or_else(|| "identities".to_owned(), |terminal| format!("terminal {terminal}"));
    append(conn, actor, (act.act, &on_what, &act.detail), now).await
}

/// The newest acts before a number, newest first: all, or those of one member's people.
pub async fn before(
    conn: &mut AnyConnection,
    scope: &Scope,
    before: u64,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    const ALL: &str = "select audit_no, at, who, role, member, act, on_what, why, from_where, hash from audit \
                       where audit_no < $1 order by audit_no desc limit $2";
    const OWN: &str = "select audit_no, at, who, role, member, act, on_what, why, from_where, hash from audit \
                       where audit_no < $1 and member = $3 order by audit_no desc limit $2";
    let query = match scope {
        Scope::All => sqlx::query(ALL).bind(to_i64(before)).bind(to_i64(limit as u64)),
        Scope::Member(member) => sqlx::query(OWN).bind(to_i64(before)).bind(to_i64(limit as u64)).bind(member.as_str()),
    };
    query.fetch_all(conn).await?.iter().map(read).collect()
}

/// So many acts after a number, oldest first: for checking and export.
pub async fn after(conn: &mut AnyConnection, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
    let sql = "select audit_no, at, who, role, member, act, on_what, why, from_where, hash from audit \
               where audit_no > $1 order by audit_no limit $2";
    let rows = sqlx::query(sql).bind(to_i64(after)).bind(to_i64(limit as u64)).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// How many acts there are, and the chain's value after the last.
pub async fn head(conn: &mut AnyConnection) -> Result<(u64, Hash), StoreError> {
    let row = sqlx::query("select entries, hash from audit_head").fetch_one(conn).await?;
    Ok((from_i64(row.try_get("entries")?), hash(&row)?))
}

fn hash(row: &AnyRow) -> Result<Hash, StoreError> {
    let bytes: Vec<u8> = row.try_get("hash")?;
    Ok(Hash::new(bytes.try_into().map_err(|_| StoreError::Corrupt("a hash of the audit log is not 32 bytes"))?))
}

fn read(row: &AnyRow) -> Result<Entry, StoreError> {
    Ok(Entry {
        audit_no: from_i64(row.try_get("audit_no")?),
        at: Timestamp::from_ms(row.try_get("at")?),
        who: row.try_get("who")?,
        role: row.try_get("role")?,
        member: row.try_get("member")?,
        act: row.try_get("act")?,
        on_what: row.try_get("on_what")?,
        why: row.try_get("why")?,
        from_where: row.try_get("from_where")?,
        hash: hash(row)?,
    })
}
