//! Amendments of a record: what holds from a day on. Where the rules know a field by its day (a member's status, a product's price, a
//! contract's lines), the amendment becomes part of the record at once, with its day. Any other field changes when its day comes; what
//! the rules judge by is then kept beside it as it was, so that what happened before is judged by what held then.

use serde_json::{Map, Value, json};
use shared::time::Timestamp;

use super::set::Set;

/// A change from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Ledger position at which it became known.
    pub position: u64,
    /// What changes, as a JSON merge patch (RFC 7396).
    pub patch: Map<String, Value>,
}

/// Fields of amendments that the rules know by their day.
#[must_use]
pub const fn dated_fields(set: Set) -> &'static [&'static str] {
    match set {
        Set::Member => &["status", "add_role"],
        Set::Product => &["listing", "price"],
        Set::Basis => &["lines", "buyer", "from", "until", "place", "market", "transit_ms"],
        _ => &[],
    }
}

/// Fields by which the past is judged, and which a record keeps under `earlier` as they were until an amendment.
#[must_use]
pub const fn kept_fields(set: Set) -> &'static [&'static str] {
    match set {
        Set::Member => &["role", "licence", "region", "import_codes"],
        Set::Site => &["member", "region"],
        Set::Operator => &["member", "sites", "stages", "until"],
        Set::Carrier => &["until"],
        Set::Product => &["levels", "registry"],
        Set::Namespace => &["registry"],
        _ => &[],
    }
}

impl Change {
    /// Whether nothing of it waits for its day.
    #[must_use]
    pub fn is_dated(&self, set: Set) -> bool {
        self.patch.keys().all(|field| dated_fields(set).contains(&field.as_str()))
    }
}

/// The record as it is at a moment: the base with all changes that the rules know by their day, and the others up to the moment.
#[must_use]
pub fn fold(set: Set, base: &Map<String, Value>, changes: &[Change], up_to: Timestamp) -> Map<String, Value> {
    let mut in_order: Vec<&Change> = changes.iter().collect();
    in_order.sort_by_key(|change| (change.valid_from, change.position));
    let mut body = base.clone();
    for change in in_order {
        let before = kept(set, &body);
        for (field, value) in &change.patch {
            if dated_fields(set).contains(&field.as_str()) {
                add_dated(&mut body, field, value, change);
            } else if change.valid_from <= up_to {
                merge(&mut body, field, value);
            }
        }
        if kept(set, &body) != before {
            keep(&mut body, &before, change.valid_from);
        }
    }
    body
}

/// What the rules judge the past by, as it is.
fn kept(set: Set, body: &Map<String, Value>) -> Map<String, Value> {
    let fields = kept_fields(set).iter();
    fields.filter_map(|field| Some(((*field).to_owned(), body.get(*field)?.clone()))).collect()
}

/// Keeps it as it was until a moment. Of two amendments with one day the record that they found counts.
fn keep(body: &mut Map<String, Value>, said: &Map<String, Value>, until: Timestamp) {
    let list = array(body, "earlier");
    let until = Value::from(until.to_string());
    if !list.iter().any(|one| one["until"] == until) {
        list.push(json!({ "until": until, "said": said }));
    }
}

fn add_dated(body: &mut Map<String, Value>, field: &str, value: &Value, change: &Change) {
    let from = change.valid_from.to_string();
    match field {
        "status" => push(body, "statuses", &["from"], &json!({ "from": from, "value": value })),
        "listing" => push(body, "listings", &["from"], &json!({ "from": from, "value": value })),
        "add_role" => push(body, "more_roles", &["value"], &json!({ "from": from, "value": value })),
        "price" => {
            let mut price = value.as_object().cloned().unwrap_or_default();
            price.insert("from".into(), from.into());
            push(body, "prices", &["kind", "from"], &Value::Object(price));
        }
        _ => {
            let of_now = json!({ "valid_from": from, "known_at": change.position });
            let list = array(body, "amendments");
            let same =
                |one: &&mut Value| one["valid_from"] == of_now["valid_from"] && one["known_at"] == of_now["known_at"];
            if let Some(found) = list.iter_mut().find(same) {
                found[field] = value.clone();
            } else {
                let mut new = of_now;
                new[field] = value.clone();
                list.push(new);
            }
        }
    }
}

/// Adds an element, in the place of one that is alike in these fields.
fn push(body: &mut Map<String, Value>, name: &str, alike: &[&str], element: &Value) {
    let list = array(body, name);
    match list.iter_mut().find(|one| alike.iter().all(|field| one[*field] == element[*field])) {
        Some(found) => found.clone_from(element),
        None => list.push(element.clone()),
    }
}

fn array<'a>(body: &'a mut Map<String, Value>, name: &str) -> &'a mut Vec<Value> {
    let value = body.entry(name).or_insert_with(|| Value::Array(Vec::new()));
    if !value.is_array() {
        *value = Value::Array(Vec::new());
    }
    value.as_array_mut().expect("made an array just now")
}

fn merge(body: &mut Map<String, Value>, field: &str, value: &Value) {
    match (body.get_mut(field), value) {
        (_, Value::Null) => drop(body.remove(field)),
        (Some(Value::Object(inner)), Value::Object(patch)) => {
            for (field, value) in patch {
                merge(inner, field, value);
            }
        }
        (_, Value::Object(patch)) => {
            let mut inner = Map::new();
            for (field, value) in patch {
                merge(&mut inner, field, value);
            }
            body.insert(field.into(), Value::Object(inner));
        }
        (_, value) => drop(body.insert(field.into(), value.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        let Value::Object(object) = value else { panic!("an object") };
        object
    }

    fn change(ms: i64, position: u64, patch: Value) -> Change {
        Change { valid_from: Timestamp::from_ms(ms), position, patch: object(patch) }
    }

    #[test]
    fn a_plain_field_waits_for_its_day_and_a_dated_one_does_not() {
        let base = object(json!({"member": "M", "region": "44", "licence": {"goods": ["leaf"], "stages": ["sort"]}}));
        let patch = json!({"status": "suspended", "region": "45", "licence": {"goods": ["product"], "stages": null}});
        let changes = [change(10, 1, patch)];
        let before = fold(Set::Member, &base, &changes, Timestamp::from_ms(9));
        assert_eq!((&before["region"], before["statuses"].as_array().unwrap().len()), (&json!("44"), 1));
        let after = fold(Set::Member, &base, &changes, Timestamp::from_ms(10));
        assert_eq!((&after["region"], &after["licence"]), (&json!("45"), &json!({"goods": ["product"]})));
        let said = json!({"region": "44", "licence": {"goods": ["leaf"], "stages": ["sort"]}});
        let until = Timestamp::from_ms(10).to_string();
        assert_eq!(after["earlier"], json!([{"until": until, "said": said}]), "what happened before is judged by it");
        assert!(!before.contains_key("earlier"));
    }

    #[test]
    fn amendments_of_a_contract_keep_the_position_they_became_known_at() {
        let changes = [change(10, 7, json!({"lines": [], "buyer": "X"})), change(5, 9, json!({"buyer": "Y"}))];
        let body = fold(Set::Basis, &object(json!({})), &changes, Timestamp::from_ms(0));
        let once_more = fold(Set::Basis, &body, &changes, Timestamp::from_ms(0));
        assert_eq!(body, once_more, "the same change twice is one");
        let known: Vec<&Value> = body["amendments"].as_array().unwrap().iter().map(|one| &one["known_at"]).collect();
        assert_eq!(known, [&json!(9), &json!(7)]);
    }
}
