//! Where a batch fits onto the chain that is held: what of it is known, or why it cannot go on from there.

use shared::chain::{Hash, epoch_hash};
use shared::wire::Batch;
use sqlx::AnyConnection;

use super::PushError;
use crate::store::ledger::Head;
use crate::store::{self, StoreError};

/// The chain's value after each of the numbers that a batch offers again.
async fn held_hashes(conn: &mut AnyConnection, batch: &Batch, overlap: usize) -> Result<Vec<Hash>, StoreError> {
    let Some(more) = overlap.checked_sub(1) else { return Ok(Vec::new()) };
    let header = &batch.header;
    let (first, last) = (header.first_seq, header.first_seq + more as u64);
    let stored = store::stored::of_log(conn, (header.terminal, header.epoch), (first, last)).await?;
    let hashes = stored.iter().flat_map(|stored| (stored.first_seq..).zip(&stored.hashes));
    Ok(hashes.filter(|(seq, _)| (first..=last).contains(seq)).map(|(_, hash)| *hash).collect())
}

/// How many of a batch's first events are held already, with the same bytes. A batch that says something else of a held number, or
/// that does not link to the head, closes the epoch: two logs go under one name.
pub(super) async fn known_before(conn: &mut AnyConnection, batch: &Batch, hashes: &[Hash]) -> Result<usize, PushError> {
    let header = &batch.header;
    let start = Head { next_seq: 1, hash: epoch_hash(header.terminal, header.epoch), closed: false };
    let head = store::ledger::head(conn, header.terminal, header.epoch).await?.unwrap_or(start);
    let last_seq = head.next_seq - 1;
    if header.first_seq > head.next_seq {
        return Err(PushError::Gap(header.epoch, last_seq, head.hash));
    }
    let overlap = usize::try_from(head.next_seq - header.first_seq).unwrap_or(usize::MAX).min(hashes.len());
    let links = header.first_seq < head.next_seq || header.previous_hash == head.hash;
    let held = held_hashes(conn, batch, overlap).await?;
    let common = hashes.iter().zip(&held).take_while(|(offered, held)| offered == held).count();
    let extends = overlap < hashes.len();
    if links && common == overlap && !(extends && head.closed) {
        return Ok(overlap);
    }
    store::ledger::set_head(conn, header.terminal, header.epoch, Head { closed: true, ..head }).await?;
    // A closed epoch that is offered more is no second fork: its terminal has not heard of the closing yet.
    let forked = !links || common < overlap;
    let agreed = header.first_seq + common as u64 - 1;
    tracing::warn!(terminal = %header.terminal, epoch = %header.epoch, agreed, held = last_seq, forked, "the epoch is closed");
    let agreed_hash = if common == 0 { header.previous_hash } else { hashes[common - 1] };
    Err(PushError::EpochClosed { epoch: header.epoch, agreed, hash: agreed_hash, forked })
}
