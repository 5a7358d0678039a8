//! Why a record is what it is, what a change of it came to, or why it was not made.

use super::fault::Fault;
use super::set::Set;
use crate::store::StoreError;

/// Why a record is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was in a file.
    Import,
    /// A person or program entered it.
    Entry,
    /// What was known was wrong.
    Correction,
}

impl Why {
    /// The word in the versions.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Entry => "entry",
            Self::Correction => "correction",
        }
    }

    /// The word in the audit log.
    #[must_use]
    pub const fn deed(self) -> &'static str {
        match self {
            Self::Import => "imported",
            Self::Entry => "record-put",
            Self::Correction => "record-corrected",
        }
    }
}

/// What a change came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The record is new.
    Added,
    /// It is another one than before.
    Changed,
    /// It was there already, the same.
    Unchanged,
}

impl Outcome {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The record would be nonsense: everything that is wrong.
    #[error("the record cannot be taken: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faults(Vec<Fault>),
    /// There is no such record.
    #[error("there is no {} `{key}`; `sync-server registry list {}` shows those that are there", .set.name(), .set.name())]
    Missing {
        /// In which set.
        set: Set,
        /// Under which key.
        key: String,
    },
    /// It is not the actor's to change.
    #[error("the {} `{key}` is not yours to change: your member keeps its own sites, operators, and the documents that it sends with; ask the regulator, or the other side", .set)]
    Foreign {
        /// In which set.
        set: String,
        /// Under which key.
        key: String,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
