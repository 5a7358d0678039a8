//! Events as facts: appended once, found by code, by basis and by the event they are about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use shared::code::CodeKey;
use shared::event::{Act, Event};
use shared::ids::{BasisId, EventRef, MemberId, PackId, TerminalId};
use shared::time::Timestamp;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, Row};

use super::trail::{self, Place};
use super::{StoreError, stored, to_i64};

/// Batches that are unfolded at once: each may take some megabytes.
pub(super) const UNFOLDED_AT_ONCE: usize = 16;

/// An event about to be appended.
#[derive(Debug)]
pub struct NewEvent<'a> {
    /// What its body says.
    pub event: &'a Event,
    /// The body's bytes, as hashed.
    pub body: &'a [u8],
    /// The chain's value after it.
    pub hash: shared::chain::Hash,
    /// Whose terminal made it.
    pub member: &'a MemberId,
}

/// Rows that one statement takes: a few sizes, so that few statements are prepared.
const ROWS: [usize; 4] = [256, 32, 4, 1];

/// The statement for each size. `SQLite` looks the name of each numbered place up among all of them: there they have no names.
static INSERTS: LazyLock<[[String; 4]; 2]> = LazyLock::new(|| {
    [ROWS.map(|rows| insert(rows, |_| "?".to_owned())), ROWS.map(|rows| insert(rows, |n| format!("${n}")))]
});

fn insert(rows: usize, place: impl Fn(usize) -> String) -> String {
    const COLUMNS: usize = 12;
    let row = |row: usize| {
        let places = (1..=COLUMNS).map(|column| place(row * COLUMNS + column));
        format!("({})", places.collect::<Vec<_>>().join(", "))
    };
    format!(
        "insert into event (terminal, epoch, seq, member, at, kind, basis, document, code_key, about, body, hash) values {}",
        (0..rows).map(row).collect::<Vec<_>>().join(", ")
    )
}

/// Appends events in their order. The caller has checked that their numbers are the next ones.
pub async fn append(conn: &mut AnyConnection, new: &[NewEvent<'_>]) -> Result<(), StoreError> {
    let [unnamed, numbered] = &*INSERTS;
    let statements = if super::is_sqlite(conn) { unnamed } else { numbered };
    let mut rest = new;
    while let Some(size) = ROWS.iter().position(|size| *size <= rest.len()) {
        let (part, after) = rest.split_at(ROWS[size]);
        let query = part.iter().fold(sqlx::query(statements[size].as_str()), bind);
        query.execute(&mut *conn).await?;
        rest = after;
    }
    super::open_task::follow(conn, new.iter().map(|new| new.event)).await?;
    super::named::follow(conn, new.iter().map(|new| new.event)).await
}

fn bind<'q>(query: Query<'q, Any, AnyArguments>, new: &NewEvent<'_>) -> Query<'q, Any, AnyArguments> {
    let event = new.event;
    let (basis, document) = event.act.reference().unzip();
    let code = super::labelled::scanned(&event.act);
    query
        .bind(event.terminal.to_string())
        .bind(event.epoch.to_string())
        .bind(to_i64(event.seq))
        .bind(new.member.to_string())
        .bind(event.at.as_ms())
        .bind(event.act.as_str())
        .bind(basis.map(ToString::to_string))
        .bind(document.map(ToString::to_string))
        .bind(code.map(|code| CodeKey::of(&code).as_bytes().to_vec()))
        .bind(about(&event.act, event.by()).map(|about| about.to_string()))
        .bind(new.body.to_vec())
        .bind(new.hash.as_bytes().to_vec())
}

/// Takes a body that could not be read out of its place, so that it can be appended again. Answers its hash and member.
pub async fn take_unread(
    conn: &mut AnyConnection,
    by: EventRef,
) -> Result<Option<(shared::chain::Hash, MemberId)>, StoreError> {
    let sql =
        "delete from event where terminal = $1 and epoch = $2 and seq = $3 and kind = 'unread' returning hash, member";
    let query = sqlx::query(sql).bind(by.terminal.to_string()).bind(by.epoch.to_string()).bind(to_i64(by.seq));
    let Some(row) = query.fetch_optional(conn).await? else { return Ok(None) };
    Ok(Some((super::entry::hash(row.try_get("hash")?)?, MemberId::from(row.try_get::<String, _>("member")?))))
}

/// Appends a body that could not be read: it keeps its place in the chain and says nothing to the rules.
pub async fn append_unread(
    conn: &mut AnyConnection,
    header: &shared::wire::BatchHeader,
    seq: u64,
    (body, hash): (&[u8], shared::chain::Hash),
    member: &MemberId,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into event (terminal, epoch, seq, member, at, kind, body, hash) \
         values ($1, $2, $3, $4, 0, 'unread', $5, $6)",
    )
    .bind(header.terminal.to_string())
    .bind(header.epoch.to_string())
    .bind(to_i64(seq))
    .bind(member.as_str())
    .bind(body)
    .bind(hash.as_bytes().to_vec())
    .execute(conn)
    .await?;
    Ok(())
}

