//! Schemas of the registry's records, made from the columns that files and forms are made of.

use serde_json::{Map, Value, json};

use crate::registry::column::{Column, Need, Place};
use crate::registry::kind::Kind;
use crate::registry::set::Set;

/// `Record` and `RecordEntry`, and what they are made of: a record as it is read, and as it is sent.
pub fn schemas() -> Map<String, Value> {
    let mut all = Map::new();
    let (mut read, mut sent) = (Vec::new(), Vec::new());
    for set in Set::ALL {
        let (read_name, sent_name) = (format!("Record-{}", set.name()), format!("RecordEntry-{}", set.name()));
        read.push(json!({ "$ref": format!("#/components/schemas/{read_name}") }));
        sent.push(json!({ "$ref": format!("#/components/schemas/{sent_name}") }));
        all.insert(read_name, schema(set, true));
        all.insert(sent_name, schema(set, false));
    }
    all.insert("Record".into(), json!({ "description": "A record of the set that the address names.", "anyOf": read }));
    let told = "A record of the set that the address names, as it is entered; null and empty texts count as absent.";
    all.insert("RecordEntry".into(), json!({ "description": told, "anyOf": sent }));
    all
}

/// The schema of a set's records. One that is read may hold more than was entered: what holds from which day on. What the rules are
/// to find missing may be missing in it.
fn schema(set: Set, is_read: bool) -> Value {
    let columns = set.columns();
    let mut properties = Map::new();
    for column in columns {
        let value = held(column.kind, is_read);
        match column.place {
            Place::Field(field) => drop(properties.insert(field.into(), value)),
            Place::Under(object, field) => {
                let inside = properties.entry(object).or_insert_with(|| inner(columns, object, is_read));
                inside["properties"][field] = value;
            }
            Place::Each(array, field) => {
                let inside = properties
                    .entry(array)
                    .or_insert_with(|| json!({ "type": "array", "items": inner(columns, array, is_read) }));
                inside["items"]["properties"][field] = value;
            }
        }
    }
    let mut needed: Vec<&str> = Vec::new();
    for column in columns.iter().filter(|column| column.need == Need::Always) {
        let field = match column.place {
            Place::Field(field) | Place::Each(field, _) => field,
            Place::Under(..) => continue,
        };
        if !needed.contains(&field) {
            needed.push(field);
        }
    }
    json!({
        "type": "object", "description": set.zh(), "required": needed, "properties": properties,
        "additionalProperties": is_read,
    })
}

/// An object inside a record, before its fields are there.
fn inner(columns: &[Column], of: &str, is_read: bool) -> Value {
    let needed = columns.iter().filter(|column| column.need != Need::Optional);
    let needed: Vec<&str> = needed
        .filter_map(|column| match column.place {
            Place::Under(object, field) | Place::Each(object, field) if object == of => Some(field),
            _ => None,
        })
        .collect();
    json!({ "type": "object", "required": needed, "properties": {}, "additionalProperties": is_read })
}

/// What a column's value is in JSON. What is sent may be null where it is absent.
fn held(kind: Kind, is_read: bool) -> Value {
    let told = kind.allowed_in_json();
    let named = |kind: &str| if is_read { json!(kind) } else { json!([kind, "null"]) };
    match kind {
        Kind::Moment if is_read => json!({ "type": "string", "format": "date-time", "description": told }),
        Kind::Id | Kind::Text | Kind::Month | Kind::Gtin | Kind::Moment => {
            json!({ "type": named("string"), "description": told })
        }
        Kind::Count | Kind::Year | Kind::Yuan | Kind::Span => {
            json!({ "type": named("integer"), "description": told })
        }
        Kind::Flag => json!({ "type": named("boolean"), "description": told }),
        Kind::Words(words) => {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            json!({ "type": "string", "enum": words, "description": told })
        }
        Kind::WordList(_) | Kind::IdList => {
            json!({ "type": named("array"), "items": { "type": "string" }, "description": told })
        }
        Kind::Json => json!({ "type": named("array"), "description": told }),
    }
}
