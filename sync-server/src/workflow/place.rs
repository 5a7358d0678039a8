//! A place in the list of cases, by what orders it and not by its number: whatever is raised meanwhile, no page shows a case of the
//! page before again, or leaves one out.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use shared::mismatch::Severity;
use sqlx::Any;
use sqlx::any::AnyArguments;
use sqlx::query::Query;

use super::id::MismatchId;
use super::store::Case;
use crate::people::Refusal;
use crate::told::Told;

/// Behind one case, as lists are ordered: gravest first, then newest, then by kind, subject and scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    rank: i64,
    /// Milliseconds, negative: the newest first.
    raised_before: i64,
    id: MismatchId,
}

/// The text is no place.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("`after` is not what a page said as its `next`; send it to the letter, or leave it out for the first page")]
pub struct NoPlace;

impl From<NoPlace> for Refusal {
    fn from(error: NoPlace) -> Self {
        Self::Bad(Told::new(error.to_string(), "`after` 不是上一页的 `next`；请从第一页重新读取。"))
    }
}

impl Place {
    /// Behind a case.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        let rank = match case.found.mismatch.severity {
            Severity::Block => 0,
            Severity::Hold => 1,
            Severity::Warn => 2,
            Severity::Info => 3,
        };
        Self { rank, raised_before: case.found.raised_at.as_ms().saturating_neg(), id: case.id() }
    }

    /// The place that an address names; none where it names none.
    pub fn asked(text: &str) -> Result<Option<Self>, NoPlace> {
        if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
    }

    pub(super) fn before_all() -> Self {
        let id = MismatchId { kind: String::new(), subject: String::new(), scope: String::new() };
        Self { rank: -1, raised_before: 0, id }
    }

    /// Rank, moment, kind, subject and scope, as the statement compares them.
    pub(super) fn bind<'q>(&self, query: Query<'q, Any, AnyArguments>) -> Query<'q, Any, AnyArguments> {
        let MismatchId { kind, subject, scope } = &self.id;
        let query = query.bind(self.rank).bind(self.raised_before);
        query.bind(kind.clone()).bind(subject.clone()).bind(scope.clone())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.rank, self.raised_before, self.id)
    }
}

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let mut parts = text.splitn(3, '.');
        let mut number = || parts.next().and_then(|part| part.parse::<i64>().ok()).ok_or(NoPlace);
        let (rank, raised_before) = (number()?, number()?);
        let id = parts.next().and_then(|part| part.parse().ok()).ok_or(NoPlace)?;
        Ok(Self { rank, raised_before, id })
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