/// The event that a void or a set-aside is about.
pub(super) const fn about(act: &Act, by: EventRef) -> Option<EventRef> {
    match act {
        Act::Void { voids, .. } => Some(*voids),
        Act::SetAside { scan_seq, .. } | Act::Released { scan_seq, .. } => Some(EventRef { seq: *scan_seq, ..by }),
        _ => None,
    }
}

/// The bytes of one event, where it is held.
pub async fn body(conn: &mut AnyConnection, by: EventRef) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "select body from event where terminal = $1 and epoch = $2 and seq = $3";
    let query = sqlx::query(sql).bind(by.terminal.to_string()).bind(by.epoch.to_string()).bind(to_i64(by.seq));
    if let Some(row) = query.fetch_optional(&mut *conn).await? {
        return Ok(Some(row.try_get("body")?));
    }
    Ok(stored::of_event(conn, by).await?.and_then(|stored| stored.body(by.seq).cloned()))
}

/// One event, where it is held and can be read.
pub async fn find(conn: &mut AnyConnection, by: EventRef) -> Result<Option<Event>, StoreError> {
    let sql = "select epoch, kind, about, body from event where terminal = $1 and epoch = $2 and seq = $3";
    let query = sqlx::query(sql).bind(by.terminal.to_string()).bind(by.epoch.to_string()).bind(to_i64(by.seq));
    if let Some(row) = query.fetch_optional(&mut *conn).await? {
        let is_unread = row.try_get::<String, _>("kind")? == "unread";
        return if is_unread { Ok(None) } else { read(&row).map(Some) };
    }
    let stored = stored::of_event(conn, by).await?.filter(|stored| !stored.apart.contains(&by.seq));
    let body = stored.and_then(|stored| stored.body(by.seq).cloned());
    Ok(body.map(|body| Event::from_body(&body)).transpose()?)
}

/// Bases under which codes of a pack were scanned.
pub async fn bases_of_pack(conn: &mut AnyConnection, pack: &PackId) -> Result<BTreeSet<BasisId>, StoreError> {
    let sql = "select distinct event.basis from event join code on code.code_key = event.code_key \
               where code.pack = $1 and event.basis is not null";
    let rows = sqlx::query(sql).bind(pack.as_str()).fetch_all(&mut *conn).await?;
    let mut bases = rows.iter().map(basis).collect::<Result<BTreeSet<_>, _>>()?;
    let trails = trail::of_pack(conn, pack).await?;
    let places: BTreeSet<Place> = trails.into_iter().flat_map(|(_, places)| places).collect();
    let entries: BTreeSet<u64> = places.iter().map(|at| at.entry).collect();
    for part in entries.into_iter().collect::<Vec<_>>().chunks(UNFOLDED_AT_ONCE) {
        for stored in stored::by_entries(conn, part).await? {
            for event in stored.scans() {
                let event = event?;
                let index = u16::try_from(event.seq - stored.first_seq).unwrap_or(u16::MAX);
                let basis = event.act.reference().map(|(basis, _)| basis);
                let is_of_pack = places.contains(&Place { entry: stored.entry, index });
                bases.extend(basis.filter(|_| is_of_pack).cloned());
            }
        }
    }
    Ok(bases)
}

/// Every basis that some event names, known or not.
pub async fn bases_worked_on(conn: &mut AnyConnection) -> Result<BTreeSet<BasisId>, StoreError> {
    let sql = "select distinct basis from event where basis is not null union select distinct basis from basis_batch";
    let rows = sqlx::query(sql).fetch_all(conn).await?;
    rows.iter().map(basis).collect()
}

