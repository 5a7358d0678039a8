//! Whether a JSON object has the fields of its set, each of the right kind: every fault at once, which a reader of records that
//! stops at the first cannot say.

use serde_json::{Map, Value};

use super::column::{Column, Need, Place};
use super::fault::Fault;
use super::kind::shortened;
use super::set::Set;
use crate::nul;

/// Checks an object; empty optional texts and nulls are taken out of it.
pub fn check(set: Set, body: &mut Map<String, Value>) -> Vec<Fault> {
    let columns = set.columns();
    let mut faults = Vec::new();
    body.retain(|_, value| !value.is_null());
    drop_empty(columns, body);
    for (field, value) in body.iter().filter(|(field, value)| field.contains('\0') || nul::is_in(value)) {
        faults.push(Fault::new(field.replace('\0', "␀"), shortened(&value.to_string()), nul::PROBLEM));
    }
    for (field, value) in &*body {
        check_field(columns, field, value, &mut faults);
    }
    for column in columns.iter().filter(|column| column.need == Need::Always) {
        let (missing, field) = match column.place {
            Place::Field(field) => (!body.contains_key(field), field),
            Place::Under(..) => (false, ""),
            Place::Each(array, _) => {
                (body.get(array).is_none_or(|value| value.as_array().is_some_and(Vec::is_empty)), array)
            }
        };
        if missing && !faults.iter().any(|fault| fault.field == field) {
            faults.push(Fault::new(field, "", format!("is missing; it must be {}", column.kind.allowed_in_json())));
        }
    }
    faults
}

/// An optional text that says nothing is as good as absent.
fn drop_empty(columns: &[Column], body: &mut Map<String, Value>) {
    for column in columns.iter().filter(|column| column.need == Need::Optional) {
        if let Place::Field(field) = column.place
            && body.get(field).and_then(Value::as_str) == Some("")
        {
            body.remove(field);
        }
    }
}

fn check_field(columns: &[Column], field: &str, value: &Value, faults: &mut Vec<Fault>) {
    if let Some(column) = columns.iter().find(|column| matches!(column.place, Place::Field(own) if own == field)) {
        check_value(column, field, value, faults);
        return;
    }
    let inside: Vec<(&Column, &str)> = columns
        .iter()
        .filter_map(|column| match column.place {
            Place::Under(object, inner) | Place::Each(object, inner) if object == field => Some((column, inner)),
            _ => None,
        })
        .collect();
    let Some((first, _)) = inside.first() else {
        let known: Vec<&str> = columns.iter().map(|column| field_of(column)).fold(Vec::new(), |mut all, field| {
            if !all.contains(&field) {
                all.push(field);
            }
            all
        });
        let problem = format!("`{}` is no field of this set; fields are {}", shortened(field), known.join(", "));
        faults.push(Fault::new(field, shortened(&value.to_string()), problem));
        return;
    };
    match (first.array(), value) {
        (Some(_), Value::Array(elements)) => {
            for (at, element) in elements.iter().enumerate() {
                check_object(&format!("{field}[{at}]"), element, &inside, faults);
            }
        }
        (None, object @ Value::Object(_)) => check_object(field, object, &inside, faults),
        (array, other) => {
            let wanted = if array.is_some() { "an array of objects" } else { "an object" };
            let value = shortened(&other.to_string());
            faults.push(Fault::new(field, value.clone(), format!("`{value}` is not {wanted}")));
        }
    }
}

const fn field_of(column: &Column) -> &'static str {
    match column.place {
        Place::Field(field) | Place::Under(field, _) | Place::Each(field, _) => field,
    }
}

fn check_object(path: &str, value: &Value, inside: &[(&Column, &str)], faults: &mut Vec<Fault>) {
    let Value::Object(object) = value else {
        let value = shortened(&value.to_string());
        faults.push(Fault::new(path, value.clone(), format!("`{value}` is not an object")));
        return;
    };
    for (field, value) in object {
        if let Some((column, _)) = inside.iter().find(|(_, inner)| inner == field) {
            check_value(column, &format!("{path}.{field}"), value, faults);
        } else {
            let known: Vec<&str> = inside.iter().map(|(_, inner)| *inner).collect();
            let problem = format!("`{}` is no field here; fields are {}", shortened(field), known.join(", "));
            faults.push(Fault::new(format!("{path}.{field}"), shortened(&value.to_string()), problem));
        }
    }
    for (column, inner) in inside.iter().filter(|(column, _)| column.need != Need::Optional) {
        if !object.contains_key(*inner) {
            let problem = format!("is missing; it must be {}", column.kind.allowed_in_json());
            faults.push(Fault::new(format!("{path}.{inner}"), "", problem));
        }
    }
}

fn check_value(column: &Column, path: &str, value: &Value, faults: &mut Vec<Fault>) {
    if let Err(problem) = column.kind.check(value) {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        faults.push(Fault::new(path, shortened(&text), problem));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_faulty_field_is_named_at_once() {
        let body = serde_json::json!({
            "basis": "C1", "kind": "deal", "seller": 7, "buyer": "W", "colour": "red", "until": "soon",
            "lines": [{"product": "POD", "units": 0}, {"units": 3, "size": 1}, 5],
        });
        let Value::Object(mut body) = body else { panic!("an object") };
        let faults = check(Set::Basis, &mut body);
        let fields: std::collections::BTreeSet<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        let expected =
            ["colour", "kind", "lines[0].units", "lines[1].product", "lines[1].size", "lines[2]", "seller", "until"];
        assert_eq!(fields, expected.into());
    }

    #[test]
    fn what_is_missing_is_named() {
        let mut body = Map::new();
        let fields: Vec<String> = check(Set::Product, &mut body).into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["product", "name", "maker", "levels"]);
    }
}
