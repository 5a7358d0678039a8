//! Acts on code packs, relabellings, and the account of a pack.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;
use shared::code::{CodeKey, PackageCode};
use shared::ids::{EventRef, MemberId, PackId};
use shared::reference::Pack;
use shared::time::Timestamp;
use shared::trail::{History, Index};
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::facts::Facts;
use super::{StoreError, from_i64, lookup, stored, to_i64, trail};
use crate::labels;

/// An act on a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackAct {
    /// When.
    pub at: Timestamp,
    /// applied, imported, issued, activated, lost, stolen, released, cancelled or associated.
    pub act: String,
    /// How many codes it concerns.
    pub codes: u64,
    /// Who did it.
    pub by: String,
    /// What is to be said of it.
    pub detail: String,
}

/// Where the codes of a pack are: each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// All of them.
    pub issued: u64,
    /// Moved, or put into or filled with others; of a lost pack, before the loss.
    pub used: u64,
    /// Ended in the registry.
    pub cancelled: u64,
    /// Not in use when the pack was reported lost.
    pub lost: u64,
    /// The rest.
    pub left: u64,
}

impl Account {
    /// Whether all codes of it were ended.
    #[must_use]
    pub const fn is_cancelled(&self) -> bool {
        self.issued > 0 && self.cancelled == self.issued
    }
}

