//! Checkpoints against the chain: the ledger's own, and those that terminals kept.

use shared::chain::{Hash, PublicKey};
use shared::wire::{SignedCheckpoint, SignedRestored};
use sqlx::AnyConnection;
use uuid::Uuid;

use super::Fault;
use crate::store::{self, entry};

/// Checks all. Answers how many there are.
pub(super) async fn check(
    conn: &mut AnyConnection,
    key: &PublicKey,
    kept: &[SignedCheckpoint],
    hashes: &[Hash],
) -> Result<u64, Fault> {
    let restored = entry::restores(conn).await?;
    let ledger_id = store::ledger_id(conn).await?;
    restores_lead_here(&restored, key, ledger_id, hashes)?;
    let (mut count, mut from, mut previous) = (0, 0, None);
    loop {
        let page = store::checkpoint::from(conn, from).await?;
        let Some(last) = page.last() else { break };
        from = last.value().head.entries + 1;
        for checkpoint in &page {
            holds(checkpoint, key, hashes, &restored, ledger_id)?;
            if checkpoint.value().previous != previous {
                let entries = checkpoint.value().head.entries;
                return Err(Fault::Found(format!("a checkpoint before that of {entries} entries is missing")));
            }
            previous = Some(checkpoint.value().head);
            count += 1;
        }
    }
    for checkpoint in kept {
        holds(checkpoint, key, hashes, &restored, ledger_id)?;
        count += 1;
    }
    Ok(count)
}

fn restores_lead_here(
    restored: &[SignedRestored],
    key: &PublicKey,
    ledger_id: Uuid,
    hashes: &[Hash],
) -> Result<(), Fault> {
    let mut at = restored.first().map_or(ledger_id, |first| first.value().from_ledger_id);
    for one in restored {
        let value = one.value();
        let stood = usize::try_from(value.from.entries).ok().and_then(|entries| hashes.get(entries));
        if !one.verifies(key) || value.from_ledger_id != at || stood != Some(&value.from.hash) {
            return Err(Fault::Found(format!("the record of the restore to {} does not hold", value.ledger_id)));
        }
        at = value.ledger_id;
    }
    if at == ledger_id { Ok(()) } else { Err(Fault::Found("the ledger has another name than its last restore".into())) }
}

fn holds(
    checkpoint: &SignedCheckpoint,
    key: &PublicKey,
    hashes: &[Hash],
    restored: &[SignedRestored],
    ledger_id: Uuid,
) -> Result<(), Fault> {
    let value = checkpoint.value();
    let (entries, at) = (value.head.entries, value.at);
    if !checkpoint.verifies(key) {
        return Err(Fault::Found(format!("the checkpoint of {entries} entries ({at}) is not signed by this server")));
    }
    let left = restored.iter().map(SignedRestored::value).find(|restored| restored.from_ledger_id == value.ledger_id);
    if left.is_none() && value.ledger_id != ledger_id {
        return Err(Fault::Found(format!("the checkpoint of {entries} entries ({at}) is of another ledger")));
    }
    // What a backup did not hold yet is lost by the restore, which says so.
    if left.is_some_and(|left| entries > left.from.entries) {
        return Ok(());
    }
    match usize::try_from(entries).ok().and_then(|entries| hashes.get(entries)) {
        Some(hash) if *hash == value.head.hash => Ok(()),
        Some(_) => {
            Err(Fault::Found(format!("the ledger was rewritten before its checkpoint of {entries} entries ({at})")))
        }
        None => Err(Fault::Found(format!("the ledger ends before its checkpoint of {entries} entries ({at})"))),
    }
}
