//! Verdicts: what was judged last of each scope, and the manifests disclosed to consignees. Written only where they changed.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use shared::ids::BasisId;
use shared::mismatch::{Kind, Mismatch, Scope, State};
use shared::rules::arrivals;
use shared::time::Timestamp;
use shared::wire::{Manifest, Record, SiteMismatch};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::key::bounded;
use super::{StoreError, step, to_i64};

/// Kind, subject, scope.
pub type Key = (String, String, String);

/// What a mismatch's row is found by: kind, subject, scope; long texts shortened to what an index takes.
#[must_use]
pub fn key(mismatch: &Mismatch) -> Key {
    let bounded = |text: String| bounded(&text).into_owned();
    (mismatch.kind.to_string(), bounded(mismatch.subject.to_string()), bounded(mismatch.scope.to_string()))
}

/// Who judged: the rules, or what a delivery itself says of a terminal. Of one terminal both speak, and neither ends what the other
/// said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgedBy {
    /// The rules over all facts.
    Rules,
    /// `shared::rules::arrivals`.
    Arrivals,
}

impl JudgedBy {
    /// Whether a kind in this scope is this one's to say.
    fn says(self, kind: &str, scope: &str) -> bool {
        let of_arrival = kind.parse().is_ok_and(|kind: Kind| arrivals::KINDS.contains(&kind));
        !scope.starts_with("terminal ") || of_arrival == (self == Self::Arrivals)
    }
}

/// What stands under scopes, as one remembers it who hears of everything that changes it.
#[derive(Debug, Default)]
pub struct Standing(HashMap<Scope, BTreeMap<Key, (State, String)>>);

impl Standing {
    /// Forgets all other scopes.
    pub fn keep_only(&mut self, is_kept: impl Fn(&Scope) -> bool) {
        self.0.retain(|scope, _| is_kept(scope));
    }

    /// Forgets a scope under which nothing stands or stood. Answers whether it is one.
    pub fn forget_empty(&mut self, scope: &Scope) -> bool {
        let is_empty = self.0.get(scope).is_some_and(BTreeMap::is_empty);
        if is_empty {
            self.0.remove(scope);
        }
        is_empty
    }

    fn put(&mut self, scope: &Scope, key: &Key, stands: (State, String)) {
        if let Some(held) = self.0.get_mut(scope) {
            held.insert(key.clone(), stands);
        }
    }
}

/// Replaces the mismatches of the given scopes by what was judged now. Those that are gone are closed by late data; one that a
/// person resolved stays so until its evidence changes.
pub async fn replace(
    conn: &mut AnyConnection,
    scopes: &BTreeSet<Scope>,
    judged: (JudgedBy, &[Mismatch]),
    now: Timestamp,
    position: u64,
) -> Result<(), StoreError> {
    replace_known(conn, &mut Standing::default(), scopes, judged, (now, position)).await
}

/// The same by one who remembers what stands: scopes that were asked about before are not read again.
pub async fn replace_known(
    conn: &mut AnyConnection,
    standing: &mut Standing,
    scopes: &BTreeSet<Scope>,
    (by, judged): (JudgedBy, &[Mismatch]),
    (now, position): (Timestamp, u64),
) -> Result<(), StoreError> {
    let mut held = held(conn, standing, scopes).await?;
    held.retain(|(kind, _, scope), _| by.says(kind, scope));
    for mismatch in judged {
        let key = key(mismatch);
        let body = serde_json::to_string(mismatch)?;
        match held.remove(&key) {
            Some(Held { state: State::Resolved, body: old, .. })
                if same_evidence(&serde_json::from_str(&old)?, mismatch) => {}
            Some(Held { state: State::Resolved | State::Closed, .. }) => {
                put(conn, mismatch, &body, now, position).await?;
                standing.put(&mismatch.scope, &key, (mismatch.state, body));
                let (kind, subject, scope) = &key;
                step::add(conn, (kind, subject, scope), "", ("reopened", "", ""), (now, Some(position))).await?;
            }
            Some(Held { state, body: old, .. }) if old == body && state == mismatch.state => {}
            _ => {
                put(conn, mismatch, &body, now, position).await?;
                standing.put(&mismatch.scope, &key, (mismatch.state, body));
            }
        }
    }
    for (key, Held { scope, body, .. }) in held.into_iter().filter(|(_, held)| held.state.is_live()) {
        close(conn, &key, now, position).await?;
        standing.put(&scope, &key, (State::Closed, body));
    }
    Ok(())
}

/// Whether a person who settled the one has seen all that the other rests on. Time alone, which turns a provisional one confirmed, is
/// no evidence; a graver severity is.
fn same_evidence(settled: &Mismatch, now: &Mismatch) -> bool {
    settled.events == now.events
        && settled.codes == now.codes
        && settled.count == now.count
        && (now.severity <= settled.severity || settled.state != now.state)
}

