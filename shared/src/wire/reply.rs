//! The reply to a stored batch, in the form that its sender reads.
//!
//! ```text
//! form 1 (wire versions 1, 2)   { outcomes, verdicts, gates, acknowledgement: { range, signature } }
//! form 3 (from version 3 on)    { answers: "TEXT", verdicts, acknowledgement: { signed: "TEXT", signature } }
//! ```
//! Form 1's digest covers the outcomes as the reader writes them again, which no later field may enter; form 3's covers the exact text
//! of outcomes and gate answers.

use ring::signature::Ed25519KeyPair;
use serde::{Deserialize, Serialize};

use super::{AcknowledgedRange, Acknowledgement, EventVerdict, GateAnswer, OutcomeRange};
use crate::chain::{Hash, Signature, sha256};

/// The newest form of reply that this build writes and reads.
pub const REPLY_FORM: u16 = 3;

/// The reply to a stored batch.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Read")]
pub struct PushReply {
    /// One outcome per event of the batch, as runs.
    pub outcomes: Vec<OutcomeRange>,
    /// Answers to gates that were asked, in this batch or before.
    pub gates: Vec<GateAnswer>,
    /// Verdicts of events that some mismatch rests on; events not named are clean, unless `verdicts_follow`.
    pub verdicts: Vec<EventVerdict>,
    /// The events are stored and not judged yet: their verdicts come by pull.
    pub verdicts_follow: bool,
    /// The signed answer.
    pub acknowledgement: Acknowledgement,
    /// SHA-256 of what the acknowledgement's digest must cover, as it came.
    answers_digest: Hash,
    /// The text that form 3 carries.
    answers: Option<String>,
}

/// What a reply says beside its acknowledgement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// One outcome per event of the batch, as runs.
    pub outcomes: Vec<OutcomeRange>,
    /// Answers to gates.
    pub gates: Vec<GateAnswer>,
    /// Verdicts.
    pub verdicts: Vec<EventVerdict>,
    /// Verdicts come later.
    pub verdicts_follow: bool,
}

/// What form 3's digest covers.
#[derive(Serialize, Deserialize)]
struct Answers {
    outcomes: Vec<OutcomeRange>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gates: Vec<GateAnswer>,
}

impl PushReply {
    /// Signs an answer in the given form. Whatever `range` says of digest, key and checkpoint in form 1 is left out, as its readers
    /// could not check it.
    pub fn sign(
        answer: Answer,
        mut range: AcknowledgedRange,
        key: &Ed25519KeyPair,
        form: u16,
    ) -> Result<Self, serde_json::Error> {
        let Answer { outcomes, gates, verdicts, verdicts_follow } = answer;
        let answers = if form < REPLY_FORM {
            (range.server_key, range.checkpoint) = (None, None);
            None
        } else {
            Some(serde_json::to_string(&Answers { outcomes: outcomes.clone(), gates: gates.clone() })?)
        };
        let answers_digest = match &answers {
            Some(text) => sha256(&[text.as_bytes()]),
            None => sha256(&[&serde_json::to_vec(&outcomes)?]),
        };
        range.outcomes_digest = answers_digest;
        let acknowledgement = Acknowledgement::sign(range, key)?;
        Ok(Self { outcomes, gates, verdicts, verdicts_follow, acknowledgement, answers_digest, answers })
    }

    /// Whether outcomes (and in form 3 gate answers) are those that were signed.
    #[must_use]
    pub fn answers_hold(&self) -> bool {
        self.acknowledgement.value().outcomes_digest == self.answers_digest
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Written<'a> {
    Three {
        answers: &'a str,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        verdicts: &'a [EventVerdict],
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        verdicts_follow: bool,
        acknowledgement: &'a Acknowledgement,
    },
    One {
        outcomes: &'a [OutcomeRange],
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        verdicts: &'a [EventVerdict],
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        gates: &'a [GateAnswer],
        acknowledgement: FormOne<'a>,
    },
}

/// Form 1's acknowledgement; a text that this version would write otherwise travels as it is, or its signature would break.
#[derive(Serialize)]
#[serde(untagged)]
enum FormOne<'a> {
    Range(RangeForm<'a>),
    Text(&'a Acknowledgement),
}

#[derive(Serialize)]
struct RangeForm<'a> {
    range: &'a AcknowledgedRange,
    signature: Signature,
}

impl Serialize for PushReply {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match &self.answers {
            Some(answers) => Written::Three {
                answers,
                verdicts: &self.verdicts,
                verdicts_follow: self.verdicts_follow,
                acknowledgement: &self.acknowledgement,
            },
            None => Written::One {
                outcomes: &self.outcomes,
                verdicts: &self.verdicts,
                gates: &self.gates,
                acknowledgement: if self.acknowledgement.is_as_written() {
                    FormOne::Range(RangeForm {
                        range: self.acknowledgement.value(),
                        signature: self.acknowledgement.signature(),
                    })
                } else {
                    FormOne::Text(&self.acknowledgement)
                },
            },
        };
        written.serialize(serializer)
    }
}

#[derive(Deserialize)]
struct Read {
    answers: Option<String>,
    #[serde(default)]
    outcomes: Vec<OutcomeRange>,
    #[serde(default)]
    gates: Vec<GateAnswer>,
    #[serde(default)]
    verdicts: Vec<EventVerdict>,
    #[serde(default)]
    verdicts_follow: bool,
    acknowledgement: Acknowledgement,
}

impl TryFrom<Read> for PushReply {
    type Error = serde_json::Error;
    fn try_from(read: Read) -> Result<Self, serde_json::Error> {
        let (outcomes, gates, answers_digest) = if let Some(text) = &read.answers {
            let Answers { outcomes, gates } = serde_json::from_str(text)?;
            (outcomes, gates, sha256(&[text.as_bytes()]))
        } else {
            let digest = sha256(&[&serde_json::to_vec(&read.outcomes)?]);
            (read.outcomes, read.gates, digest)
        };
        let Read { answers, verdicts, verdicts_follow, acknowledgement, .. } = read;
        Ok(Self { outcomes, gates, verdicts, verdicts_follow, acknowledgement, answers_digest, answers })
    }
}
