//! Why a batch was refused, and what of it concerns the others.

use shared::chain::Hash;
use shared::ids::EpochId;

use crate::store::StoreError;

/// Why a batch was refused. Nothing of it entered a terminal's chain.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// No such terminal is enrolled here; the bytes are kept as evidence.
    #[error("this terminal is not enrolled on this server; a supervisor must enrol it")]
    UnknownTerminal,
    /// The signature does not hold; the bytes are kept as evidence.
    #[error("the batch's signature does not hold; its bytes are kept as evidence")]
    Signature,
    /// The batch starts beyond the head.
    #[error("events are missing before this batch; go on from the head")]
    Gap(EpochId, u64, Hash),
    /// A number was used for other content: the epoch takes nothing more.
    #[error(
        "a number of this epoch was used for other content; start a new epoch, and offer what was not acknowledged as disputed"
    )]
    EpochClosed {
        /// Which epoch.
        epoch: EpochId,
        /// The last number that both agree on, as far as this batch tells.
        agreed: u64,
        /// The chain's value there.
        hash: Hash,
        /// Whether this batch is what forked it; otherwise it was closed before.
        forked: bool,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PushError {
    /// Whether something was written all the same: evidence, a closed epoch, a hole.
    pub(super) const fn keeps_evidence(&self) -> bool {
        matches!(self, Self::UnknownTerminal | Self::Signature | Self::Gap(..) | Self::EpochClosed { .. })
    }
}

/// A batch's own result; a failure of the database that passes is the whole transaction's, which is tried again without the others.
pub(super) fn lasting<T>(result: Result<T, PushError>) -> Result<Result<T, PushError>, StoreError> {
    match result {
        Err(PushError::Store(error)) if error.is_passing() => Err(error),
        result => Ok(result),
    }
}
