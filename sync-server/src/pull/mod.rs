//! What a site needs to work alone, page by page.

pub mod http;
mod look_up;
mod resume;
mod visible;

use std::collections::BTreeSet;

use shared::code::CodeKey;
use shared::ids::{MemberId, PackId};
use shared::reference::References;
use shared::time::Timestamp;
use shared::wire::{Change, ChangesPage, Manifest, Record, SiteMismatch};
use sqlx::{AnyConnection, Row, any::AnyRow};
use uuid::Uuid;

use crate::store::reference::SharedReferences;
use crate::store::{self, StoreError};
pub use resume::Resume;
use visible::Visible;

/// Records in one page, about: a page ends where a position ends, or within one behind a code that it names ([`Resume`]), so that no
/// cursor can skip a record.
pub const PAGE_RECORDS: usize = 1_000;

/// Where a page starts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Start {
    /// The ledger that the rest belongs to; an unknown one starts from 0.
    pub ledger: Option<Uuid>,
    /// Everything up to this position was delivered.
    pub since: u64,
    /// Further progress within a position.
    pub resume: Option<Resume>,
    /// Whether who asks understands a position in pieces.
    pub in_pieces: bool,
    /// Whether who asks wants to know how many records are left.
    pub counts: bool,
}

/// The changes after `start` that a member may see, in a reading transaction. References are read as far as they are not known.
pub async fn changes(
    conn: &mut AnyConnection,
    references: &SharedReferences,
    member: &MemberId,
    start: Start,
    now: Timestamp,
) -> Result<ChangesPage, StoreError> {
    let ledger_id = store::ledger_id(conn).await?;
    let start = if start.ledger == Some(ledger_id) { start } else { Start { since: 0, resume: None, ..start } };
    let newest = store::position(conn).await?;
    let visible = Visible::of(store::reference::as_of(conn, references, newest).await?, member);
    let lower = start.resume.map_or(start.since, |resume| resume.position);
    let mut changes = changed(conn, &visible, lower).await?;
    let (mut codes, piece) = codes(conn, &visible, &start).await?;
    let mut left = 0;
    if let Some(border) = piece {
        let (now, later): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| change.position <= border.position);
        changes = now;
        if start.counts {
            left = later.iter().filter(|change| visible.may_see(&change.record)).count() as u64;
            left += codes_left(conn, &visible, &start).await?.saturating_sub(codes.len() as u64);
        }
    }
    let held = held_packs(conn, &visible, &changes).await?;
    changes.retain(|change| match &change.record {
        Record::Pack(pack) if held.contains(&pack.pack) => true,
        record => visible.may_see(record),
    });
    disclose_sent(conn, &visible, &mut changes).await?;
    changes.append(&mut codes);
    changes.sort_by_key(|change| change.position);
    let restored = store::entry::restores(conn).await?;
    let (mut cursor, mut more) = (newest, false);
    if let Some(border) = piece {
        (cursor, more) = (start.since.max(border.position - 1), true);
    } else if changes.len() > PAGE_RECORDS {
        cursor = changes[PAGE_RECORDS - 1].position;
        more = changes.last().is_some_and(|last| last.position > cursor);
        let whole = changes.len();
        changes.retain(|change| change.position <= cursor);
        left = (whole - changes.len()) as u64;
    }
    if !more {
        cursor = newest;
    }
    let resume = piece.map(|border| border.to_string());
    let left = (start.counts && more).then_some(left);
    Ok(ChangesPage { ledger_id, cursor, resume, more, left, as_of: now, changes, restored })
}

/// Codes after `start`; where they are too many for a page, the first of them and the border behind them. A pack of a million codes
/// must not become one answer.
async fn codes(
    conn: &mut AnyConnection,
    visible: &Visible,
    start: &Start,
) -> Result<(Vec<Change>, Option<Resume>), StoreError> {
    let packs = visible.packs();
    let found = if start.in_pieces {
        let after = start.resume.unwrap_or(Resume::end_of(start.since));
        store::code::changed_after(conn, packs, (after.position, &after.key), PAGE_RECORDS + 1).await?
    } else {
        store::code::changed(conn, packs, start.since).await?
    };
    let mut changes: Vec<Change> = found
        .into_iter()
        .map(|(position, record)| Change { position: store::from_i64(position), record: Record::Code(record) })
        .collect();
    let mut border = None;
    if start.in_pieces && changes.len() > PAGE_RECORDS {
        changes.truncate(PAGE_RECORDS);
        border = changes.last().and_then(|last| match &last.record {
            Record::Code(code) => Some(Resume { position: last.position, key: *CodeKey::of(&code.code).as_bytes() }),
            _ => None,
        });
    }
    Ok((changes, border))
}