/// What stands under these scopes, by key: what was not asked before is read.
async fn held(
    conn: &mut AnyConnection,
    standing: &mut Standing,
    scopes: &BTreeSet<Scope>,
) -> Result<BTreeMap<Key, Held>, StoreError> {
    let unknown: Vec<&Scope> = scopes.iter().filter(|scope| !standing.0.contains_key(*scope)).collect();
    if !unknown.is_empty() {
        let texts: Vec<String> = unknown.iter().map(|scope| bounded(&scope.to_string()).into_owned()).collect();
        let sql =
            "select kind, subject, scope, state, body from mismatch where scope in (select value from json_each($1))";
        let rows = sqlx::query(sql).bind(serde_json::to_string(&texts)?).fetch_all(conn).await?;
        let by_text: HashMap<&str, &Scope> = texts.iter().map(String::as_str).zip(unknown.iter().copied()).collect();
        standing.0.extend(unknown.iter().map(|scope| ((*scope).clone(), BTreeMap::new())));
        for row in &rows {
            let key: Key = (row.try_get("kind")?, row.try_get("subject")?, row.try_get("scope")?);
            let state = parse_state(&row.try_get::<String, _>("state")?)?;
            let scope = by_text.get(key.2.as_str()).ok_or(StoreError::Corrupt("a mismatch of another scope"))?;
            standing.put(scope, &key, (state, row.try_get("body")?));
        }
    }
    let mut held = BTreeMap::new();
    for (scope, stands) in scopes.iter().filter_map(|scope| Some((scope, standing.0.get(scope)?))) {
        let of_scope = stands.iter().map(|(key, (state, body))| {
            (key.clone(), Held { state: *state, scope: scope.clone(), body: body.clone() })
        });
        held.extend(of_scope);
    }
    Ok(held)
}

/// Everything live that is said under one scope, with when it was first raised.
pub async fn live_of(conn: &mut AnyConnection, scope: &Scope) -> Result<Vec<SiteMismatch>, StoreError> {
    let sql = "select state, raised_at, body from mismatch where scope = $1 and state in ('provisional', 'confirmed') \
               order by kind, subject";
    let rows = sqlx::query(sql).bind(bounded(&scope.to_string()).into_owned()).fetch_all(conn).await?;
    let read = |row: &AnyRow| -> Result<SiteMismatch, StoreError> {
        Ok(SiteMismatch {
            mismatch: serde_json::from_str(&row.try_get::<String, _>("body")?)?,
            state: parse_state(&row.try_get::<String, _>("state")?)?,
            raised_at: Timestamp::from_ms(row.try_get("raised_at")?),
        })
    };
    rows.iter().map(read).collect()
}

/// What stands under one key.
struct Held {
    state: State,
    scope: Scope,
    body: String,
}

/// Reads a state's word.
pub fn parse_state(text: &str) -> Result<State, StoreError> {
    Ok(serde_json::from_value(serde_json::Value::from(text))?)
}

async fn put(
    conn: &mut AnyConnection,
    mismatch: &Mismatch,
    body: &str,
    now: Timestamp,
    position: u64,
) -> Result<(), StoreError> {
    let (kind, subject, scope) = key(mismatch);
    sqlx::query(
        "insert into mismatch (kind, subject, scope, state, severity, basis, document, body, raised_at, changed_at, \
         due_at, position, opened_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $9) \
         on conflict (kind, subject, scope) do update set state = excluded.state, severity = excluded.severity, \
         basis = excluded.basis, document = excluded.document, body = excluded.body, changed_at = excluded.changed_at, \
         due_at = excluded.due_at, position = excluded.position, \
         opened_at = case when mismatch.state = excluded.state then mismatch.opened_at else excluded.opened_at end, \
         workflow = case when mismatch.state in ('closed', 'resolved') then 'open' else mismatch.workflow end, \
         respond_by = case when mismatch.state in ('closed', 'resolved') then null else mismatch.respond_by end, \
         resolved_reason = null, resolved_by = null, resolved_at = null",
    )
    .bind(kind)
    .bind(subject)
    .bind(scope)
    .bind(mismatch.state.as_str())
    .bind(mismatch.severity.as_str())
    .bind(mismatch.basis.as_ref().map(BasisId::as_str))
    .bind(mismatch.document.as_ref().map(shared::ids::DocumentId::as_str))
    .bind(body)
    .bind(now.as_ms())
    .bind(mismatch.due.map(Timestamp::as_ms))
    .bind(to_i64(position))
    .execute(conn)
    .await?;
    Ok(())
}

async fn close(conn: &mut AnyConnection, key: &Key, now: Timestamp, position: u64) -> Result<(), StoreError> {
    sqlx::query(
        "update mismatch set state = 'closed', due_at = null, changed_at = $4, position = $5 \
         where kind = $1 and subject = $2 and scope = $3",
    )
    .bind(&key.0)
    .bind(&key.1)
    .bind(&key.2)
    .bind(now.as_ms())
    .bind(to_i64(position))
    .execute(conn)
    .await?;
    Ok(())
}

/// Stores a manifest where it differs from the one held.
pub async fn put_manifest(conn: &mut AnyConnection, manifest: &Manifest, position: u64) -> Result<(), StoreError> {
    let key = Record::Manifest(manifest.clone()).key();
    sqlx::query(
        "insert into manifest (manifest_key, basis, body, position) values ($1, $2, $3, $4) \
         on conflict (manifest_key) do update set body = excluded.body, position = excluded.position \
         where manifest.body <> excluded.body",
    )
    .bind(key)
    .bind(manifest.basis.as_str())
    .bind(serde_json::to_string(manifest)?)
    .bind(to_i64(position))
    .execute(conn)
    .await?;
    Ok(())
}
