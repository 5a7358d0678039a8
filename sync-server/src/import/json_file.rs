//! JSON: an array of records as they are pulled, `{"set": "basis", …}`.

use serde_json::value::RawValue;
use shared::wire::Record;

use super::ImportError;

pub(super) fn read(file: &str, text: &str) -> Result<Vec<Record>, ImportError> {
    let wrong = |(line, column): (usize, usize), why| ImportError::Place {
        file: file.to_owned(),
        line: line as u64,
        column: column.to_string(),
        why,
    };
    let parts: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| {
        wrong((error.line(), error.column()), format!("this is no list of records: {}", without_place(&error)))
    })?;
    let mut records = Vec::with_capacity(parts.len());
    for (number, part) in (1..).zip(parts) {
        let read = serde_json::from_str(part.get()).and_then(Record::read_strictly);
        let record =
            read.map_err(|error| wrong(place(text, part), format!("record {number}: {}", without_place(&error))))?;
        records.push(record);
    }
    let own = records.iter().position(|record| {
        matches!(record, Record::Manifest(_) | Record::Mismatch(_) | Record::Policy(_) | Record::Server(_))
    });
    match own {
        None => Ok(records),
        Some(place) => Err(ImportError::Unknown {
            file: file.to_owned(),
            what: format!(
                "record {} is what the server itself finds; or is configured with; it cannot be imported",
                place + 1
            ),
        }),
    }
}

/// Where a record starts: line and column, each counted from 1.
fn place(text: &str, part: &RawValue) -> (usize, usize) {
    let start = (part.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let before = text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}
