//! Parcels of other terminals, delivered after everything of this one. The server's refusal of one holds up no other.

use std::collections::HashMap;
use std::time::Duration;

use shared::chain::Hash;
use shared::wire::ProblemCode;
use shared::wire::sealed::Answers;

use super::sender::Round;
use super::transport::Call;
use super::{SyncError, SyncPolicy, TransportError};
use crate::store::Store;

/// A parcel that the server could not answer in full is delivered again after so long, in milliseconds.
const ASK_AGAIN_MS: u64 = 10 * 60 * 1_000;

/// When which was last delivered, by the monotonic clock; forgotten when the app ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Parcels {
    asked_ms: HashMap<Hash, u64>,
}

impl Parcels {
    /// How many may be delivered now.
    pub(super) fn waiting(&self, store: &Store, now_ms: u64) -> Result<u64, SyncError> {
        let parcels = store.parcels_to_deliver()?;
        Ok(parcels.iter().filter(|parcel| self.is_due(parcel, now_ms)).count() as u64)
    }

    fn is_due(&self, parcel: &Hash, now_ms: u64) -> bool {
        self.asked_ms.get(parcel).is_none_or(|asked_ms| now_ms.saturating_sub(*asked_ms) >= ASK_AGAIN_MS)
    }

    /// Delivers the next and keeps the answers for its terminal.
    pub(super) async fn deliver(&mut self, round: &mut Round<'_>, policy: &SyncPolicy) -> Result<(), SyncError> {
        let now_ms = round.device.mono_ms();
        let mut parcels = round.store.parcels_to_deliver()?.into_iter();
        let Some(parcel) = parcels.find(|parcel| self.is_due(parcel, now_ms)) else { return Ok(()) };
        let Some(bytes) = round.store.parcel_bytes(parcel)? else { return Ok(()) };
        let timeout = Duration::from_millis(policy.timeout_ms(bytes.len() as u64));
        let call = Call::post("/v1/sealed").body("application/vnd.tallyman.parcel", bytes).within(timeout);
        let answers = round.transport.send::<Answers>(call).await;
        let now = round.device.now();
        match answers {
            Ok(answers) if answers.parcel == parcel => round.store.keep_answers(&answers, now)?,
            Ok(_) => return Err(TransportError::Answer("it answers another parcel".to_owned()).into()),
            Err(TransportError::Refused(problem)) => {
                tracing::warn!(%parcel, "the server does not take a carried parcel: {}", problem.message);
                if is_final(problem.code) {
                    round.store.keep_refusal(parcel, &problem.message, now)?;
                }
            }
            Err(error) => return Err(error.into()),
        }
        self.asked_ms.insert(parcel, now_ms);
        Ok(())
    }
}

/// Whether delivering the same bytes again can bring no other answer.
const fn is_final(code: ProblemCode) -> bool {
    matches!(code, ProblemCode::BadRequest | ProblemCode::TooLarge | ProblemCode::WireVersion)
}
