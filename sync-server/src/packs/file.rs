//! Files of codes, read row by row whatever their length: CSV, an object a line, or one JSON array.

use std::io::{BufRead, Read};

use serde::Deserialize;
use serde::de::value::Error as ValueError;
use serde::de::{DeserializeOwned, IntoDeserializer};
use shared::code::PackageCode;
use shared::reference::Level;

use crate::labels;
use crate::registry::cell::unescape;
use crate::registry::fault::Fault;

/// One code of a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeRow {
    /// The line of the file, or the number of the object, from 1.
    #[serde(skip)]
    pub line: u64,
    /// Which pack.
    pub pack: String,
    /// Of which product.
    pub product: String,
    /// Of which level.
    pub level: Level,
    /// Against which contract.
    pub basis: String,
    /// The code: its canonical form or the text of its label.
    pub code: String,
    /// The package it was put into, where the file says so.
    #[serde(default)]
    pub parent: String,
    /// The production batch.
    #[serde(default)]
    pub batch: String,
    /// Whether the pack must be put into use before its codes move.
    #[serde(default)]
    pub inactive: bool,
}

const NEEDED: [&str; 5] = ["pack", "product", "level", "basis", "code"];
const COLUMNS: [&str; 8] = ["pack", "product", "level", "basis", "code", "parent", "batch", "inactive"];

/// The code that a text is: in canonical form, or as on its label.
pub fn code(text: &str) -> Result<PackageCode, String> {
    labels::read(text).map_err(|why| format!("`{text}` is not a code: {why}"))
}

/// Rows of a CSV file whose header is a pack's.
pub struct CsvRows<R> {
    reader: csv::Reader<R>,
    /// For each column of a pack's file its place in a row.
    places: [Option<usize>; 8],
    row: csv::StringRecord,
}

impl<R: Read> CsvRows<R> {
    /// Reads the header.
    pub fn new(input: R) -> Result<Self, Fault> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
        let header = reader.headers().map_err(|error| broken(&error))?.clone();
        let name = |cell: &str| cell.trim_start_matches('\u{feff}').to_owned();
        let names: Vec<String> = header.iter().map(name).collect();
        if let Some(other) = names.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
            let problem = format!("`{other}` is no column of a pack's file; columns are {}", COLUMNS.join(", "));
            return Err(Fault::new(other.clone(), "", problem).at(1));
        }
        let places = COLUMNS.map(|column| names.iter().position(|name| name == column));
        if let Some(missing) = NEEDED.iter().find(|column| !names.iter().any(|name| name == *column)) {
            return Err(Fault::new(*missing, "", "the column is missing").at(1));
        }
        Ok(Self { reader, places, row: csv::StringRecord::new() })
    }

    fn cell(&self, column: usize) -> &str {
        self.places[column].and_then(|place| self.row.get(place)).map_or("", unescape)
    }

    fn read(&self) -> Result<CodeRow, Fault> {
        let line = self.row.position().map_or(0, csv::Position::line);
        for (at, column) in NEEDED.iter().enumerate() {
            if self.cell(at).is_empty() {
                return Err(Fault::new(*column, "", "is empty").at(line));
            }
        }
        let level: Result<Level, ValueError> = Level::deserialize(self.cell(2).into_deserializer());
        let level = level.map_err(|_| {
            let problem = format!("`{}` is not one of: unit, inner, case", self.cell(2));
            Fault::new("level", self.cell(2), problem).at(line)
        })?;
        let inactive = match self.cell(7) {
            "" | "no" | "false" | "0" | "否" => false,
            "yes" | "true" | "1" | "是" => true,
            other => return Err(Fault::new("inactive", other, format!("`{other}` is not yes or no (是, 否)")).at(line)),
        };
        let text = |column: usize| self.cell(column).to_owned();
        Ok(CodeRow {
            line,
            pack: text(0),
            product: text(1),
            level,
            basis: text(3),
            code: text(4),
            parent: text(5),
            batch: text(6),
            inactive,
        })
    }
}

impl<R: Read> Iterator for CsvRows<R> {
    type Item = Result<CodeRow, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.read_record(&mut self.row) {
            Ok(false) => None,
            Ok(true) => Some(self.read()),
            Err(error) => Some(Err(broken(&error))),
        }
    }
}

fn broken(error: &csv::Error) -> Fault {
    let line = error.position().map_or(1, csv::Position::line);
    let (column, problem) = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            (len.min(expected_len).to_string(), format!("the line has {len} columns, the header {expected_len}"))
        }
        _ => ("1".to_owned(), error.to_string()),
    };
    Fault::new(column, "", problem).at(line)
}

/// Objects of a JSON file, one after the other: a line each, or the elements of one array.
pub struct JsonRows<R> {
    input: R,
    number: u64,
    /// Whether a first bracket was seen; none: nothing was read yet.
    in_array: Option<bool>,
    done: bool,
}

impl<R: BufRead> JsonRows<R> {
    /// Reads nothing yet.
    pub const fn new(input: R) -> Self {
        Self { input, number: 0, in_array: None, done: false }
    }

    /// The next byte that is no space, left in place.
    fn peek(&mut self) -> std::io::Result<Option<u8>> {
        loop {
            let Some(byte) = self.input.fill_buf()?.first().copied() else { return Ok(None) };
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.input.consume(1);
        }
    }

    fn read<T: DeserializeOwned>(&mut self) -> Result<Option<T>, String> {
        let said = |error: std::io::Error| error.to_string();
        if self.in_array.is_none() {
            let in_array = self.peek().map_err(said)? == Some(b'[');
            if in_array {
                self.input.consume(1);
            }
            self.in_array = Some(in_array);
        } else if self.in_array == Some(true) && self.peek().map_err(said)? == Some(b',') {
            self.input.consume(1);
        }
        match self.peek().map_err(said)? {
            None if self.in_array == Some(true) => Err("the file ends before its array does".into()),
            None => Ok(None),
            Some(b']') if self.in_array == Some(true) => Ok(None),
            Some(b'{') => {
                let mut reader = serde_json::Deserializer::from_reader(&mut self.input);
                T::deserialize(&mut reader).map(Some).map_err(|why| why.to_string())
            }
            Some(_) => Err("an object `{…}` was expected here".into()),
        }
    }
}

impl<R: BufRead> Iterator for JsonRows<R> {
    type Item = Result<CodeRow, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        self.number += 1;
        match self.read::<CodeRow>() {
            Ok(Some(row)) => Some(Ok(CodeRow { line: self.number, ..row })),
            Ok(None) => None,
            Err(problem) => {
                // Nobody knows where the next object starts.
                self.done = true;
                Some(Err(Fault::new("record", "", problem).in_record(self.number)))
            }
        }
    }
}
