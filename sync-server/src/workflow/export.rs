//! Cases as JSON for programs and as CSV for spreadsheets.

use serde::Serialize;
use shared::mismatch::Mismatch;
use shared::time::Timestamp;

use super::due::{Allowances, respond_by};
use super::id::MismatchId;
use super::store::Case;
use crate::registry::cell::escape;

/// A case as programs read it.
#[derive(Debug, Serialize)]
pub struct CaseJson<'a> {
    /// Its name in addresses.
    pub id: MismatchId,
    /// As judged.
    #[serde(flatten)]
    pub mismatch: &'a Mismatch,
    /// Its state now: provisional, confirmed, closed or resolved.
    #[serde(rename = "now")]
    pub state: &'static str,
    /// Where it is in the hands of people.
    pub workflow: &'static str,
    /// Who has it.
    pub assignee: Option<&'a str>,
    /// Until when it is to be settled.
    pub respond_by: Option<Timestamp>,
    /// How it came about, once settled.
    pub reason: Option<&'static str>,
    /// Who settled it.
    pub resolved_by: Option<&'a str>,
    /// When.
    pub resolved_at: Option<Timestamp>,
    /// When it was first raised.
    pub raised_at: Timestamp,
    /// When it changed last.
    pub changed_at: Timestamp,
    /// Ledger position of its last change.
    pub position: u64,
}

impl<'a> CaseJson<'a> {
    /// The case for programs.
    #[must_use]
    pub fn new(case: &'a Case, allowances: &Allowances) -> Self {
        Self {
            id: case.id(),
            mismatch: &case.found.mismatch,
            state: case.found.state.as_str(),
            workflow: case.stage.as_str(),
            assignee: case.assignee.as_deref(),
            respond_by: respond_by(case, allowances),
            reason: case.reason.map(super::Reason::as_str),
            resolved_by: case.resolved_by.as_deref(),
            resolved_at: case.resolved_at,
            raised_at: case.found.raised_at,
            changed_at: case.found.changed_at,
            position: case.position,
        }
    }
}

/// The columns of the CSV.
const COLUMNS: [&str; 17] = [
    "id",
    "kind",
    "severity",
    "state",
    "workflow",
    "subject",
    "basis",
    "document",
    "count",
    "codes",
    "raised_at",
    "changed_at",
    "respond_by",
    "assignee",
    "reason",
    "resolved_by",
    "resolved_at",
];

/// Cases as CSV (RFC 4180, UTF-8 with a byte order mark, so that spreadsheets read Chinese right).
pub fn csv(cases: &[Case], allowances: &Allowances) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(COLUMNS)?;
    for case in cases {
        let mismatch = &case.found.mismatch;
        let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let codes: Vec<String> = mismatch.codes.iter().map(ToString::to_string).collect();
        let fields = [
            case.id().to_string(),
            mismatch.kind.to_string(),
            mismatch.severity.as_str().to_owned(),
            case.found.state.as_str().to_owned(),
            case.stage.to_string(),
            mismatch.subject.to_string(),
            mismatch.basis.as_ref().map(ToString::to_string).unwrap_or_default(),
            mismatch.document.as_ref().map(ToString::to_string).unwrap_or_default(),
            mismatch.count.to_string(),
            codes.join(" "),
            case.found.raised_at.to_string(),
            case.found.changed_at.to_string(),
            time(respond_by(case, allowances)),
            case.assignee.clone().unwrap_or_default(),
            case.reason.map(|reason| reason.to_string()).unwrap_or_default(),
            case.resolved_by.clone().unwrap_or_default(),
            time(case.resolved_at),
        ];
        writer.write_record(fields.map(escape))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
