//! The answer to a batch: outcomes, verdicts, and the acknowledgement that a terminal keeps.

use std::collections::{BTreeMap, BTreeSet};

use ring::signature::Ed25519KeyPair;
use shared::chain::{Hash, KeyId, PublicKey};
use shared::mismatch::{Kind, Mismatch, State};
use shared::wire::{AcknowledgedRange, Answer, Batch, EventVerdict, GateAnswer, OutcomeRange, PushReply};
use sqlx::AnyConnection;

use super::take_in::{At, Judging, Received};
use crate::store::{self, StoreError};

fn verdicts(batch: &Batch, live: &[Mismatch]) -> Vec<EventVerdict> {
    let header = &batch.header;
    let mut found: BTreeMap<u64, BTreeSet<(Kind, State)>> = BTreeMap::new();
    for mismatch in live {
        let here = mismatch.events.iter().filter(|by| by.terminal == header.terminal && by.epoch == header.epoch);
        let in_batch = header.first_seq..header.first_seq + header.count;
        for by in here.filter(|by| in_batch.contains(&by.seq)) {
            found.entry(by.seq).or_default().insert((mismatch.kind, mismatch.state));
        }
    }
    found.into_iter().map(|(seq, kinds)| EventVerdict { seq, kinds: kinds.into_iter().collect() }).collect()
}

/// Signs what became of one batch: each event's outcome, and what speaks against its events now, the
/// answers to gates.
pub(super) async fn reply(
    conn: &mut AnyConnection,
    key: &Ed25519KeyPair,
    Received { batch, hashes, .. }: &Received,
    (outcomes, gates): (Vec<OutcomeRange>, Vec<GateAnswer>),
    (live, judging): (&[Mismatch], Judging),
    at: At,
) -> Result<PushReply, StoreError> {
    let header = &batch.header;
    let (verdicts, verdicts_follow) = (verdicts(batch, live), judging == Judging::Later);
    let range = AcknowledgedRange {
        ledger_id: store::ledger_id(conn).await?,
        terminal: header.terminal,
        epoch: header.epoch,
        from: header.first_seq,
        to: header.first_seq + header.count - 1,
        hash: hashes.last().copied().unwrap_or(header.previous_hash),
        outcomes_digest: Hash::new([0; 32]),
        position: at.position,
        received_at: at.now,
        server_key: Some(KeyId::of(&PublicKey::of(key))),
        checkpoint: store::checkpoint::newest(conn).await?.map(Box::new),
    };
    let answer = Answer { outcomes, gates, verdicts, verdicts_follow };
    Ok(PushReply::sign(answer, range, key, header.reply)?)
}
