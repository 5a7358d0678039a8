//! What is wrong with a record, all of it at once.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The line of the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The number of the record in a JSON file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// The column of the file, or the path of the field.
    pub field: String,
    /// What stands there.
    pub value: String,
    /// What is wrong with it, and what is allowed.
    pub problem: String,
}

impl Fault {
    /// A fault that is not of a file.
    #[must_use]
    pub fn new(field: impl Into<String>, value: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { line: None, record: None, field: field.into(), value: value.into(), problem: problem.into() }
    }

    /// The same in a record of a JSON file.
    #[must_use]
    pub fn in_record(self, record: u64) -> Self {
        Self { record: Some(record), ..self }
    }

    /// The same at a line of a file.
    #[must_use]
    pub fn at(self, line: u64) -> Self {
        Self { line: Some(line), ..self }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.record) {
            (Some(line), _) => write!(f, "line {line}, column {}: {}", self.field, self.problem),
            (None, Some(record)) => write!(f, "record {record}, {}: {}", self.field, self.problem),
            (None, None) => write!(f, "{}: {}", self.field, self.problem),
        }
    }
}