/// How many codes there are after `start`.
async fn codes_left(conn: &mut AnyConnection, visible: &Visible, start: &Start) -> Result<u64, StoreError> {
    let after = start.resume.unwrap_or(Resume::end_of(start.since));
    store::code::count_after(conn, visible.packs(), (after.position, &after.key)).await
}

/// What changed of the member's trade but codes after a position. What lies under others' bases stays in the database: on a busy
/// server that is nearly all.
async fn changed(conn: &mut AnyConnection, visible: &Visible, since: u64) -> Result<Vec<Change>, StoreError> {
    let since = i64::try_from(since).unwrap_or(i64::MAX);
    let mut changes = Vec::new();
    let sql = "select body, position from reference where position > $1";
    for row in sqlx::query(sql).bind(since).fetch_all(&mut *conn).await? {
        changes.push(change(&row, serde_json::from_str(&row.try_get::<String, _>("body")?)?)?);
    }
    for row in of_bases(conn, visible, MISMATCHES, since).await? {
        let found = SiteMismatch {
            mismatch: serde_json::from_str(&row.try_get::<String, _>("body")?)?,
            state: store::verdict::parse_state(&row.try_get::<String, _>("state")?)?,
            raised_at: Timestamp::from_ms(row.try_get("raised_at")?),
        };
        changes.push(change(&row, Record::Mismatch(found))?);
    }
    for row in of_bases(conn, visible, MANIFESTS, since).await? {
        let manifest = Record::Manifest(serde_json::from_str(&row.try_get::<String, _>("body")?)?);
        changes.push(change(&row, manifest)?);
    }
    Ok(changes)
}

/// Of the changed packs that are not of the member's own contracts: those of which it was sent a package. A retailer must learn
/// that a pack it holds goods of was reported stolen, or found again.
async fn held_packs(
    conn: &mut AnyConnection,
    visible: &Visible,
    changes: &[Change],
) -> Result<BTreeSet<PackId>, StoreError> {
    let foreign =
        |change: &Change| matches!(&change.record, Record::Pack(pack) if !visible.packs().contains(&pack.pack));
    if !changes.iter().any(foreign) {
        return Ok(BTreeSet::new());
    }
    let mut sent = BTreeSet::new();
    for row in of_bases(conn, visible, MANIFESTS, 0).await? {
        let manifest: Manifest = serde_json::from_str(&row.try_get::<String, _>("body")?)?;
        if visible.may_see(&Record::Manifest(manifest.clone())) {
            sent.extend(manifest.sent.into_iter().map(|(code, _, _)| code));
        }
    }
    let mut known = References::default();
    store::code::load_families(conn, &sent, &mut known).await?;
    Ok(known.codes.into_values().map(|record| record.pack).collect())
}

/// A consignee without the pack (a retailer) learns of each package sent to it: its record, its family's and their packs. They
/// travel at the manifest's position, since they may be older than the consignee's cursor.
async fn disclose_sent(
    conn: &mut AnyConnection,
    visible: &Visible,
    changes: &mut Vec<Change>,
) -> Result<(), StoreError> {
    let mut disclosed = Vec::new();
    for Change { position, record } in changes.iter() {
        let Record::Manifest(manifest) = record else { continue };
        let sent = manifest.sent.iter().map(|(code, _, _)| code.clone()).collect();
        let mut known = References::default();
        store::code::load_families(conn, &sent, &mut known).await?;
        let strange = known.codes.into_values().filter(|record| !visible.packs().contains(&record.pack));
        let mut strange: Vec<_> = strange.collect();
        strange.sort_by(|one, other| one.code.cmp(&other.code));
        let packs: BTreeSet<_> = strange.iter().map(|record| record.pack.clone()).collect();
        let packs = packs.iter().filter_map(|pack| visible.references.packs.get(pack).cloned()).map(Record::Pack);
        let records = packs.chain(strange.into_iter().map(Record::Code));
        disclosed.extend(records.map(|record| Change { position: *position, record }));
    }
    changes.extend(disclosed);
    Ok(())
}

/// Mismatches that changed after a position under some bases.
pub const MISMATCHES: &str = "select body, state, raised_at, position from mismatch \
                                     where position > $1 and basis in (select value from json_each($2))";

/// Manifests likewise.
pub const MANIFESTS: &str = "select body, position from manifest \
                                    where position > $1 and basis in (select value from json_each($2))";

/// The rows of a statement that takes a position and the member's bases.
async fn of_bases(
    conn: &mut AnyConnection,
    visible: &Visible,
    sql: &'static str,
    since: i64,
) -> Result<Vec<AnyRow>, StoreError> {
    Ok(sqlx::query(sql).bind(since).bind(visible.bases()?).fetch_all(conn).await?)
}

fn change(row: &AnyRow, record: Record) -> Result<Change, StoreError> {
    Ok(Change { position: store::from_i64(row.try_get("position")?), record })
}

#[cfg(test)]
mod tests;