fn basis(row: &AnyRow) -> Result<BasisId, StoreError> {
    Ok(BasisId::from(row.try_get::<String, _>("basis")?))
}

/// The event of a row. An admitted one stands in an epoch of its own, and so does what it is about.
pub(super) fn read(row: &AnyRow) -> Result<Event, StoreError> {
    let body: Vec<u8> = row.try_get("body")?;
    let mut event = Event::from_body(&body)?;
    let epoch: String = row.try_get("epoch")?;
    let epoch = epoch.parse().map_err(|_| StoreError::Corrupt("an epoch is not a UUID"))?;
    if event.epoch != epoch {
        event.epoch = epoch;
        if let Act::Void { voids, .. } = &mut event.act {
            let about: Option<String> = row.try_get("about")?;
            *voids = about.and_then(|about| about.parse().ok()).unwrap_or(*voids);
        }
    }
    Ok(event)
}

/// Where pages of events begin: before the first.
pub(super) const START: (String, String, u64) = (String::new(), String::new(), 0);

/// Events that a page holds.
const PAGE: i64 = 1_000;

/// The next events of a question that names, in this order, the place after which it goes on and how many it takes. They are none at the
/// end.
pub(super) async fn page(
    conn: &mut AnyConnection,
    sql: &str,
    after: &mut (String, String, u64),
) -> Result<Vec<Event>, StoreError> {
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(after.0.clone()).bind(after.1.clone());
    let rows = query.bind(to_i64(after.2)).bind(PAGE).fetch_all(conn).await?;
    if let Some(last) = rows.last() {
        *after = (last.try_get("terminal")?, last.try_get("epoch")?, super::from_i64(last.try_get("seq")?));
    }
    rows.iter().map(read).collect()
}

/// How far each terminal's log is held.
pub async fn reached(
    conn: &mut AnyConnection,
    terminals: &BTreeSet<TerminalId>,
) -> Result<BTreeMap<TerminalId, Timestamp>, StoreError> {
    if terminals.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = "select terminal, reached_at from terminal \
               where reached_at is not null and terminal in (select value from json_each($1))";
    let rows = sqlx::query(sql).bind(serde_json::to_string(terminals)?).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let terminal: String = row.try_get("terminal")?;
            let terminal = terminal.parse().map_err(|_| StoreError::Corrupt("a terminal is not a UUID"))?;
            Ok((terminal, Timestamp::from_ms(row.try_get("reached_at")?)))
        })
        .collect()
}

/// One line of the ledger's list.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Listed {
    /// Whose event.
    pub terminal: String,
    /// Of which epoch.
    pub epoch: String,
    /// Its number.
    pub seq: u64,
    /// What it says, in one word.
    pub kind: String,
}

/// Every event of the ledger, by terminal, epoch and number.
pub async fn list(conn: &mut AnyConnection) -> Result<Vec<Listed>, StoreError> {
    let rows = sqlx::query("select terminal, epoch, seq, kind from event").fetch_all(&mut *conn).await?;
    let listed = |row: &AnyRow| -> Result<Listed, StoreError> {
        let (terminal, epoch) = (row.try_get("terminal")?, row.try_get("epoch")?);
        Ok(Listed { terminal, epoch, seq: super::from_i64(row.try_get("seq")?), kind: row.try_get("kind")? })
    };
    let mut all = rows.iter().map(listed).collect::<Result<Vec<_>, _>>()?;
    let mut entry = 0;
    loop {
        let batches = stored::after(conn, entry, i64::try_from(UNFOLDED_AT_ONCE).unwrap_or(i64::MAX)).await?;
        let Some(last) = batches.last() else { break };
        entry = last.entry;
        for event in batches.iter().flat_map(stored::Stored::scans) {
            let event = event?;
            let (terminal, epoch) = (event.terminal.to_string(), event.epoch.to_string());
            all.push(Listed { terminal, epoch, seq: event.seq, kind: event.act.as_str().to_owned() });
        }
    }
    all.sort_unstable_by(|one, other| {
        (&one.terminal, &one.epoch, one.seq).cmp(&(&other.terminal, &other.epoch, other.seq))
    });
    Ok(all)
}
