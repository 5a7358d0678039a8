//! Lists of records: filtered by what their columns hold, in pages by key.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use shared::reference::References;
use shared::time::Timestamp;
use shared::wire::Record;

use super::column::{Column, Place};
use super::fault::Fault;
use super::find::all;
use super::set::Set;

/// Records of a page where nothing is said, and at most.
pub const PAGE: usize = 100;
const PAGE_MAX: usize = 1_000;

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Records of a page.
    pub limit: usize,
    /// The key after which the page starts.
    pub after: Option<String>,
    /// A part of the key or the name, whatever the case.
    pub text: Option<String>,
    /// Columns and what they must hold.
    filters: Vec<(usize, String)>,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page {
    /// Of which set.
    pub set: Set,
    /// How many records fit, on all pages.
    pub total: usize,
    /// The records, by key.
    pub records: Vec<Map<String, Value>>,
    /// Where the next page starts: ask with it as `after`; none: this is the last one.
    pub next: Option<String>,
}

impl Query {
    /// Reads the parameters `limit`, `after`, `q` and the names of columns; every faulty one at once.
    pub fn read(set: Set, parameters: &BTreeMap<String, String>) -> Result<Self, Vec<Fault>> {
        let mut query = Self { limit: PAGE, ..Self::default() };
        let mut faults = Vec::new();
        for (name, value) in parameters {
            match name.as_str() {
                "limit" => match value.parse().ok().filter(|limit| (1..=PAGE_MAX).contains(limit)) {
                    Some(limit) => query.limit = limit,
                    None => faults.push(Fault::new("limit", value, format!("is not a number from 1 to {PAGE_MAX}"))),
                },
                "after" => query.after = Some(value.clone()),
                "q" => query.text = Some(value.to_lowercase()),
                "lang" => {}
                name => {
                    if let Some(at) = set.columns().iter().position(|column| column.is_called(name)) {
                        query.filters.push((at, value.clone()));
                    } else {
                        let known: Vec<&str> = set.columns().iter().map(|column| column.name).collect();
                        let problem = format!("is no filter; filters are q, {}", known.join(", "));
                        faults.push(Fault::new(name, value, problem));
                    }
                }
            }
        }
        if faults.is_empty() { Ok(query) } else { Err(faults) }
    }
}

/// The page that is asked for.
pub fn list(known: &References, set: Set, query: &Query, now: Timestamp) -> Result<Page, serde_json::Error> {
    let mut found = Vec::new();
    for record in all(known, set) {
        let body = Set::body(&record)?;
        if fits(set, query, &record, &body, now) {
            found.push((record.key(), body));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let total = found.len();
    let rest = found.into_iter().filter(|(key, _)| query.after.as_ref().is_none_or(|after| key > after));
    let mut page: Vec<(String, Map<String, Value>)> = rest.take(query.limit + 1).collect();
    let more = page.len() > query.limit;
    page.truncate(query.limit);
    let next = page.last().filter(|_| more).map(|(key, _)| key.clone());
    Ok(Page { set, total, records: page.into_iter().map(|(_, body)| body).collect(), next })
}

fn fits(set: Set, query: &Query, record: &Record, body: &Map<String, Value>, now: Timestamp) -> bool {
    let by_text = query.text.as_ref().is_none_or(|text| {
        let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
        record.key().to_lowercase().contains(text) || name.to_lowercase().contains(text)
    });
    by_text && query.filters.iter().all(|(at, wanted)| holds(&set.columns()[*at], record, body, wanted, now))
}

fn holds(column: &Column, record: &Record, body: &Map<String, Value>, wanted: &str, now: Timestamp) -> bool {
    // Of what changes with time, the present counts: yesterday's suspension is no suspended member.
    let present = match (record, column.name) {
        (Record::Member(member), "status") => serde_json::to_value(member.status(now)).ok(),
        (Record::Product(product), "listing") => serde_json::to_value(product.listing(now)).ok(),
        _ => None,
    };
    let values: Vec<&Value> = match (&present, column.place) {
        (Some(present), _) => vec![present],
        (None, Place::Field(field)) => body.get(field).into_iter().collect(),
        (None, Place::Under(object, field)) => {
            body.get(object).and_then(|object| object.get(field)).into_iter().collect()
        }
        (None, Place::Each(array, field)) => {
            let elements = body.get(array).and_then(Value::as_array).into_iter().flatten();
            elements.filter_map(|element| element.get(field)).collect()
        }
    };
    let same =
        |value: &Value| column.kind.show(value) == wanted || column.kind.parse(wanted).is_ok_and(|read| read == *value);
    let inside = |value: &Value| value.as_array().is_some_and(|all| all.iter().any(|one| one.as_str() == Some(wanted)));
    values.into_iter().any(|value| same(value) || inside(value))
        || (wanted.is_empty() && body.get(column.name).is_none())
}
