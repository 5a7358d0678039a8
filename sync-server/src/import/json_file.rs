//! JSON: an array of records as they are pulled, `{"set": "basis", …}`.

use shared::wire::Record;

use super::ImportError;

pub(super) fn read(file: &str, text: &str) -> Result<Vec<Record>, ImportError> {
    let records: Vec<Record> = serde_json::from_str(text).map_err(|error| ImportError::Place {
        file: file.to_owned(),
        line: error.line() as u64,
        column: error.column().to_string(),
        why: wrong_record(text).unwrap_or_else(|| without_place(&error)),
    })?;
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

/// Which record is wrong, counted from 1: the reader's own place is where that record ends.
fn wrong_record(text: &str) -> Option<String> {
    let values: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
    let wrong = |(place, value)| {
        let error = serde_json::from_value::<Record>(value).err()?;
        Some(format!("record {}: {}", place + 1, without_place(&error)))
    };
    values.into_iter().enumerate().find_map(wrong)
}

fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}
