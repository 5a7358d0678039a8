//! One parcel: opened, taken apart, each batch taken in as if it had come live.

use ring::signature::Ed25519KeyPair;
use shared::ids::TerminalId;
use shared::time::Timestamp;
use shared::wire::sealed::{Answers, BundleError, Parcel, ParcelAnswer, ParcelError, read_bundle};
use shared::wire::{Problem, ProblemCode};

use super::{SealedKey, take_waiting};
use crate::http::error::ApiError;
use crate::ingest::{PushError, Received, push};
use crate::store::sealed::{self, Delivery};
use crate::store::{Store, StoreError};
use crate::unfold::read;

/// Why nothing of a parcel was taken in.
#[derive(Debug, thiserror::Error)]
pub enum SealedError {
    /// The outer form.
    #[error(transparent)]
    Form(#[from] ParcelError),
    /// It cannot be opened.
    #[error(
        "the parcel cannot be opened: it was sealed for another server, or changed or cut off on the way. Copy it again; where that does not help, its terminal has it still"
    )]
    Sealed,
    /// What was sealed are no batches.
    #[error("{0}. Its terminal has the events still; update the app there and export again")]
    Inside(#[from] BundleError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a parcel in and answers each of its batches. Authority is each batch's own signature; `carrier` is only noted. Any parcel may
/// come any number of times, in any order.
pub async fn deliver(
    store: &Store,
    (ack_key, sealed_key): (&Ed25519KeyPair, &SealedKey),
    bytes: Vec<u8>,
    carrier: Option<TerminalId>,
    now: Timestamp,
) -> Result<Answers, SealedError> {
    let parcel = Parcel::read(bytes)?;
    let inside = sealed_key.open(parcel.sealed()).ok_or(SealedError::Sealed)?;
    let mut answers = Vec::new();
    for batch in read_bundle(&inside)? {
        answers.push(answer(store, ack_key, batch, now).await?);
    }
    let count = |which: fn(&ParcelAnswer) -> bool| answers.iter().filter(|answer| which(answer)).count() as u64;
    let delivery = Delivery {
        parcel: parcel.digest(),
        terminal: parcel.header.terminal,
        carrier,
        batches: answers.len() as u64,
        waiting: count(|answer| matches!(answer, ParcelAnswer::Waiting { .. })),
        refused: count(|answer| matches!(answer, ParcelAnswer::Refused(_))),
    };
    let mut tx = store.write().await?;
    sealed::note_delivery(&mut tx, &delivery, now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    tracing::info!(
        parcel = %delivery.parcel, terminal = %delivery.terminal, carrier = ?delivery.carrier.map(|carrier| carrier.to_string()),
        batches = delivery.batches, waiting = delivery.waiting, refused = delivery.refused, "a parcel was delivered"
    );
    Ok(Answers { parcel: delivery.parcel, terminal: delivery.terminal, answers })
}

/// One batch, with what it lets in behind it.
async fn answer(
    store: &Store,
    key: &Ed25519KeyPair,
    compressed: &[u8],
    now: Timestamp,
) -> Result<ParcelAnswer, SealedError> {
    let batch = match read(compressed) {
        Ok(batch) => batch,
        Err(error) => return Ok(ParcelAnswer::Refused(ApiError::from(error).into_problem())),
    };
    let header = batch.header.clone();
    // Whoever carried it: what is inside proves itself or nothing.
    match push(store, key, Received::new(batch, compressed.to_vec()), now).await {
        Ok(mut reply) => {
            take_waiting(store, key, header.terminal, now).await?;
            // The member's own data, on its way through other hands: it comes by pull.
            reply.verdicts_follow |= !reply.verdicts.is_empty();
            reply.verdicts.clear();
            Ok(ParcelAnswer::Taken(Box::new(reply)))
        }
        // The signature was checked before the gap was seen: only its own terminal can fill its room.
        Err(PushError::Gap(..)) => {
            let mut tx = store.write().await?;
            let which = (header.terminal, header.epoch, header.first_seq);
            if !sealed::keep_waiting(&mut tx, which, compressed, now).await? {
                tx.rollback().await.map_err(StoreError::from)?;
                return Ok(ParcelAnswer::Refused(no_room()));
            }
            tx.commit().await.map_err(StoreError::from)?;
            Ok(ParcelAnswer::Waiting { epoch: header.epoch, first_seq: header.first_seq })
        }
        Err(PushError::Store(error)) => Err(error.into()),
        Err(error) => Ok(ParcelAnswer::Refused(ApiError::from(error).into_problem())),
    }
}

fn no_room() -> Problem {
    Problem {
        code: ProblemCode::TooLarge,
        message:
            "too much of this terminal waits for earlier events; bring those first, its terminal has everything still"
                .to_owned(),
        head: None,
    }
}
