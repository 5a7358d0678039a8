//! How a run is told: what is missing, what nobody expected, what failed otherwise.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use shared::mismatch::{Kind, Mismatch};
use shared::time::Timestamp;

use crate::check::{Expect, ExpectedState};
use crate::names::Names;

/// A mismatch as people write it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Told {
    /// Its kind.
    pub kind: String,
    /// Its subject, by the scenario's names.
    pub subject: String,
    /// Its state.
    pub state: String,
    /// When.
    pub at: String,
    /// The line that expects it, or the `at` that did not.
    pub line: usize,
}

/// A gate or tally that came out otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// The line.
    pub line: usize,
    /// What it expects.
    pub expected: String,
    /// What came.
    pub got: String,
}

/// The outcome of one file on one backend.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outcome {
    /// The file.
    pub path: String,
    /// The backend.
    pub backend: String,
    /// Whether everything is as expected.
    pub ok: bool,
    /// Expected and not found.
    pub missing: Vec<Told>,
    /// Found and not expected.
    pub unexpected: Vec<Told>,
    /// Gates and tallies, and verdicts of sessions that the whole history does not bear out.
    pub failed: Vec<Failed>,
    /// How many verdicts of sessions were held against the whole history.
    pub verdicts_compared: usize,
    /// A digest of each table of the ledger at the end, where there is one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub digests: BTreeMap<String, String>,
    /// Why the file could not be played.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The subject as the judge writes it.
pub(crate) fn subject(names: &Names, expect: &Expect) -> String {
    if expect.quoted {
        return format!("{:?}", expect.subject);
    }
    if let Some(code) = names.code(&expect.subject) {
        return code.to_string();
    }
    if names.terminals.contains_key(&expect.subject) {
        return crate::names::terminal_id(&expect.subject).to_string();
    }
    expect.subject.clone()
}

/// Whether something found is what is expected.
pub(crate) fn matches(found: &Mismatch, expect: &Expect, subject: &str) -> bool {
    let state = match expect.state {
        ExpectedState::Live => found.state.is_live(),
        state => found.state.as_str() == state.as_str(),
    };
    state && found.kind == expect.kind && found.subject.0 == subject
}

pub(crate) fn told_expected(expect: &Expect, at: Timestamp) -> Told {
    Told {
        kind: expect.kind.to_string(),
        subject: expect.subject.clone(),
        state: expect.state.as_str().to_owned(),
        at: at.to_minute(),
        line: expect.line,
    }
}

pub(crate) fn told_found(found: &Mismatch, names: &Names, at: Timestamp, line: usize) -> Told {
    let state = found.state.as_str().to_owned();
    Told { kind: found.kind.to_string(), subject: names.call(&found.subject.0), state, at: at.to_minute(), line }
}

/// Keys of live mismatches.
pub(crate) fn live(judged: &[Mismatch]) -> BTreeSet<(Kind, String)> {
    judged.iter().filter(|found| found.state.is_live()).map(|found| (found.kind, found.subject.0.clone())).collect()
}
