//! The server's answers to a parcel, on their way back by whoever carried it. They are signed and hold no verdicts: those are the
//! member's own and come by pull.

use serde::{Deserialize, Serialize};

use super::PARCEL_BYTES_MAX;
use crate::chain::Hash;
use crate::ids::{EpochId, TerminalId};
use crate::wire::{Problem, PushReply};

const MAGIC: &[u8] = b"tallyman-answers/1\n";

/// What became of one batch of a parcel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParcelAnswer {
    /// Taken in, as if it had come live.
    Taken(Box<PushReply>),
    /// Kept by the server until the events before it have come; deliver the parcel again to hear more.
    Waiting {
        /// Of which epoch.
        epoch: EpochId,
        /// The batch's first number.
        first_seq: u64,
    },
    /// Not taken in.
    Refused(Problem),
}

/// The answers to one parcel, in the order of its batches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// Digest of the parcel.
    pub parcel: Hash,
    /// Whose parcel, as its header says.
    pub terminal: TerminalId,
    /// One for each batch.
    pub answers: Vec<ParcelAnswer>,
}

impl Answers {
    /// Whether delivering the parcel again could bring nothing new.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !self.answers.iter().any(|answer| matches!(answer, ParcelAnswer::Waiting { .. }))
    }
}

/// Why bytes are no answers.
#[derive(Debug, thiserror::Error)]
pub enum AnswersError {
    /// Another kind of file, or of a version that this build does not know.
    #[error("this is not a file of answers (it does not begin with `tallyman-answers/1`); was another file meant?")]
    Magic,
    /// Beyond the bound.
    #[error("the file of answers is longer than {PARCEL_BYTES_MAX} bytes")]
    TooLong,
    /// A line cannot be read.
    #[error("the file of answers is damaged ({0}); copy it again")]
    Form(#[from] serde_json::Error),
}

/// Whether the file claims to be one of answers.
#[must_use]
pub fn is_answers(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Writes answers to any number of parcels, one line each.
pub fn write_answers(answers: &[Answers]) -> Result<Vec<u8>, AnswersError> {
    let mut out = MAGIC.to_vec();
    for answer in answers {
        serde_json::to_writer(&mut out, answer)?;
        out.push(b'\n');
    }
    if out.len() > PARCEL_BYTES_MAX { Err(AnswersError::TooLong) } else { Ok(out) }
}

/// Reads them again. Nothing of them is believed yet: each acknowledgement is checked as a live one is.
pub fn read_answers(bytes: &[u8]) -> Result<Vec<Answers>, AnswersError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(AnswersError::Magic)?;
    if bytes.len() > PARCEL_BYTES_MAX {
        return Err(AnswersError::TooLong);
    }
    let lines = rest.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    Ok(lines.map(serde_json::from_slice).collect::<Result<_, _>>()?)
}
