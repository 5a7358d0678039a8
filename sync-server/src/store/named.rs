//! What events name without scanning it: packages put into others, relabelled, checked or reported; packs put into use; who signed in
//! where on a day. A judgement finds by name what its codes and people rest on, whatever basis it was told under.

use std::collections::BTreeSet;

use shared::chain::sha256;
use shared::code::{CodeKey, PackageCode};
use shared::event::{Act, Event};
use shared::ids::{EventRef, OperatorId, PackId, TerminalId};
use shared::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::facts::Facts;
use super::reread::{Grown, Reread, RereadError};
use super::{StoreError, event, lookup, to_i64};
use crate::labels;

/// Kinds of events that name something: those of the index `event_naming`.
const NAMING: &str = "('associate', 'dissociate', 'case_checked', 'report', 'relabel', 'pack_activated', 'signed_in', 'signed_out', \
                      'operator_changed')";

/// Names that one statement takes, so that no statement has more values than a database allows.
const NAMES_AT_ONCE: usize = 500;

/// What an event may name.
#[derive(Clone, Copy, Debug)]
pub enum Name<'a> {
    /// A package.
    Package(&'a PackageCode),
    /// A code pack.
    Pack(&'a PackId),
    /// Who signed in or out on a day, by days since 1970 of the terminal's own clock.
    Operator(&'a OperatorId, i64),
    /// Where somebody signed in or out on a day.
    Terminal(TerminalId, i64),
}

impl Name<'_> {
    /// 16 bytes: a package's own key, else the beginning of a SHA-256.
    #[must_use]
    pub fn key(self) -> [u8; 16] {
        let of = |kind: &[u8], name: &[u8], day: i64| {
            let hash = sha256(&[b"tallyman/named/1/", kind, &day.to_be_bytes(), name]);
            let mut key = [0; 16];
            key.copy_from_slice(&hash.as_bytes()[..16]);
            key
        };
        match self {
            Self::Package(code) => *CodeKey::of(code).as_bytes(),
            Self::Pack(pack) => of(b"pack", pack.as_str().as_bytes(), 0),
            Self::Operator(operator, day) => of(b"operator", operator.as_str().as_bytes(), day),
            Self::Terminal(terminal, day) => of(b"terminal", terminal.to_string().as_bytes(), day),
        }
    }
}

/// Days since 1970.
#[must_use]
pub const fn day(at: Timestamp) -> i64 {
    at.as_ms().div_euclid(86_400_000)
}

/// What an event names, each key once.
pub(super) fn keys(event: &Event) -> BTreeSet<[u8; 16]> {
    keys_by(event, |text| labels::read(text).ok())
}

/// The same, where a label's text names the package that `read` says.
fn keys_by(event: &Event, read: impl Fn(&str) -> Option<PackageCode>) -> BTreeSet<[u8; 16]> {
    let packages = event.act.named_texts().into_iter().filter_map(read);
    let mut keys: BTreeSet<[u8; 16]> = packages.map(|code| Name::Package(&code).key()).collect();
    match &event.act {
        Act::PackActivated { pack } => drop(keys.insert(Name::Pack(pack).key())),
        Act::SignedIn | Act::SignedOut | Act::OperatorChanged => {
            keys.insert(Name::Terminal(event.terminal, day(event.at)).key());
            keys.extend(event.operator.iter().map(|operator| Name::Operator(operator, day(event.at)).key()));
        }
        _ => {}
    }
    keys
}

/// Follows events that were appended.
pub async fn follow<'e>(
    conn: &mut AnyConnection,
    events: impl IntoIterator<Item = &'e Event> + Send,
) -> Result<(), StoreError> {
    note(conn, events.into_iter().map(|event| (event, keys(event))).collect()).await
}

