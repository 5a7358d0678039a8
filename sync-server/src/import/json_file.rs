//! JSON: an array of records, or a record a line. Each says its set, unless the import does.

use serde_json::{Map, Value};

use crate::registry::fault::Fault;

/// An object, and its number from 1.
pub type Numbered = (u64, Map<String, Value>);

/// The objects of a file, each with its number from 1. What is no JSON is named by its place.
pub fn read(text: &str) -> Result<Vec<Numbered>, Vec<Fault>> {
    let broken = |error: serde_json::Error| {
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
        let column = error.column().to_string();
        vec![Fault::new(column, "", format!("this is no JSON: {reason}")).at(error.line() as u64)]
    };
    let values: Vec<Value> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(broken)?
    } else {
        serde_json::Deserializer::from_str(text).into_iter().collect::<Result<_, _>>().map_err(broken)?
    };
    let mut faults = Vec::new();
    let mut objects = Vec::new();
    for (at, value) in values.into_iter().enumerate() {
        match value {
            Value::Object(object) => objects.push((at as u64 + 1, object)),
            other => faults.push(Fault::new("record", other.to_string(), "is not an object").in_record(at as u64 + 1)),
        }
    }
    if faults.is_empty() { Ok(objects) } else { Err(faults) }
}
