//! JSON: an array of records as they are pulled, `{"set": "basis", …}`.

use shared::wire::Record;

use super::ImportError;

pub(super) fn read(file: &str, text: &str) -> Result<Vec<Record>, ImportError> {
    let records: Vec<Record> = serde_json::from_str(text).map_err(|error| ImportError::Place {
        file: file.to_owned(),
        line: error.line() as u64,
        column: error.column().to_string(),
        why: error.to_string(),
    })?;
    let own = records.iter().position(|record| matches!(record, Record::Manifest(_) | Record::Mismatch(_)));
    match own {
        None => Ok(records),
        Some(place) => Err(ImportError::Unknown {
            file: file.to_owned(),
            what: format!("record {} is what the server itself finds; it cannot be imported", place + 1),
        }),
    }
}
