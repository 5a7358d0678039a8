//! Rows of a table become records: rows of one key are one record, and each adds an element to the arrays that it has columns for.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::column::{Column, Need, Place};
use super::fault::Fault;
use super::kind::shortened;
use super::set::Set;

/// One row, its cells by the set's columns.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Where it stands in the file, from 1.
    pub line: u64,
    /// Number of the column in the set, and what stands there, without spaces at its ends.
    pub cells: Vec<(usize, String)>,
}

/// What a file says of one record.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The key, as far as it could be read.
    pub key: String,
    /// The first line.
    pub line: u64,
    /// The fields that the file has columns for.
    body: Map<String, Value>,
    /// Lines of the elements of each array.
    elements: BTreeMap<&'static str, Vec<u64>>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// The drafts of a table, in the order of their first rows.
#[derive(Debug)]
pub struct Drafts {
    set: Set,
    present: Vec<usize>,
    found: Vec<Draft>,
    places: BTreeMap<String, usize>,
}

impl Drafts {
    /// For a table that has these columns.
    #[must_use]
    pub const fn new(set: Set, present: Vec<usize>) -> Self {
        Self { set, present, found: Vec::new(), places: BTreeMap::new() }
    }

    /// Takes the next row in.
    pub fn add(&mut self, row: &Row) {
        let columns = self.set.columns();
        let mut draft = Draft {
            key: String::new(),
            line: row.line,
            body: Map::new(),
            elements: BTreeMap::new(),
            faults: Vec::new(),
        };
        let mut elements: BTreeMap<&'static str, Map<String, Value>> = BTreeMap::new();
        for (at, text) in row.cells.iter().filter(|(_, text)| !text.is_empty()) {
            let Some(column) = columns.get(*at) else { continue };
            match column.kind.parse(text) {
                Ok(value) => place(column, value, &mut draft.body, &mut elements),
                Err(problem) => {
                    draft.faults.push(Fault::new(column.name, shortened(text), problem).at(row.line));
                    // Its place is taken, so that nothing is said to be missing there.
                    place(column, Value::Null, &mut draft.body, &mut elements);
                }
            }
        }
        draft.key = self.key(&draft.body);
        let known = if draft.key.is_empty() { None } else { self.places.get(&draft.key).copied() };
        self.missing(row.line, known, &elements, &mut draft);
        for (array, element) in elements {
            let list = draft.body.entry(array).or_insert_with(|| Value::Array(Vec::new()));
            list.as_array_mut().into_iter().for_each(|list| list.push(Value::Object(element.clone())));
            draft.elements.insert(array, vec![row.line]);
        }
        if let Some(earlier) = known.and_then(|place| self.found.get_mut(place)) {
            earlier.join(self.set, draft);
        } else {
            self.places.insert(draft.key.clone(), self.found.len());
            self.found.push(draft);
        }
    }

    /// The drafts, in the order of the file.
    #[must_use]
    pub fn finish(self) -> Vec<Draft> {
        self.found
    }

    /// The key of a row; empty where a part of it could not be read.
    fn key(&self, body: &Map<String, Value>) -> String {
        let parts = self.set.key_fields().iter().map(|field| match body.get(*field) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        });
        parts.collect::<Option<Vec<_>>>().map(|parts| parts.join(" ")).unwrap_or_default()
    }

    /// What may not be empty and is.
    fn missing(
        &self,
        line: u64,
        known: Option<usize>,
        elements: &BTreeMap<&str, Map<String, Value>>,
        draft: &mut Draft,
    ) {
        for column in self.present.iter().filter_map(|at| self.set.columns().get(*at)) {
            let is_missing = match column.place {
                Place::Field(field) => {
                    column.need == Need::Always && known.is_none() && !draft.body.contains_key(field)
                }
                Place::Under(..) => false,
                Place::Each(array, field) => match elements.get(array) {
                    Some(element) => column.need != Need::Optional && !element.contains_key(field),
                    None => column.need == Need::Always && known.is_none(),
                },
            };
            if is_missing {
                let problem = format!("is empty; it must be {}", column.kind.allowed());
                draft.faults.push(Fault::new(column.name, "", problem).at(line));
            }
        }
    }
}

fn place(
    column: &Column,
    value: Value,
    body: &mut Map<String, Value>,
    elements: &mut BTreeMap<&'static str, Map<String, Value>>,
) {
    match column.place {
        Place::Field(field) => drop(body.insert(field.into(), value)),
        Place::Under(object, field) => {
            let inner = body.entry(object).or_insert_with(|| Value::Object(Map::new()));
            inner.as_object_mut().into_iter().for_each(|inner| drop(inner.insert(field.into(), value.clone())));
        }
        Place::Each(array, field) => drop(elements.entry(array).or_default().insert(field.into(), value)),
    }
}

