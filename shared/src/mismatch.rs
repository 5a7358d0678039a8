//! Mismatches (不符): a named disagreement between events and references, with its evidence.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::citation::{Citation, Rulebook};
use crate::code::PackageCode;
use crate::ids::{BasisId, DocumentId, EventRef, MemberId, TerminalId};
use crate::time::Timestamp;

mod catalogue;
mod info;
mod kind;
mod subject;

pub use info::{About, Decided, KindInfo, Tell, Words};
pub use kind::{Kind, UnknownKind};
pub use subject::Subject;

/// How grave a mismatch is, gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// 信息.
    Info,
    /// 提示: someone must acknowledge it.
    Warn,
    /// 隔离: this package is set aside, the rest goes on.
    Hold,
    /// 拦截: at outbound and sort the gate stays shut; at inbound and receipt the package is held.
    Block,
}

impl Severity {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Hold => "hold",
            Self::Block => "block",
        }
    }
}

/// How sure a mismatch is. Provisional and confirmed are live; a store adds closed (by late data) and resolved (by a person).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// 待核: data on its way may end it.
    Provisional,
    /// Nothing that is on its way by rule can end it.
    Confirmed,
    /// 补传自动关闭.
    Closed,
    /// 已解决.
    Resolved,
}

impl State {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provisional => "provisional",
            Self::Confirmed => "confirmed",
            Self::Closed => "closed",
            Self::Resolved => "resolved",
        }
    }

    /// Whether it still stands.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Provisional | Self::Confirmed)
    }
}

/// Which judgement a mismatch comes from. A store replaces all mismatches of a scope when it has judged it again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The trail of one code.
    Code(PackageCode),
    /// All that happened under one basis.
    Basis(BasisId),
    /// All that a member did in a year.
    Member(MemberId),
    /// The log of one terminal.
    Terminal(TerminalId),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "code {code}"),
            Self::Basis(basis) => write!(f, "basis {basis}"),
            Self::Member(member) => write!(f, "member {member}"),
            Self::Terminal(terminal) => write!(f, "terminal {terminal}"),
        }
    }
}

/// One disagreement, as judged at one moment. Within one judgement (kind, subject, scope) is unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mismatch {
    /// Which kind of the catalogue.
    pub kind: Kind,
    /// What it is about.
    pub subject: Subject,
    /// Provisional or confirmed.
    pub state: State,
    /// How grave, in this state.
    pub severity: Severity,
    /// Which judgement raised it.
    pub scope: Scope,
    /// The basis it concerns, where there is one.
    pub basis: Option<BasisId>,
    /// The document it concerns, where there is one.
    pub document: Option<DocumentId>,
    /// How many packages, scans or units.
    pub count: u64,
    /// The exact packages, where known.
    pub codes: BTreeSet<PackageCode>,
    /// The events it rests on.
    pub events: BTreeSet<EventRef>,
    /// The latest event it rests on: the rules in force then are cited.
    #[serde(default)]
    pub at: Timestamp,
    /// When a provisional one turns confirmed by time alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

impl Mismatch {
    /// The articles it rests on, by the rules in force at its latest event.
    #[must_use]
    pub fn citations(&self, rulebook: Rulebook) -> Vec<Citation> {
        self.kind.info().citations(rulebook, self.at)
    }
}

/// What a clerk is told of one scan (`screens.md` 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScanResult {
    /// 通过: nothing, or info and warnings only.
    Accepted,
    /// 重复: already in this task, not counted.
    Duplicate,
    /// 不符: a hold; set aside by itself.
    Wrong,
    /// 拦截: a block.
    Blocked,
}

impl ScanResult {
    /// The one mapping from verdict to result; no screen repeats it.
    #[must_use]
    pub fn of<'a>(verdict: impl IntoIterator<Item = &'a Mismatch>) -> Self {
        verdict
            .into_iter()
            .map(|mismatch| Self::of_one(mismatch.kind, mismatch.severity))
            .max()
            .unwrap_or(Self::Accepted)
    }

    fn of_one(kind: Kind, severity: Severity) -> Self {
        match severity {
            Severity::Block => Self::Blocked,
            Severity::Hold => Self::Wrong,
            Severity::Info | Severity::Warn if kind == Kind::RepeatedScan => Self::Duplicate,
            Severity::Info | Severity::Warn => Self::Accepted,
        }
    }
}
