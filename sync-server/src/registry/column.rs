//! A column of a set's table: what it is called, what it holds, where it stands in the record.

use super::kind::Kind;

/// Where in a record's JSON a column's value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A field of the record.
    Field(&'static str),
    /// A field of an object of the record that may be absent.
    Under(&'static str, &'static str),
    /// A field of each element of an array of the record: a row for each.
    Each(&'static str, &'static str),
}

/// Whether a column may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Never: in an array's column, the array has at least one element.
    Always,
    /// Only where the whole element of the array is.
    InElement,
    /// It may.
    Optional,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in files and messages.
    pub name: &'static str,
    /// Its Chinese names, the one that exports write first.
    pub zh: &'static [&'static str],
    /// What it holds.
    pub kind: Kind,
    /// Where that stands in the record.
    pub place: Place,
    /// Whether it may be empty.
    pub need: Need,
    /// What a template shows.
    pub example: &'static str,
}

impl Column {
    /// A field of the record under the column's own name, which may be empty.
    pub(super) const fn field(
        name: &'static str,
        zh: &'static [&'static str],
        kind: Kind,
        example: &'static str,
    ) -> Self {
        Self { name, zh, kind, place: Place::Field(name), need: Need::Optional, example }
    }

    /// It may not be empty.
    pub(super) const fn needed(self) -> Self {
        Self { need: Need::Always, ..self }
    }

    /// It stands elsewhere than under its own name.
    pub(super) const fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// It may be empty only where its whole element is.
    pub(super) const fn in_element(self) -> Self {
        Self { need: Need::InElement, ..self }
    }

    /// Whether a header cell names this column: its name or a Chinese one, whatever the case, without a remark in brackets.
    #[must_use]
    pub fn is_called(&self, header: &str) -> bool {
        let plain = header.split(['(', '（']).next().unwrap_or_default().trim().replace([' ', '-'], "_");
        self.name.eq_ignore_ascii_case(&plain) || self.zh.contains(&plain.as_str())
    }

    /// The array that a row adds to through this column, where there is one.
    #[must_use]
    pub const fn array(&self) -> Option<&'static str> {
        match self.place {
            Place::Each(array, _) => Some(array),
            Place::Field(_) | Place::Under(..) => None,
        }
    }

    /// The path of the value in JSON, as messages write it.
    #[must_use]
    pub fn path(&self, element: Option<usize>) -> String {
        match self.place {
            Place::Field(field) => field.to_owned(),
            Place::Under(object, field) => format!("{object}.{field}"),
            Place::Each(array, field) => {
                element.map_or_else(|| format!("{array}.{field}"), |at| format!("{array}[{at}].{field}"))
            }
        }
    }
}