/// Names events by these keys.
async fn note(conn: &mut AnyConnection, named: Vec<(&Event, BTreeSet<[u8; 16]>)>) -> Result<(), StoreError> {
    for (event, keys) in named.into_iter().filter(|(_, keys)| !keys.is_empty()) {
        let keys: Vec<String> = keys.iter().map(hex::encode).collect();
        for part in keys.chunks(NAMES_AT_ONCE) {
            sqlx::query(
                "insert into named (name_key, terminal, epoch, seq) \
                 select unhex(value), $2, $3, $4 from json_each($1) where true on conflict do nothing",
            )
            .bind(serde_json::to_string(part)?)
            .bind(event.terminal.to_string())
            .bind(event.epoch.to_string())
            .bind(to_i64(event.seq))
            .execute(&mut *conn)
            .await?;
        }
    }
    Ok(())
}

/// The events that name any of these keys, a JSON list of hex: a row for each key and event.
pub(super) async fn rows(conn: &mut AnyConnection, keys: &str) -> Result<Vec<AnyRow>, StoreError> {
    let sql = "select named.name_key, event.terminal, event.epoch, event.seq, event.member, event.about, event.body from named \
               join event on event.terminal = named.terminal and event.epoch = named.epoch and event.seq = named.seq \
               where named.name_key in (select unhex(value) from json_each($1))";
    Ok(sqlx::query(sql).bind(keys).fetch_all(conn).await?)
}

/// Adds the events that name any of these to what was found. Answers which they are.
pub async fn of(
    conn: &mut AnyConnection,
    names: &BTreeSet<[u8; 16]>,
    facts: &mut Facts,
) -> Result<Vec<EventRef>, StoreError> {
    let unknown = facts.memory.of_name.unknown(names);
    if !unknown.is_empty() {
        let keys: Vec<String> = unknown.iter().map(hex::encode).collect();
        let rows = rows(conn, &serde_json::to_string(&keys)?).await?;
        let places = lookup::remember(conn, &rows, facts).await?;
        let mut answers = Vec::with_capacity(rows.len());
        for (row, place) in rows.iter().zip(places) {
            let key = <[u8; 16]>::try_from(row.try_get::<Vec<u8>, _>("name_key")?);
            answers.push((key.map_err(|_| StoreError::Corrupt("a name's key has not 16 bytes"))?, place));
        }
        facts.memory.of_name.learn(&unknown, answers);
    }
    let mut places = facts.memory.of_name.places(names);
    places.sort_unstable();
    places.dedup();
    facts.find(&places);
    Ok(places.into_iter().map(|place| facts.memory.fact(place).by).collect())
}

/// Names what an older program stored without naming it. Answers how many events that were.
pub async fn catch_up(conn: &mut AnyConnection) -> Result<usize, StoreError> {
    let sql = "select 1 as behind where not exists (select 1 from named) and exists (select 1 from event where kind in NAMING)";
    let behind = sqlx::query(sqlx::AssertSqlSafe(sql.replace("NAMING", NAMING))).fetch_optional(&mut *conn).await?;
    if behind.is_none() {
        return Ok(0);
    }
    let sql = "select epoch, about, body from event where kind in NAMING";
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql.replace("NAMING", NAMING))).fetch_all(&mut *conn).await?;
    let events = rows.iter().map(event::read).collect::<Result<Vec<_>, _>>()?;
    follow(conn, &events).await?;
    Ok(events.len())
}

/// Names events by packages whose texts were no codes before.
pub(super) async fn name_again(
    conn: &mut AnyConnection,
    grown: Grown<'_>,
    found: &mut Reread,
) -> Result<(), RereadError> {
    let sql = "select terminal, epoch, seq, about, body from event where kind in NAMING and (terminal, epoch, seq) > ($1, $2, $3) \
               order by terminal, epoch, seq limit $4";
    let sql = sql.replace("NAMING", NAMING);
    let mut after = event::START;
    loop {
        let events = event::page(conn, &sql, &mut after).await?;
        if events.is_empty() {
            return Ok(());
        }
        let mut anew = Vec::new();
        for event in &events {
            let before = found.texts;
            for text in event.act.named_texts() {
                if let Some(code) = grown.anew(text)? {
                    found.add(code);
                }
            }
            if found.texts > before {
                anew.push((event, keys_by(event, |text| grown.code(text))));
            }
        }
        note(conn, anew).await?;
    }
}
