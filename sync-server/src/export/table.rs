//! A record as rows of cells: a row for each element of its longest array, the record's own fields on each.

use std::str::FromStr;

use serde_json::{Map, Value};

use super::FormatError;
use crate::registry::cell::escape;
use crate::registry::column::{Column, Place};
use crate::registry::set::Set;

/// The language of headings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// The columns' names.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl FromStr for Lang {
    type Err = FormatError;
    fn from_str(text: &str) -> Result<Self, FormatError> {
        match text {
            "en" => Ok(Self::En),
            "zh" => Ok(Self::Zh),
            _ => Err(FormatError(format!("{text}` is no language (zh, en); `{text}"))),
        }
    }
}

/// The headings.
pub(super) fn header(set: Set, lang: Lang) -> Vec<&'static str> {
    let name = |column: &Column| match lang {
        Lang::En => column.name,
        Lang::Zh => column.zh[0],
    };
    set.columns().iter().map(name).collect()
}

/// The rows of a record.
pub(crate) fn rows(set: Set, body: &Map<String, Value>) -> Vec<Vec<String>> {
    let columns = set.columns();
    let longest =
        columns.iter().filter_map(Column::array).filter_map(|array| Some(body.get(array)?.as_array()?.len())).max();
    let row = |at: usize| columns.iter().map(|column| cell(column, body, at)).collect();
    (0..longest.unwrap_or(1).max(1)).map(row).collect()
}

fn cell(column: &Column, body: &Map<String, Value>, at: usize) -> String {
    let value = match column.place {
        Place::Field(field) => body.get(field),
        Place::Under(object, field) => body.get(object).and_then(|object| object.get(field)),
        Place::Each(array, field) => {
            body.get(array).and_then(|array| array.get(at)).and_then(|element| element.get(field))
        }
    };
    value.map_or_else(String::new, |value| escape(column.kind.show(value)))
}

/// What a template shows.
pub(super) fn template_row(set: Set) -> Vec<String> {
    set.columns().iter().map(|column| column.example.to_owned()).collect()
}

/// The same as a record.
pub(super) fn example(set: Set) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("set".into(), set.name().into());
    for column in set.columns().iter().filter(|column| !column.example.is_empty()) {
        let Ok(value) = column.kind.parse(column.example) else { continue };
        match column.place {
            Place::Field(field) => drop(body.insert(field.into(), value)),
            Place::Under(object, field) => {
                body.entry(object).or_insert_with(|| Value::Object(Map::new()))[field] = value;
            }
            Place::Each(array, field) => {
                let list = body.entry(array).or_insert_with(|| Value::Array(vec![Value::Object(Map::new())]));
                list[0][field] = value;
            }
        }
    }
    body
}
