//! Evidence in quarantine: read again by a version that knows more, or admitted by a person who answers for it.

use shared::event::{Act, Event};
use shared::ids::{EpochId, EventRef};
use shared::rules::arrivals::Fault;
use shared::time::Timestamp;
use sqlx::AnyConnection;

use crate::audit;
use crate::ingest::{PushError, Received, push, readable};
use crate::keys::ServerKeys;
use crate::packs::reported;
use crate::people::Actor;
use crate::reconcile::{self, Touched};
use crate::store::admission::{self, Admission};
use crate::store::entry::{self, EntryKind};
use crate::store::event::NewEvent;
use crate::store::quarantine::{self, Kept, Reason};
use crate::store::{self, Store, StoreError};
use crate::unfold::{ReadError, read};

/// Why evidence cannot be admitted.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// No such row.
    #[error("there is no evidence {0}; `sync-server quarantine list` shows what there is")]
    Unknown(i64),
    /// Settled before.
    #[error("evidence {0} was {1} before; nothing was changed")]
    Settled(i64, String),
    /// Of a kind that nobody can answer for.
    #[error("evidence {0} cannot be admitted: {1}. Its bytes stay kept")]
    Inadmissible(i64, &'static str),
    /// The bytes are no batch.
    #[error("evidence {0} cannot be read as a batch: {1}")]
    Unreadable(i64, ReadError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Tries again what could not be read before, and what came from terminals that were not enrolled yet. Answers how much was taken in.
pub async fn replay(store: &Store, keys: &ServerKeys, (actor, now): (&Actor, Timestamp)) -> Result<u64, EvidenceError> {
    let mut replayed = 0;
    let open = quarantine::list(&mut *store.read().await.map_err(EvidenceError::Store)?, false).await?;
    for kept in open {
        let done = match (&kept.reason, kept.seq) {
            (Reason::Unreadable(_), Some(seq)) => reread(store, &kept, seq, now).await?,
            (Reason::Stranger, None) => {
                let Ok(batch) = read(&kept.body) else { continue };
                match push(store, &keys.ack, Received::new(batch, kept.body.clone()), now).await {
                    Ok(_) => true,
                    Err(PushError::Store(error)) => return Err(error.into()),
                    Err(_) => false,
                }
            }
            _ => false,
        };
        if done {
            let mut tx = store.write().await?;
            quarantine::settle(&mut tx, kept.id, "replayed", ("sync-server", "read by this version"), now).await?;
            let on_what = format!("evidence {}", kept.id);
            audit::append(&mut tx, actor, ("replayed", &on_what, "read by this version"), now).await?;
            tx.commit().await.map_err(StoreError::from)?;
            replayed += 1;
        }
    }
    Ok(replayed)
}

/// Puts one event that is readable now into its place. Answers whether it was.
async fn reread(store: &Store, kept: &Kept, seq: u64, now: Timestamp) -> Result<bool, EvidenceError> {
    let Ok(event) = Event::from_body(&kept.body) else { return Ok(false) };
    let by = EventRef { terminal: kept.terminal, epoch: kept.epoch, seq };
    if event.by() != by {
        return Ok(false);
    }
    let mut tx = store.write().await?;
    let position = store::next_position(&mut tx).await?;
    let Some((hash, member)) = store::event::take_unread(&mut tx, by).await? else { return Ok(false) };
    let body = &kept.body;
    store::event::append(&mut tx, &[NewEvent { event: &event, body, hash, member: &member }]).await?;
    let mut touched = Touched::default();
    touched.follow(&mut tx, &event).await?;
    reconcile::rejudge(&mut tx, &touched, now, position).await?;
    reported::follow(&mut tx, &reported::among([(by, &event.act)]), now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(true)
}

/// Admits a whole batch that was kept apart: from then on its events are judged as of when they happened. `by` answers for it, whoever does it.
/// Answers how many events were admitted.
pub async fn admit(
    store: &Store,
    id: i64,
    (by, why): (&str, &str),
    (actor, now): (&Actor, Timestamp),
) -> Result<u64, EvidenceError> {
    let mut tx = store.write().await?;
    let position = store::next_position(&mut tx).await?;
    let kept = quarantine::find(&mut tx, id).await?.ok_or(EvidenceError::Unknown(id))?;
    if let Some(settled) = kept.settled {
        return Err(EvidenceError::Settled(id, settled));
    }
    let inadmissible = match kept.reason {
        Reason::Signature | Reason::Unproven => Some("its signature does not hold, so nobody knows whose it is"),
        Reason::Stranger => Some("its terminal is not enrolled; enrol it, then `sync-server quarantine replay`"),
        Reason::Unreadable(_) => Some("this version cannot read it; `sync-server quarantine replay` tries again"),
        Reason::Revoked | Reason::Disputed => None,
    };
    if let Some(why) = inadmissible {
        return Err(EvidenceError::Inadmissible(id, why));
    }
    let (admitted, touched, reports) = put_events(&mut tx, &kept, (by, why)).await?;
    reconcile::rejudge(&mut tx, &touched, now, position).await?;
    reported::follow(&mut tx, &reports, now).await?;
    let all = (0, u64::MAX);
    if store::log_fault::settle(&mut tx, (kept.terminal, kept.epoch), Fault::Revoked, all).await? {
        let limits = store::reference::policy(&mut tx).await?.limits;
        reconcile::arrivals_changed(&mut tx, kept.terminal, &limits, now, position).await?;
    }
    quarantine::settle(&mut tx, id, "admitted", (by, why), now).await?;
    let said = format!("{by}: {why}");
    audit::append(&mut tx, actor, ("admitted", &format!("evidence {id}"), &said), now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(admitted)
}

async fn put_events(
    conn: &mut AnyConnection,
    kept: &Kept,
    (by, why): (&str, &str),
) -> Result<(u64, Touched, Vec<EventRef>), EvidenceError> {
    let batch = read(&kept.body).map_err(|error| EvidenceError::Unreadable(kept.id, error))?;
    let Some(terminal) = store::terminal::find(conn, kept.terminal).await? else {
        return Err(EvidenceError::Inadmissible(kept.id, "its terminal is not enrolled here any more"));
    };
    let epoch = admission::epoch_of(kept);
    let covered = entry::evidence_digest(kept.reason.as_str(), kept.received_at, &kept.body);
    let digest = entry::admission_digest(&epoch.to_string(), by, why, covered);
    let (first_seq, last_seq) = (batch.header.first_seq, batch.header.first_seq + batch.header.count - 1);
    let entry = entry::append(conn, EntryKind::Admission, digest).await?;
    let of_epoch = kept.epoch;
    let admission =
        Admission { epoch, of_epoch, terminal: kept.terminal, first_seq, last_seq, quarantine_id: kept.id, entry };
    admission::put(conn, &admission).await?;
    let (mut admitted, mut touched, mut reports) = (0, Touched::default(), Vec::new());
    for ((seq, body), hash) in (first_seq..).zip(&batch.bodies).zip(batch.hashes()) {
        let Ok(event) = readable(&batch, seq, body) else { continue };
        let by = EventRef { terminal: kept.terminal, epoch: of_epoch, seq };
        if store::event::body(conn, by).await?.is_some_and(|held| held == *body) {
            continue;
        }
        let event = under(event, epoch, (first_seq, last_seq));
        let member = &terminal.member;
        store::event::append(conn, &[NewEvent { event: &event, body, hash, member }]).await?;
        touched.follow(conn, &event).await?;
        reports.extend(reported::among([(event.by(), &event.act)]));
        admitted += 1;
    }
    Ok((admitted, touched, reports))
}

/// The event under the admission's epoch. What it voids of its own batch moves with it.
fn under(mut event: Event, epoch: EpochId, (first, last): (u64, u64)) -> Event {
    let of_epoch = event.epoch;
    event.epoch = epoch;
    if let Act::Void { voids, .. } = &mut event.act
        && voids.terminal == event.terminal
        && voids.epoch == of_epoch
        && (first..=last).contains(&voids.seq)
    {
        voids.epoch = epoch;
    }
    event
}