/// Notes an act.
pub async fn note(conn: &mut AnyConnection, pack: &PackId, act: &PackAct) -> Result<(), StoreError> {
    let sql = "insert into pack_act (pack, act_no, at, act, codes, by_whom, detail) \
               select $1, coalesce(max(act_no), 0) + 1, $2, $3, $4, $5, $6 from pack_act where pack = $1";
    sqlx::query(sql)
        .bind(pack.as_str())
        .bind(act.at.as_ms())
        .bind(act.act.as_str())
        .bind(to_i64(act.codes))
        .bind(act.by.as_str())
        .bind(act.detail.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

/// The acts on a pack, the first first.
pub async fn acts(conn: &mut AnyConnection, pack: &PackId) -> Result<Vec<PackAct>, StoreError> {
    let sql = "select at, act, codes, by_whom, detail from pack_act where pack = $1 order by act_no";
    let rows = sqlx::query(sql).bind(pack.as_str()).fetch_all(conn).await?;
    let act = |row: &sqlx::any::AnyRow| -> Result<PackAct, StoreError> {
        Ok(PackAct {
            at: Timestamp::from_ms(row.try_get("at")?),
            act: row.try_get("act")?,
            codes: from_i64(row.try_get("codes")?),
            by: row.try_get("by_whom")?,
            detail: row.try_get("detail")?,
        })
    };
    rows.iter().map(act).collect()
}

/// What puts a code into use before a moment without a scan: it lies in a package, or packages in it.
const ASSOCIATED: &str = "(parent_key is not null and coalesce(associated_at, $3) < $2 \
     or exists (select 1 from code child where child.parent_key = code.code_key \
         and coalesce(child.associated_at, $3) < $2))";

/// A scan of a code, in its batch or as earlier versions kept it.
const SCANNED: &str = "(exists (select 1 from trail where trail.code_key = code.code_key) \
     or exists (select 1 from event where event.code_key = code.code_key and not exists ( \
         select 1 from event void where void.kind = 'void' and void.member = event.member \
         and void.about = event.terminal || '/' || event.epoch || '/' || cast(event.seq as text))))";

/// Counts the codes of a pack. A movement that was voided puts no code into use. Of a lost pack only use before the loss counts, as
/// the rules ask it (`frozen-code`): what is scanned or associated afterwards is lost all the same.
pub async fn account(conn: &mut AnyConnection, pack: &Pack) -> Result<Account, StoreError> {
    let lost_at = pack.loss.filter(|_| pack.is_lost()).map(|(_, at)| at);
    let in_use = if lost_at.is_some() { ASSOCIATED.to_owned() } else { format!("({ASSOCIATED} or {SCANNED})") };
    let sql = format!(
        "select count(*) as issued, \
         coalesce(cast(sum(case when cancelled_at is not null then 1 else 0 end) as bigint), 0) as cancelled, \
         coalesce(cast(sum(case when cancelled_at is null and {in_use} then 1 else 0 end) as bigint), 0) as used \
         from code where pack = $1"
    );
    let before_ms = lost_at.map_or(i64::MAX, Timestamp::as_ms);
    let query = sqlx::query(AssertSqlSafe(sql)).bind(pack.pack.as_str()).bind(before_ms);
    let row = query.bind(pack.issued_at.as_ms()).fetch_one(&mut *conn).await?;
    let count = |name: &str| -> Result<u64, StoreError> { Ok(from_i64(row.try_get(name)?)) };
    let (issued, cancelled, counted) = (count("issued")?, count("cancelled")?, count("used")?);
    let used = match lost_at {
        Some(lost_at) => counted + scanned_before(conn, pack, lost_at).await?,
        None => counted - taken_back(conn, &pack.pack).await?,
    };
    let rest = issued - cancelled - used;
    let (lost, left) = if lost_at.is_some() { (rest, 0) } else { (0, rest) };
    Ok(Account { issued, used, cancelled, lost, left })
}

/// Codes whose scans are read at once.
const SCANNED_AT_ONCE: usize = 1_000;

/// Codes of a pack that nothing but a scan put into use, and one that stands did so before a moment.
async fn scanned_before(conn: &mut AnyConnection, pack: &Pack, before: Timestamp) -> Result<u64, StoreError> {
    let sql = format!(
        "select code from code where pack = $1 and cancelled_at is null and not {ASSOCIATED} and {SCANNED} order by code_key"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(pack.pack.as_str()).bind(before.as_ms());
    let rows = query.bind(pack.issued_at.as_ms()).fetch_all(&mut *conn).await?;
    let parsed = |row: &sqlx::any::AnyRow| -> Result<PackageCode, StoreError> {
        let code: String = row.try_get("code")?;
        code.parse().map_err(|_| StoreError::Corrupt("a registered code is malformed"))
    };
    let codes = rows.iter().map(parsed).collect::<Result<Vec<_>, _>>()?;
    let (mut used, references) = (0, labels::references());
    for part in codes.chunks(SCANNED_AT_ONCE) {
        let mut facts = Facts::default();
        lookup::of_codes(conn, &part.iter().cloned().collect(), &mut facts).await?;
        lookup::about_found(conn, &mut facts).await?;
        let history = History { facts: facts.into_owned(), ..History::default() };
        let index = Index::new(&history, &references);
        let is_used = |code: &&PackageCode| {
            index.number(code).is_some_and(|number| index.own_scans(number).any(|scan| scan.at < before))
        };
        used += part.iter().filter(is_used).count() as u64;
    }
    Ok(used)
}

/// Where the codes of packs are at a glance: in one question for all, and voided scans count as use. Packs without a code are left out.
pub async fn glances(conn: &mut AnyConnection, packs: &[PackId]) -> Result<BTreeMap<PackId, Account>, StoreError> {
    let sql = "select pack, count(*) as issued, \
               coalesce(cast(sum(case when cancelled_at is not null then 1 else 0 end) as bigint), 0) as cancelled, \
               coalesce(cast(sum(case when cancelled_at is null and (parent_key is not null \
                   or exists (select 1 from code child where child.parent_key = code.code_key) \
                   or exists (select 1 from trail where trail.code_key = code.code_key) \
                   or exists (select 1 from event where event.code_key = code.code_key) \
               ) then 1 else 0 end) as bigint), 0) as used \
               from code where pack in (select value from json_each($1)) group by pack";
    let rows = sqlx::query(sql).bind(serde_json::to_string(packs)?).fetch_all(conn).await?;
    let glance = |row: &sqlx::any::AnyRow| -> Result<(PackId, Account), StoreError> {
        let count = |name: &str| -> Result<u64, StoreError> { Ok(from_i64(row.try_get(name)?)) };
        let (issued, cancelled, used) = (count("issued")?, count("cancelled")?, count("used")?);
        let account = Account { issued, used, cancelled, lost: 0, left: issued - cancelled - used };
        Ok((row.try_get::<String, _>("pack")?.into(), account))
    };
    rows.iter().map(glance).collect()
}

/// Codes of a pack that are in use by nothing but scans that were all voided.
async fn taken_back(conn: &mut AnyConnection, pack: &PackId) -> Result<u64, StoreError> {
    let voids = sqlx::query("select member, about from event where kind = 'void' and about is not null")
        .fetch_all(&mut *conn)
        .await?;
    if voids.is_empty() {
        return Ok(0);
    }
    let mut voided: HashSet<(MemberId, EventRef)> = HashSet::new();
    for row in &voids {
        let about: String = row.try_get("about")?;
        let about = about.parse().map_err(|_| StoreError::Corrupt("a void names no event"))?;
        voided.insert((row.try_get::<String, _>("member")?.into(), about));
    }
    let trails = trail::of_pack(conn, pack).await?;
    let entries: BTreeSet<u64> = trails.iter().flat_map(|(_, places)| places).map(|at| at.entry).collect();
    let logs = stored::logs(conn, &entries).await?;
    let is_voided = |at: &trail::Place| {
        let log = logs.get(&at.entry).and_then(|(first, member)| Some((member.clone()?, *first)));
        log.is_some_and(|(member, first)| {
            voided.contains(&(member, EventRef { seq: first.seq + u64::from(at.index), ..first }))
        })
    };
    let back = trails.iter().filter(|(_, places)| places.iter().all(is_voided));
    let back: Vec<String> = back.map(|(key, _)| hex::encode(key)).collect();
    let sql = "select count(*) as codes from code where code_key in (select unhex(value) from json_each($1)) \
               and cancelled_at is null and parent_key is null \
               and not exists (select 1 from code child where child.parent_key = code.code_key)";
    let row = sqlx::query(sql).bind(serde_json::to_string(&back)?).fetch_one(conn).await?;
    Ok(from_i64(row.try_get("codes")?))
}

/// A new code stands in the place of an old one.
pub async fn note_relabelling(
    conn: &mut AnyConnection,
    (old, new): (&PackageCode, &PackageCode),
    (by, why): (&str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into relabelling (old_key, old_code, new_code, at, by_whom, why) values ($1, $2, $3, $4, $5, $6)";
    sqlx::query(sql)
        .bind(CodeKey::of(old).as_bytes().to_vec())
        .bind(old.to_string())
        .bind(new.to_string())
        .bind(now.as_ms())
        .bind(by)
        .bind(why)
        .execute(conn)
        .await?;
    Ok(())
}

/// What took the place of a code.
pub async fn replaced_by(conn: &mut AnyConnection, old: &PackageCode) -> Result<Option<String>, StoreError> {
    let sql = "select new_code from relabelling where old_key = $1";
    let row = sqlx::query(sql).bind(CodeKey::of(old).as_bytes().to_vec()).fetch_optional(conn).await?;
    row.map(|row| Ok(row.try_get("new_code")?)).transpose()
}

/// Bodies of the newest stock counts, of one member or of all.
pub async fn stock_counts(
    conn: &mut AnyConnection,
    member: Option<&str>,
    at_most: i64,
) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let sql = "select member, body from event where kind = 'stock_count' and ($1 = '' or member = $1) \
               order by at desc, terminal, epoch, seq limit $2";
    let rows = sqlx::query(sql).bind(member.unwrap_or_default()).bind(at_most).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((row.try_get("member")?, row.try_get("body")?))).collect()
}
