//! Answers that came back. Whoever carried them is not believed: each acknowledgement is checked exactly as a live one is.

use serde::Serialize;
use shared::chain::PublicKey;
use shared::wire::sealed::{Answers, ParcelAnswer};

use super::CarryError;
use crate::store::Store;
use crate::sync::{Synced, take_reply};

/// What answers did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// Acknowledgements that hold and were kept.
    pub acknowledged: u64,
    /// Events that the server took aside for a person.
    pub quarantined: u64,
    /// Events that the server keeps as disputed after a fork.
    pub disputed: u64,
    /// Batches that the server keeps until earlier events have come.
    pub waiting: u64,
    /// Batches that the server refused, each with its words.
    pub refused: Vec<String>,
    /// Answers that prove nothing, each with why.
    pub not_believed: Vec<String>,
    /// Answers for other terminals in the same file.
    pub for_others: u64,
}

/// Takes answers in. Rows leave the outbox only by acknowledgements that hold and name them.
pub fn settle(store: &mut Store, server_key: &PublicKey, files: &[Answers]) -> Result<Settled, CarryError> {
    let mut settled = Settled::default();
    for file in files {
        if file.terminal != store.terminal() {
            settled.for_others += 1;
            continue;
        }
        for answer in &file.answers {
            match answer {
                ParcelAnswer::Taken(reply) => {
                    let mut synced = Synced::default();
                    match take_reply(store, reply, server_key, &mut synced) {
                        Ok(()) => {
                            settled.acknowledged += 1;
                            settled.quarantined += synced.quarantined;
                            settled.disputed += synced.disputed;
                        }
                        Err(crate::sync::SyncError::Acknowledgement(why)) => settled.not_believed.push(why.to_owned()),
                        Err(error) => return Err(error.into()),
                    }
                }
                ParcelAnswer::Waiting { .. } => settled.waiting += 1,
                ParcelAnswer::Refused(problem) => settled.refused.push(problem.message.clone()),
            }
        }
    }
    Ok(settled)
}