impl Draft {
    /// Adds a later row of the same key. What both say once must be the same.
    fn join(&mut self, set: Set, row: Self) {
        let line = row.line;
        self.faults.extend(row.faults);
        for (field, value) in row.body {
            match (self.body.get_mut(&field), value) {
                (Some(Value::Array(all)), Value::Array(more)) if row.elements.contains_key(field.as_str()) => {
                    for element in more {
                        if all.contains(&element) {
                            let problem =
                                format!("this row of `{}` stands in the file already; write it once", self.key);
                            self.faults.push(Fault::new(array_column(set, &field), "", problem).at(line));
                        }
                        all.push(element);
                    }
                }
                (Some(before), value) if *before == value => {}
                (Some(before), value) => {
                    let problem = format!(
                        "`{}` stands on an earlier line with another value here (`{}`); rows of one record must agree",
                        self.key,
                        shortened(&before.to_string())
                    );
                    let column = scalar_column(set, &field);
                    self.faults.push(Fault::new(column, shortened(&value.to_string()), problem).at(line));
                }
                (None, value) => drop(self.body.insert(field, value)),
            }
        }
        for (array, lines) in row.elements {
            self.elements.entry(array).or_default().extend(lines);
        }
    }

    /// The whole record: what is stored, with what the file has columns for in its place. A column that the file lacks changes
    /// nothing; one that is empty ends what was there.
    #[must_use]
    pub fn onto(&self, set: Set, present: &[usize], stored: Option<&Map<String, Value>>) -> Map<String, Value> {
        let mut body = stored.cloned().unwrap_or_default();
        for column in present.iter().filter_map(|at| set.columns().get(*at)) {
            match column.place {
                Place::Field(field) => replace(&mut body, field, self.body.get(field)),
                Place::Under(object, field) => {
                    let new = self.body.get(object).and_then(|object| object.get(field));
                    let inner = body.entry(object).or_insert_with(|| Value::Object(Map::new()));
                    if let Some(inner) = inner.as_object_mut() {
                        replace(inner, field, new);
                    }
                    if inner_is_empty(&body, object) {
                        body.remove(object);
                    }
                }
                Place::Each(array, _) => replace(&mut body, array, self.body.get(array)),
            }
        }
        keep_columns_of_elements(set, present, stored, &mut body);
        body
    }

    /// The line that a fault of a field is on: of the element where the path names one.
    #[must_use]
    pub fn line_of(&self, path: &str) -> u64 {
        let element = path.split_once('[').and_then(|(array, rest)| {
            let at: usize = rest.split_once(']')?.0.parse().ok()?;
            self.elements.get(array)?.get(at).copied()
        });
        element.unwrap_or(self.line)
    }
}

/// A file without prices says nothing of the prices of the lines that it repeats.
fn keep_columns_of_elements(
    set: Set,
    present: &[usize],
    stored: Option<&Map<String, Value>>,
    body: &mut Map<String, Value>,
) {
    let absent = set.columns().iter().enumerate().filter(|(at, _)| !present.contains(at));
    for (_, column) in absent {
        let Place::Each(array, field) = column.place else { continue };
        let first = set.columns().iter().find_map(|column| match column.place {
            Place::Each(of, first) if of == array => Some(first),
            _ => None,
        });
        let before = stored.and_then(|stored| stored.get(array)).and_then(Value::as_array);
        let (Some(first), Some(before)) = (first, before) else { continue };
        let Some(Value::Array(elements)) = body.get_mut(array) else { continue };
        for element in elements.iter_mut().filter_map(Value::as_object_mut) {
            let same = before.iter().find(|old| old.get(first) == element.get(first));
            if let Some(kept) = same.and_then(|old| old.get(field)) {
                element.entry(field).or_insert_with(|| kept.clone());
            }
        }
    }
}

fn replace(body: &mut Map<String, Value>, field: &str, new: Option<&Value>) {
    match new {
        Some(value) => drop(body.insert(field.into(), value.clone())),
        None => drop(body.remove(field)),
    }
}

fn inner_is_empty(body: &Map<String, Value>, object: &str) -> bool {
    body.get(object).and_then(Value::as_object).is_some_and(Map::is_empty)
}

/// The column of a field, by its path; the path itself where it is of none.
#[must_use]
pub fn scalar_column(set: Set, field: &str) -> String {
    let found = set
        .columns()
        .iter()
        .find(|column| matches!(column.place, Place::Field(own) | Place::Under(own, _) if own == field));
    found.map_or_else(|| field.to_owned(), |column| column.name.to_owned())
}

fn array_column(set: Set, array: &str) -> String {
    let found = set.columns().iter().find(|column| column.array() == Some(array));
    found.map_or_else(|| array.to_owned(), |column| column.name.to_owned())
}

/// The column that a path of a field is of: `lines[1].units` is of the column units.
#[must_use]
pub fn column_of(set: Set, path: &str) -> String {
    let plain = match (path.find('['), path.find(']')) {
        (Some(open), Some(close)) => format!("{}{}", &path[..open], &path[close + 1..]),
        _ => path.to_owned(),
    };
    let found =
        set.columns().iter().find(|column| column.path(None) == plain || column.array() == Some(plain.as_str()));
    found.map_or(plain, |column| column.name.to_owned())
}
