//! What a person may do to a mismatch, from which stage, and where it leads.

use serde::{Deserialize, Serialize};
use shared::mismatch::State;
use shared::time::Timestamp;

use super::stage::{Reason, Stage};
use crate::people::Right;

/// One act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Act {
    /// Somebody looked at it.
    Seen,
    /// Somebody takes it on.
    Start,
    /// The other party has to do something.
    Wait,
    /// It is given to a person.
    Assign {
        /// The person's sign-in name.
        to: String,
    },
    /// Something is to be known of it.
    Comment,
    /// Until when it is to be settled.
    Due {
        /// The moment.
        at: Timestamp,
    },
    /// It is settled.
    Resolve {
        /// How it came about.
        reason: Reason,
    },
    /// It is not settled after all.
    Reopen,
}

/// The act without its particulars: the last part of its route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActKind {
    /// See [`Act::Seen`].
    Seen,
    /// See [`Act::Start`].
    Start,
    /// See [`Act::Wait`].
    Wait,
    /// See [`Act::Assign`].
    Assign,
    /// See [`Act::Comment`].
    Comment,
    /// See [`Act::Due`].
    Due,
    /// See [`Act::Resolve`].
    Resolve,
    /// See [`Act::Reopen`].
    Reopen,
}

impl ActKind {
    /// Every one.
    pub const ALL: [Self; 8] =
        [Self::Seen, Self::Start, Self::Wait, Self::Assign, Self::Comment, Self::Due, Self::Resolve, Self::Reopen];

    /// The word in routes and in the audit log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Start => "start",
            Self::Wait => "wait",
            Self::Assign => "assign",
            Self::Comment => "comment",
            Self::Due => "due",
            Self::Resolve => "resolve",
            Self::Reopen => "reopen",
        }
    }

    /// What it does, in a sentence.
    #[must_use]
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Seen => "Somebody looked at the mismatch.",
            Self::Start => "Takes the mismatch on.",
            Self::Wait => "The other party has to do something.",
            Self::Assign => "Gives the mismatch to a person.",
            Self::Comment => "Adds a comment.",
            Self::Due => "Says until when it is to be settled.",
            Self::Resolve => "Settles the mismatch, with a reason.",
            Self::Reopen => "Opens a settled mismatch again.",
        }
    }

    /// What it takes.
    #[must_use]
    pub const fn right(self) -> Right {
        match self {
            Self::Comment => Right::Comment,
            _ => Right::Settle,
        }
    }

    /// Whether it decides on what was seen: then it is said which state that was.
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(self, Self::Assign | Self::Due | Self::Resolve | Self::Reopen)
    }

    /// Whether listeners and webhooks are told of it, and terminals with their next sync.
    #[must_use]
    pub const fn is_told(self) -> bool {
        !matches!(self, Self::Seen | Self::Comment)
    }

    /// The stage after it, or none where it cannot be done. What was closed by late data can only be commented on.
    #[must_use]
    pub const fn leads(self, state: State, from: Stage) -> Option<Stage> {
        let is_live = state.is_live();
        match self {
            Self::Comment => Some(from),
            Self::Reopen => then(matches!(state, State::Resolved), Stage::Open),
            Self::Resolve => then(is_live, Stage::Resolved),
            Self::Due => then(is_live, from),
            Self::Assign => then(is_live, if matches!(from, Stage::Open) { Stage::Seen } else { from }),
            Self::Seen => then(is_live && matches!(from, Stage::Open), Stage::Seen),
            // The regulator's eye stays on what was escalated until it is settled.
            Self::Start => then(is_live && !matches!(from, Stage::Escalated | Stage::InProgress), Stage::InProgress),
            Self::Wait => then(is_live && !matches!(from, Stage::Escalated | Stage::Waiting), Stage::Waiting),
        }
    }
}

const fn then(can: bool, stage: Stage) -> Option<Stage> {
    if can { Some(stage) } else { None }
}

impl Act {
    /// Which act it is.
    #[must_use]
    pub const fn kind(&self) -> ActKind {
        match self {
            Self::Seen => ActKind::Seen,
            Self::Start => ActKind::Start,
            Self::Wait => ActKind::Wait,
            Self::Assign { .. } => ActKind::Assign,
            Self::Comment => ActKind::Comment,
            Self::Due { .. } => ActKind::Due,
            Self::Resolve { .. } => ActKind::Resolve,
            Self::Reopen => ActKind::Reopen,
        }
    }

    /// What the history shows beside the word: the assignee, the moment, the reason.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Assign { to } => to.clone(),
            Self::Due { at } => at.to_minute(),
            Self::Resolve { reason } => reason.to_string(),
            Self::Seen | Self::Start | Self::Wait | Self::Comment | Self::Reopen => String::new(),
        }
    }
}
