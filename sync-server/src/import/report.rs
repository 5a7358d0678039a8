//! What an import did, or would do.

use serde::Serialize;

use crate::registry::fault::Fault;
use crate::registry::outcome::Outcome;
use crate::registry::set::Set;

/// Faults and changes that a report names one by one; the others are counted.
const LISTED_MAX: usize = 1_000;

/// A fault, and in which file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileFault {
    /// Which file.
    pub file: String,
    /// What is wrong.
    #[serde(flatten)]
    pub fault: Fault,
}

/// A record that is new or another one than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeLine {
    /// Of which set.
    pub set: Set,
    /// Under which key.
    pub key: String,
    /// `added` or `changed`.
    pub what: &'static str,
    /// Fields that are others than before.
    pub fields: Vec<String>,
}

/// What an import did, or, as a preview, would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Nothing was stored.
    pub preview: bool,
    /// Records that are new or changed.
    pub imported: u64,
    /// Of them, new.
    pub added: u64,
    /// Of them, changed.
    pub changed: u64,
    /// Records that were there already, the same.
    pub unchanged: u64,
    /// Records that were left out for their faults.
    pub skipped: u64,
    /// How many faults there are.
    pub error_count: u64,
    /// The first thousand of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FileFault>,
    /// In a preview: the first thousand records that would change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeLine>,
}

impl Report {
    /// Of nothing but faults.
    #[must_use]
    pub fn of_faults(file: &str, faults: Vec<Fault>) -> Self {
        let mut report = Self::default();
        report.fail(file, faults);
        report
    }

    /// What it came to, in a line.
    #[must_use]
    pub fn summary(&self) -> String {
        let Self { added, changed, unchanged, skipped, .. } = self;
        format!("{added} added, {changed} changed, {unchanged} unchanged, {skipped} left out")
    }

    /// A record is faulty and left out.
    pub(super) fn fail(&mut self, file: &str, faults: Vec<Fault>) {
        self.skipped += 1;
        self.error_count += faults.len() as u64;
        let room = LISTED_MAX.saturating_sub(self.errors.len());
        self.errors.extend(faults.into_iter().take(room).map(|fault| FileFault { file: file.to_owned(), fault }));
    }

    /// A record was taken.
    pub(super) fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Added => self.added += 1,
            Outcome::Changed => self.changed += 1,
            Outcome::Unchanged => self.unchanged += 1,
        }
        self.imported = self.added + self.changed;
    }

    /// A preview names what would change.
    pub(super) fn list(&mut self, line: ChangeLine) {
        if self.changes.len() < LISTED_MAX {
            self.changes.push(line);
        }
    }
}
